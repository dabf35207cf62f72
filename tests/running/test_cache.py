"""What is known need not be computed again, and nothing stale is ever shown."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from command_line import run
from rfa_report.running import cache
from rfa_report.running.tasks import Task
from rfa_report.running.workers import make
from rfa_report.shelf import Shelf

pytestmark = pytest.mark.slow

TASK = Task("AlexNet", "torchvision:alexnet", ((64, 64),), 3, None, None, None, {}, ())


def _write(folder: Path, *specs: str, resolutions: str = "[64, 96]") -> None:
    (folder / "rfa-report.toml").write_text(f"models = {json.dumps(specs)}\nresolutions = {resolutions}\n")


def _state(folder: Path) -> dict[str, tuple[str, int]]:
    files = [path for path in (folder / "rfa-site").rglob("*") if path.is_file() and ".rfa-report" not in path.parts]
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in files
    }


def test_a_second_build_computes_and_writes_nothing(tmp_path: Path) -> None:
    own = {"RFA_REPORT_CACHE": str(tmp_path / "cache")}
    _write(tmp_path, "torchvision:alexnet", "torchvision:squeezenet1_1")
    first = run("build", cwd=tmp_path, **own)
    assert first.returncode == 0, first.stderr
    assert "2 analysed" in first.stdout
    before = _state(tmp_path)
    second = run("build", cwd=tmp_path, **own)
    assert "0 analysed, 2 from the cache; 0 files written" in second.stdout
    assert _state(tmp_path) == before
    assert "0 files written" in run("build", "--no-cache", cwd=tmp_path, **own).stdout
    _write(tmp_path, "torchvision:alexnet", "torchvision:squeezenet1_0")
    third = run("build", cwd=tmp_path, **own)
    assert "1 analysed" in third.stdout
    after = _state(tmp_path)
    pages = {name for name in before | after if before.get(name) != after.get(name) and "alexnet" in name}
    assert not pages, "of one changed model, only its own pages change"
    told = json.loads(run("cache", "info", "--json", cwd=tmp_path, **own).stdout)
    assert told["entries"] == 6, "three models, and a graph of each"
    assert told["bytes"] > 1000
    assert run("cache", "clear", cwd=tmp_path, **own).returncode == 0
    assert "0 models and graphs" in run("cache", "info", cwd=tmp_path, **own).stdout


def test_a_build_without_a_site_says_nothing_when_quiet(tmp_path: Path) -> None:
    _write(tmp_path, "torchvision:alexnet", resolutions="[64]")
    done = run("build", "--no-site", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "rfa-site" / "docs" / "models" / "alexnet.md").is_file()
    assert not (tmp_path / "rfa-site" / "site").exists()


@pytest.mark.parametrize(
    "other",
    [
        replace(TASK, title="other"),
        replace(TASK, spec="torchvision:vgg11"),
        replace(TASK, resolutions=((64, 65),)),
        replace(TASK, channels=1),
        replace(TASK, images=1),
        replace(TASK, inputs="1 3 h w"),
        replace(TASK, arguments={"num_classes": 10}),
    ],
)
def test_whatever_is_asked_for_differently_is_computed(other: Task) -> None:
    assert cache.key(TASK) == cache.key(replace(TASK))
    assert cache.key(other) not in (None, cache.key(TASK))


def test_what_code_of_the_users_decides_is_not_kept() -> None:
    for theirs in (replace(TASK, spec="nets.py:net"), replace(TASK, rules=("r.py:b",)), replace(TASK, inputs="n.py:f")):
        assert cache.key(theirs) is None


def test_an_edited_package_is_another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "torchvision"
    package.mkdir()
    (package / "__init__.py").write_text("")
    seen = set()
    for text in ("depth = 1", "depth = 2"):
        (package / "models.py").write_text(text)
        seen.add(cache._digest(package, "*.py"))
    (package / "models.py").rename(package / "others.py")
    seen.add(cache._digest(package, "*.py"))
    assert len(seen) == 3
    before = cache.key(TASK)
    monkeypatch.setenv("TIMM_FUSED_ATTN", "0")
    assert cache.key(TASK) != before


def test_what_nobody_can_know_is_not_kept() -> None:
    assert cache.key(replace(TASK, spec="nets.py:make")) is None
    assert cache.key(replace(TASK, spec="package.nets:make")) is None
    assert cache.key(replace(TASK, rules=("my_rules.py:book",))) is None


def test_a_damaged_entry_is_none(tmp_path: Path) -> None:
    shelf, made = Shelf(tmp_path), make(TASK)
    assert cache.get(shelf, "abcdef") is None
    cache.put(shelf, "abcdef", made)
    assert cache.get(shelf, "abcdef") == made
    (entry,) = shelf.entries()
    for cut in (entry.read_bytes()[:100], b"", b"nothing of ours"):
        entry.write_bytes(cut)
        assert cache.get(shelf, "abcdef") is None


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    Shelf(tmp_path / "cache").put("abcdef", b"anything")
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]
