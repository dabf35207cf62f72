"""What every test shares."""

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings

# The same examples on every machine and in every run, and no deadline: a slow machine is no fault of the code's.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.load_profile("ci")

pytest.register_assert_rewrite("gold")


@pytest.fixture(scope="session", autouse=True)
def _cache_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave the cache of whoever runs the tests alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RFA_REPORT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of a Chromium; skip where there is none, but fail in CI, which installs one."""
    found = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium; on Debian: apt-get install chromium")
    return found
