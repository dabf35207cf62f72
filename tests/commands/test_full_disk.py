"""A disk that is full: one line says so, what was there before stays whole, and the next build finishes the rest."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import one_line, run
from slow_zoo import files, readable, write

pytestmark = pytest.mark.slow

COUNT = 3


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 MB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "rfa", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_tears_nothing(tmp_path: Path, disk: Path) -> None:
    calm, full = tmp_path / "calm", disk / "full"
    for folder in (calm, full):
        write(folder, COUNT, 0.0)
    assert run("build", cwd=calm).returncode == 0
    config, ballast = full / "rfa-report.toml", disk / "ballast"
    wanted = config.read_text()
    config.write_text(wanted.replace("[16, 32]", "[16]"))
    assert run("build", cwd=full).returncode == 0
    before = files(full)
    config.write_text(wanted)
    for left in (0, 20, 100, 300, 1000):
        ballast.write_bytes(b"")
        room = os.statvfs(disk)
        ballast.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - left * 1000)))
        said = one_line(run("build", "--quiet", cwd=full, RFA_REPORT_CACHE=str(tmp_path / "cache")))
        assert "No space left on device" in said, left
        assert "free or unlock the disk, then build again" in said, left
        readable(full / "rfa-site", COUNT)
        assert files(full).keys() >= before.keys()
    ballast.unlink()
    assert run("build", cwd=full).returncode == 0
    assert files(full) == files(calm)
