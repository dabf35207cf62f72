"""Comparing reports wherever they lie, from the real command line."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from command_line import git, one_line, run
from diffing.sides import new_zoo, old_zoo
from rfa_report import ModelReport, store
from rfa_report.running.comparing import WORTH_PROCESSES

pytestmark = pytest.mark.slow


def write(folder: Path, zoo: dict[str, ModelReport]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for slug, report in zoo.items():
        (folder / f"{slug}.json").write_text(store.dumps(report))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path / "old", old_zoo())
    write(tmp_path / "new", new_zoo())
    return tmp_path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository with three commits: old reports, new ones, and none; one branch goes its own way."""
    root = tmp_path / "repository"
    (root / "src").mkdir(parents=True)
    (root / "package.json").write_text('{"name": "not a report"}')
    git(root.parent, "init", "-q", "-b", "main", str(root))
    write(root / "baseline", old_zoo())
    git(root, "add", ".")
    git(root, "commit", "-qm", "old")
    git(root, "tag", "v1")
    git(root, "checkout", "-qb", "work")
    for path in (root / "baseline").iterdir():
        path.unlink()
    write(root / "baseline", new_zoo())
    git(root, "add", ".")
    git(root, "commit", "-qm", "new")
    git(root, "checkout", "-q", "main")
    (root / "baseline" / "gone.json").unlink()
    git(root, "commit", "-qam", "one less")
    git(root, "checkout", "-q", "--orphan", "empty")
    git(root, "rm", "-rqf", "baseline")
    git(root, "commit", "-qm", "nothing")
    git(root, "checkout", "-q", "work")
    return root


def test_differences_are_told_and_counted_in_the_exit_code(project: Path) -> None:
    done = run("diff", "old", "new", cwd=project)
    assert done.returncode == 1, done.stderr
    first, *rest = done.stdout.splitlines()
    assert first == "5 of 6 models differ: 2 changed, 1 renamed, 1 added, 1 removed"
    assert [line.split() for line in rest if "stride" in line] == [["stem.conv#0", "stride", "2", "→", "1"]]
    assert "\x1b" not in done.stdout
    assert done.stderr == ""
    assert run("diff", "old", "new", "--exit-zero", cwd=project).returncode == 0


@pytest.mark.parametrize("shape", ["terminal", "markdown", "github"])
def test_nothing_is_said_of_nothing(project: Path, shape: str) -> None:
    done = run("diff", "old", "old", "--format", shape, cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("shape", "starts"),
    [
        ("markdown", "<!-- rfa-report diff -->"),
        ("json", '{\n "schema": 1,'),
        ("github", "::warning title=broken%3A changed::"),
        ("junit", "<?xml"),
        ("terminal", "5 of 6 models differ"),
    ],
)
def test_formats_go_to_a_file_also_when_there_are_findings(project: Path, shape: str, starts: str) -> None:
    done = run("diff", "old", "new", "--format", shape, "-o", "told.txt", cwd=project)
    assert (done.returncode, done.stdout) == (1, "")
    assert (project / "told.txt").read_text("utf-8").startswith(starts)
    assert sorted(path.name for path in project.iterdir()) == ["new", "old", "told.txt"], "nothing half-written is left"


