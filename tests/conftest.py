"""What every test shares."""

import os
import shutil

import pytest
from hypothesis import settings

# The same examples on every machine and in every run, and no deadline: a slow machine is no fault of the code's.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.load_profile("ci")

pytest.register_assert_rewrite("gold")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of a Chromium; skip where there is none, but fail in CI, which installs one."""
    found = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium; on Debian: apt-get install chromium")
    return found
