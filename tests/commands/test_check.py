"""`rfa-report check` by the real command line, in a real repository: what fails, what is let pass, and until when."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from command_line import git, one_line, run

pytestmark = pytest.mark.slow

NETS = """from torch import nn


def net():
    return nn.Sequential(nn.Conv2d(3, 4, 3, STRIDE, 1), *(nn.Conv2d(4, 4, 3, 1, 1) for _ in range(3)))


def other():
    return nn.Conv2d(3, 4, 3)
"""
CONFIG = 'resolutions = [16, 32]\nmodels = ["nets.py:net", "nets.py:other"]\n'
WAIVER = """
[[check.waivers]]
rule = "RULE"
models = "net"
reason = "agreed in the review"
expires = 2026-06-30
"""


def write(root: Path, stride: int, config: str = CONFIG) -> None:
    (root / "nets.py").write_text(NETS.replace("STRIDE", str(stride)))
    (root / "rfa-report.toml").write_text(config)


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    write(root, 1)
    (root / ".gitignore").write_text("rfa-site/\n__pycache__/\n")
    built = run("build", "--update", cwd=root)
    assert built.returncode == 0, built.stderr
    assert "committed reports that changed: net, other" in built.stdout
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "baseline")
    return root


@pytest.fixture
def repository(committed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(committed, tmp_path / "repository", ignore=shutil.ignore_patterns("rfa-site"))


def test_the_whole_story(repository: Path) -> None:
    clean = run("check", "--against", "main", cwd=repository)
    assert (clean.returncode, clean.stdout.splitlines()[-1]) == (0, "check passed: no finding"), clean
    assert run("check", "--frozen", cwd=repository).returncode == 0

    write(repository, 4)
    failed = run("check", "--against", "main", cwd=repository)
    assert failed.returncode == 1
    report, _, verdict = failed.stdout.partition("check failed: ")
    assert "stride  1 → 4" in report, "report first, fail after"
    found = [line.split()[1].rstrip(":") for line in verdict.splitlines() if line.startswith("  failed")]
    assert "productive-depth-dropped" in found
    line = "net: productive depth 4 → 3 at 16 px (by 1, allowed 0 convolutions)"
    assert line in verdict.replace("\N{NO-BREAK SPACE}", " ")
    assert "[[check.waivers]]" in verdict

    waivers = CONFIG + "".join(WAIVER.replace("RULE", rule) for rule in found)
    write(repository, 4, waivers)
    waived = run("check", "--against", "main", "--today", "2026-06-30", cwd=repository)
    assert waived.returncode == 0, waived.stdout
    assert f"check passed: no finding, {len(found)} waived" in waived.stdout
    assert "waived until 2026-06-30: agreed in the review" in waived.stdout
    assert "stride  1 → 4" in waived.stdout

    expired = run("check", "--against", "main", "--today", "2026-07-01", cwd=repository)
    assert expired.returncode == 1
    assert f"check failed: {len(found)} findings in 1 model" in expired.stdout
    assert "  expired  productive-depth-dropped: net: " in expired.stdout

    git(repository, "commit", "-qam", "stride 4")
    frozen = run("check", "--frozen", cwd=repository)
    assert (frozen.returncode, frozen.stdout) == (
        1,
        "net: 1 layer changed, productive depth 4 → 3 at 16\N{NO-BREAK SPACE}px\n",
    )
    assert "update them with rfa-report build --update" in frozen.stderr
    accepted = run("build", "--update", cwd=repository)
    assert "committed reports that changed: net\n" in accepted.stdout
    assert run("check", "--frozen", cwd=repository).returncode == 0
    changed = subprocess.run(["git", "diff", "--stat"], cwd=repository, capture_output=True, text=True, check=True)
    assert "reports/net.json" in changed.stdout
    assert "other.json" not in changed.stdout
    git(repository, "commit", "-qam", "accepted")
    assert run("check", "--against", "HEAD", "--today", "2026-07-01", cwd=repository).returncode == 0
    stored = run("check", "HEAD:reports", "--against", "HEAD~1", "--today", "2026-07-01", cwd=repository)
    assert (stored.returncode, "expired" in stored.stdout) == (1, True), "without building anything"
    assert (
        stored.stdout == run("check", "reports", "--against", "HEAD~1", "--today", "2026-07-01", cwd=repository).stdout
    )


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ("markdown", "**Receptive-field check failed: "),
        ("github", "::error title=productive-depth-dropped%3A net::"),
        ("junit", 'name="productive-depth-dropped: net"><failure'),
        ("json", '"rule": "productive-depth-dropped"'),
    ],
)
def test_every_format_is_written_although_the_check_fails(repository: Path, shape: str, says: str) -> None:
    write(repository, 4)
    done = run("check", "--against", "main", "--format", shape, "-o", "told.txt", cwd=repository)
    assert (done.returncode, done.stdout) == (1, ""), done
    text = (repository / "told.txt").read_text("utf-8")
    assert says in text
    if shape == "json":
        finding = next(f for f in json.loads(text)["findings"] if f["rule"] == "productive-depth-dropped")
        assert (finding["amount"], finding["limit"], finding["waived"]) == (1, 0, False)


def test_frozen_names_what_is_missing_and_what_is_left(repository: Path) -> None:
    (repository / "reports" / "other.json").unlink()
    write(repository, 1, CONFIG.replace('"nets.py:net"', '{ spec = "nets.py:net", name = "new" }'))
    done = run("check", "--frozen", cwd=repository)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "net: a report is committed, but no such model is configured",
        "new: no report is committed",
        "other: no report is committed",
    ]
    (repository / "reports" / "notes.json").write_text("{}")
    run("build", "--update", cwd=repository)
    assert sorted(path.name for path in (repository / "reports").iterdir()) == ["new.json", "notes.json", "other.json"]


def test_a_model_that_fails_keeps_its_committed_report(repository: Path) -> None:
    before = (repository / "reports" / "net.json").read_bytes()
    write(repository, 0)
    assert run("build", "--update", cwd=repository).returncode == 1
    assert (repository / "reports" / "net.json").read_bytes() == before
    assert run("check", "--frozen", cwd=repository).stdout == "net: cannot be analysed\n"
    assert "model-failed: net" in run("check", "--against", "main", cwd=repository).stdout


def test_other_versions_are_no_difference_to_a_frozen_report(repository: Path) -> None:
    path = repository / "reports" / "net.json"
    path.write_text(path.read_text().replace('"torch": "', '"torch": "0.'))
    assert run("check", "--frozen", cwd=repository).returncode == 0
    path.write_text(path.read_text().replace('"title": "net"', '"title": "net!"'))
    assert run("check", "--frozen", cwd=repository).stdout == "net: other words, the same numbers\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "check needs either --against or --frozen; write"),
        (["--against", "main", "--frozen"], "check needs either --against or --frozen; write"),
        (["--against", "nowhere"], "nowhere is neither a file, a folder nor a revision of this repository; correct"),
        (["--against", "main:there"], "there is not in revision main; list"),
        (["--against", "main", "-c", "none.toml"], "there is no configuration none.toml; create"),
        (["none", "--against", "main"], "none is neither a file, a folder nor a revision of this repository"),
    ],
)
def test_a_mistake_is_one_line(repository: Path, words: list[str], says: str) -> None:
    assert says in one_line(run("check", *words, cwd=repository))


def test_a_site_tells_the_history_of_its_models(repository: Path) -> None:
    git(repository, "tag", "v1")
    git(repository, "rm", "-rq", "--cached", "reports")
    git(repository, "commit", "-qm", "no reports")
    git(repository, "tag", "v2-none")
    write(repository, 2, CONFIG + '[site]\nhistory = "v*"\n')
    built = run("build", "--no-site", cwd=repository)
    assert built.returncode == 0, built.stderr
    page = (repository / "rfa-site" / "docs" / "history.md").read_text()
    assert "- History: history.md" in (repository / "rfa-site" / "mkdocs.yml").read_text()
    assert "with 1 tag: <code>v1</code>, and now" in page
    net = page.partition("## [net](models/net.md)")[2].partition("\n## ")[0]
    rows = [line for line in net.splitlines() if line.startswith("|")]
    assert rows[0] == "| Reports of | 16 px | 32 px |"
    assert [row.split("|")[1].strip() for row in rows[2:]] == ["v1", "now"]
    assert [row.split("|")[2].strip().split(" ")[0] for row in rows[2:]] == ["4/4", "4/4"]
    assert page.rstrip().endswith("[other](models/other.md).")
    here = run("build", "--no-site", "-c", str(repository / "rfa-report.toml"), cwd=repository)
    assert here.returncode == 0, here.stderr
    assert (repository / "rfa-site" / "docs" / "history.md").read_text() == page
    write(repository, 2, CONFIG + '[site]\nhistory = "w*"\n')
    assert "site.history: no tag w* has reports in reports; commit them" in one_line(run("build", cwd=repository))


def test_history_leaves_out_no_report_that_is_damaged(repository: Path) -> None:
    path = repository / "reports" / "net.json"
    path.write_text(path.read_text()[:900])
    git(repository, "commit", "-qam", "torn")
    git(repository, "tag", "v1")
    write(repository, 2, CONFIG + '[site]\nhistory = "v*"\n')
    assert "net of v1 is not a report" in one_line(run("build", "--no-site", cwd=repository))


def test_before_there_is_a_baseline(repository: Path) -> None:
    write(repository, 1, CONFIG + '[check]\nbaseline = "elsewhere"\n')
    assert "there is no folder of committed reports elsewhere; write it: rfa-report build --update" in one_line(
        run("check", "--frozen", cwd=repository)
    )
    assert "elsewhere is not in revision main" in one_line(run("check", "--against", "main", cwd=repository))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("[check.limits]\nmacs-grow = 1", "unknown key check.limits.macs-grow; did you mean macs-grew?"),
        ("[check.limits]\nmacs-grew = -1", "check.limits.macs-grew: -1 is not a limit; write a number from 0 on"),
        ('[check.limits]\nmacs-grew = "of"', "check.limits.macs-grew: 'of' is not a limit"),
        (WAIVER.replace("RULE", "macs"), "check.waivers[0].rule: 'macs' is not a rule, did you mean macs-grew"),
        (WAIVER.replace("RULE", "macs-grew").replace("2026-06-30", '"soon"'), "check.waivers[0].expires: "),
        (WAIVER.replace("RULE", "macs-grew").replace("reason", "why"), "unknown key check.waivers[0].why"),
    ],
)
def test_a_policy_that_is_none(tmp_path: Path, lines: str, says: str) -> None:
    write(tmp_path, 1, f"{CONFIG}{lines}\n")
    assert says in one_line(run("check", "--against", "main", cwd=tmp_path))