def test_output_does_not_depend_on_hash_seed_or_folder(project: Path) -> None:
    texts = {
        run("diff", "old", "new", "--format", "json", cwd=project, PYTHONHASHSEED=seed).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1
    assert str(project) not in texts.pop()


def test_sides_may_be_a_file_a_folder_a_site_or_a_bundle(project: Path) -> None:
    site = project / "rfa-site"
    for folder in ("reports", "docs/reports", "site/reports"):
        write(site / folder, new_zoo())
    (site / "docs/reports/report.schema.json").write_text("{}")
    (site / "site/search").mkdir()
    (site / "site/search/search_index.json").write_text('{"docs": []}')
    with zipfile.ZipFile(project / "bundle.zip", "w") as bundle:
        for path in sorted((project / "new").iterdir()):
            bundle.write(path, f"some/where/{path.name}")
    wanted = json.loads(run("diff", "old", "new", "--format", "json", cwd=project).stdout)["models"]
    for new in ("rfa-site", "rfa-site/site", "rfa-site/reports", "bundle.zip"):
        done = run("diff", "old", new, "--format", "json", cwd=project)
        assert json.loads(done.stdout)["models"] == wanted, new
        assert run("diff", new, "new", cwd=project).returncode == 0
    one = json.loads(run("diff", "old/tiny.json", "bundle.zip", "--format", "json", cwd=project).stdout)["models"]
    assert one == [model for model in wanted if model["model"] == "tiny"]
    pair = run("diff", "old/first.json", "new/second.json", cwd=project)
    assert "renamed first → second" in pair.stdout


def test_revisions(repository: Path) -> None:
    def told(*words: str) -> dict[str, str]:
        done = run("diff", *words, "--format", "json", cwd=repository)
        return {model["model"]: model["status"] for model in json.loads(done.stdout)["models"]}

    wanted = {"tiny": "changed", "second": "renamed", "broken": "changed", "gone": "removed", "come": "added"}
    assert told("v1", "work") == wanted
    assert told("v1..work") == wanted
    assert told("HEAD~1..") == wanted
    assert told("main...work") == wanted, "from where the two went different ways"
    assert told("main:baseline...work:baseline") == wanted
    assert told("main..work") == {name: status for name, status in wanted.items() if name != "gone"}
    assert told("v1:baseline", "HEAD:baseline") == wanted
    assert told("v1:baseline/tiny.json", "work:baseline/tiny.json") == {"tiny": "changed"}
    assert told("v1", "baseline") == wanted, "a revision against a folder"
    assert run("diff", "work", "baseline", cwd=repository / "src").returncode == 2
    assert run("diff", "work", "../baseline", cwd=repository / "src").returncode == 0
    subprocess.run(["git", "diff", "--exit-code"], cwd=repository, check=True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["gone-branch", "work"], "gone-branch is neither a file, a folder nor a revision of this repository; correct"),
        (["v1:nowhere", "work"], "nowhere is not in revision v1; list what is: git ls-tree -r v1"),
        (["empty", "work"], "empty holds no reports; give a folder"),
        (["empty...work"], "empty and work have no common commit; "),
        (["--", "-x", "work"], "-x is not a revision; write"),
        (["work"], "one side only: work; write rfa-report diff OLD NEW, or OLD --build"),
        (["v1", "work", "main"], "3 sides to compare; give two"),
        (["src", "work"], "src holds no reports"),
        (["v1:baseline/tiny.json", "work:baseline/broken.json", "-o", "no/where"], "no/where cannot be written"),
    ],
)
def test_what_cannot_be_compared_is_one_line(repository: Path, words: list[str], says: str) -> None:
    assert says in one_line(run("diff", *words, cwd=repository))


def test_outside_a_repository(project: Path) -> None:
    done = run("diff", "old", "main", cwd=project, GIT_CEILING_DIRECTORIES=str(project.parent))
    assert "there is no file or folder main, and" in one_line(done)
    assert "is in no git repository" in done.stderr


@pytest.mark.parametrize("damage", [b"", b'{"axes": ', b"\x00\x01"])
def test_a_half_written_report_is_no_removed_model(project: Path, damage: bytes) -> None:
    (project / "new" / "tiny.json").write_bytes(damage)
    assert "tiny.json of new is half-written or no report; build it again" in one_line(
        run("diff", "old", "new", cwd=project)
    )


def test_a_large_zoo_is_compared_on_all_cores(project: Path) -> None:
    many = {f"net{number}": replace(old_zoo()["tiny"], slug=f"net{number}") for number in range(WORTH_PROCESSES)}
    write(project / "old", many)
    write(project / "new", {slug: replace(new_zoo()["tiny"], slug=slug) for slug in many})
    done = run("diff", "old", "new", "--format", "json", cwd=project)
    assert done.returncode == 1, done.stderr
    told = {model.pop("model"): model["changes"] for model in json.loads(done.stdout)["models"]}
    assert set(told) >= set(many)
    assert told["tiny"]
    assert all(told[slug] == told["tiny"] for slug in many)
    path = project / "new" / "net7.json"
    path.write_text(path.read_text()[:900])
    said = run("diff", "old", "new", cwd=project)
    assert "net7 of new is not a report" in one_line(said)
    assert said.stdout == ""


