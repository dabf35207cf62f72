"""What every test shares."""

import os
import shutil
import zlib
from collections.abc import Iterator
from importlib.metadata import version

import pytest
from hypothesis import settings

# The same examples on every machine and in every run, and no deadline: a slow machine is no fault of the code's.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.load_profile("ci")

pytest.register_assert_rewrite("gold")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole-zoo", action="store_true", help="Run every test marked zoo, not a fifth of them.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out four fifths of the tests marked zoo, others with every version; a test that is named is run."""
    if config.getoption("--whole-zoo") or any("::" in argument for argument in config.args):
        return
    zoo = [item for item in items if item.get_closest_marker("zoo")]
    offset = zlib.crc32(version("rfa_report").encode())
    left_out = {id(item) for number, item in enumerate(zoo, offset) if number % 5}
    config.hook.pytest_deselected(items=[item for item in items if id(item) in left_out])
    items[:] = [item for item in items if id(item) not in left_out]


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