def test_a_report_of_a_newer_schema_and_a_torn_one(project: Path) -> None:
    path = project / "new" / "tiny.json"
    whole = path.read_text()
    path.write_text(whole.replace('"schema": 2', '"schema": 99'))
    said = one_line(run("diff", "old", "new", cwd=project))
    assert "tiny of new has report schema 99, this version reads up to 2; upgrade rfa_report" in said
    path.write_text(whole[:900])
    assert "tiny of new is not a report" in one_line(run("diff", "old", "new", cwd=project))


def test_two_reports_of_one_name(project: Path) -> None:
    write(project / "both/a", old_zoo())
    write(project / "both/b", new_zoo())
    assert "both holds two different reports called" in one_line(run("diff", "old", "both", cwd=project))


def test_a_broken_bundle(project: Path) -> None:
    with zipfile.ZipFile(project / "bundle.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.write(project / "new" / "tiny.json", "tiny.json")
    data = bytearray((project / "bundle.zip").read_bytes())
    data[60:120] = bytes(60)
    (project / "bundle.zip").write_bytes(data)
    assert "tiny.json in bundle.zip cannot be read" in one_line(run("diff", "old", "bundle.zip", cwd=project))


def test_other_versions_are_told_in_one_line(project: Path) -> None:
    other = {
        slug: replace(found, versions={"rfa_report": "0.2.0", "torch": "2.9.0"}) for slug, found in old_zoo().items()
    }
    write(project / "later", other)
    done = run("diff", "old", "later", cwd=project)
    assert (done.returncode, done.stdout) == (0, "")
    note = "the sides were made with rfa_report 0.1.0 and 0.2.0: numbers may differ because its rules do"
    assert done.stderr == f"note: {note}\n"
    write(project / "later", {"broken": replace(other["broken"], channels=1)})
    assert f"> {note}\n" in run("diff", "old", "later", "--format", "markdown", cwd=project).stdout


def test_a_live_side(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(
        "from torch import nn\n"
        "def net(stride=2): return nn.Sequential(nn.Conv2d(3, 4, 3, stride), nn.Conv2d(4, 4, 3))\n"
        "def broken(): raise ValueError('no such width')\n"
    )
    config = 'resolutions = [16]\nmodels = ["nets.py:net"]\n'
    (tmp_path / "rfa-report.toml").write_text(config)
    shown = run("build", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    same = run("diff", "rfa-site", "--build", cwd=tmp_path)
    assert (same.returncode, same.stdout) == (0, ""), same
    changed = config.replace(
        '["nets.py:net"]', '[{ spec = "nets.py:net", arguments = { stride = 1 } }, "nets.py:broken"]'
    )
    (tmp_path / "rfa-report.toml").write_text(changed)
    done = run("diff", "rfa-site", "--build", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "net  changed: 1 layer changed" in done.stdout
    assert "0#0  stride  2 → 1" in done.stdout
    assert "broken  added" in done.stdout
    assert "one side only" not in done.stderr
    assert "takes the place of the new side" in one_line(run("diff", "rfa-site", "rfa-site", "--build", cwd=tmp_path))


def test_stored_sides_load_no_torch(project: Path) -> None:
    code = (
        "import sys; from rfa_report.cli.main import cli\n"
        "cli(['diff', 'old', 'new', '--exit-zero', '--format', 'markdown'], standalone_mode=False)\n"
    )
    probe = (
        f"try:\n  {code.replace(chr(10), chr(10) + '  ')}\nfinally:\n  print('torch' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=project, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("<!-- rfa-report diff -->")
    assert done.stderr.strip() == "False"
