"""`rfa-report init`, and what it writes: schemas of the systems, and the scripts in it run for real."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from command_line import git, one_line, run

pytestmark = pytest.mark.slow

SCHEMAS = {
    "github": ("vendor.github-workflows", [".github/workflows/receptive-fields.yml",
                                           ".github/workflows/receptive-fields-comment.yml"]),
    "gitlab": ("vendor.gitlab-ci", [".gitlab-ci.yml"]),
}  # fmt: skip
MARK = "<!-- rfa-report diff -->"


def steps(path: Path) -> dict[str, str]:
    """Give the scripts of a workflow by the names of their steps."""
    plain: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    (job,) = plain["jobs"].values()
    return {step["name"]: step["run"] for step in job["steps"] if "run" in step}


def bash(script: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub's runner does."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_a_configuration_to_start_from(tmp_path: Path) -> None:
    done = run("init", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "wrote rfa-report.toml\n")
    assert "rfa-report.toml exists already; merge it by hand with what `rfa-report init --print` prints" in one_line(
        run("init", cwd=tmp_path)
    )
    shown = run("init", "--print", cwd=tmp_path)
    assert shown.stdout == f"# rfa-report.toml\n{(tmp_path / 'rfa-report.toml').read_text('utf-8')}\n"
    probe = "from pathlib import Path; from rfa_report.config import load; load(Path('rfa-report.toml'))"
    subprocess.run([sys.executable, "-c", probe], cwd=tmp_path, check=True)


@pytest.mark.parametrize("system", ["github", "gitlab", "pre-commit"])
def test_files_for_ci(tmp_path: Path, system: str) -> None:
    (tmp_path / "rfa-report.toml").write_text("mine")
    done = run("init", "--ci", system, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = [line.removeprefix("wrote ") for line in done.stdout.splitlines()]
    assert written
    assert "rfa-report.toml" not in written
    assert (tmp_path / "rfa-report.toml").read_text() == "mine"
    assert "exists already; merge it by hand" in one_line(run("init", "--ci", system, cwd=tmp_path))
    for path in written:
        assert yaml.safe_load((tmp_path / path).read_text("utf-8"))


@pytest.mark.parametrize("system", SCHEMAS)
def test_files_for_ci_are_what_the_system_reads(tmp_path: Path, system: str) -> None:
    schema, names = SCHEMAS[system]
    run("init", "--ci", system, cwd=tmp_path)
    assert [name for name in names if not (tmp_path / name).is_file()] == []
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    command += ["--data-transform", "gitlab-ci"] if system == "gitlab" else []
    done = subprocess.run([*command, *names], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    broken = tmp_path / names[0]
    broken.write_text(broken.read_text("utf-8").replace("runs-on:", "run-on:").replace("artifacts:", "artefacts:"))
    done = subprocess.run([*command, *names], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, "a key that the system does not know"


@pytest.fixture
def merged(tmp_path: Path) -> Path:
    """Make a checkout as GitHub's runner has it: a merge commit whose first parent is the base."""
    root = tmp_path / "checkout"
    root.mkdir()

    net = "from torch import nn\ndef net(): return nn.Sequential(nn.Conv2d(3, 4, KERNEL), nn.Conv2d(4, 4, 3))\n"
    run("init", "--ci", "github", cwd=root)
    (root / "nets.py").write_text(net.replace("KERNEL", "3"))
    (root / "rfa-report.toml").write_text('resolutions = [32]\nmodels = ["nets.py:net"]\n')
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "base")
    git(root, "checkout", "-qb", "change")
    (root / "nets.py").write_text(net.replace("KERNEL", "7"))
    git(root, "commit", "-qam", "kernel 7")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "change")
    tools = tmp_path / "bin"
    tools.mkdir()
    tool = tools / "rfa-report"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rfa_report "$@"\n')
    tool.chmod(0o755)
    return root


def test_the_workflow_compares_base_and_head(merged: Path) -> None:
    script = steps(merged / ".github/workflows/receptive-fields.yml")
    path = f"{merged.parent / 'bin'}:{os.environ['PATH']}"
    for name in ("Build base and head", "Compare"):
        out = {"GITHUB_OUTPUT": str(merged / "output"), "GITHUB_STEP_SUMMARY": str(merged / "summary")}
        done = bash(script[name], merged, PATH=path, NUMBER="7", **out)
        assert done.returncode == 0, done.stderr
    assert (merged / "rfa-told/number").read_text() == "7\n"
    comment = (merged / "rfa-told/comment.md").read_text("utf-8")
    assert comment.startswith(MARK)
    assert "<code>rfa-base</code> → <code>rfa-head</code>" in comment
    assert (merged / "output").read_text() == "code=1\n", "the parameters grew"
    assert (merged / "summary").read_text("utf-8") == comment
    assert (merged / "rfa-told/site/site/changes.html").is_file()
    assert "::" in done.stdout


GH = """#!{python}
import json, pathlib, sys
here, words = pathlib.Path({here!r}), sys.argv[1:]
with open(here / "calls", "a") as calls:
    print(*(word for word in words if not word.startswith(".[]")), file=calls)
if words[:2] == ["run", "download"]:
    sys.exit(0 if (pathlib.Path("rfa-told")).is_dir() else 1)
if "/pulls/" in words[1]:
    print("abc")
if "--paginate" in words:
    print((here / "old").read_text(), end="")
"""


@pytest.mark.parametrize(
    ("old", "body", "sha", "last"),
    [
        ("", MARK, "abc", "--method POST repos/me/it/issues/7/comments -F body=@rfa-told/comment.md"),
        ("11\n12\n", MARK, "abc", "--method PATCH repos/me/it/issues/comments/11 -F body=@rfa-told/comment.md"),
        ("11\n", "", "abc", "--method DELETE repos/me/it/issues/comments/11"),
        ("", "", "abc", "--paginate repos/me/it/issues/7/comments --jq"),
        ("11\n", MARK, "other", "repos/me/it/pulls/7 --jq .head.sha"),
        ("", None, "abc", "run download 99 --name receptive-fields --dir rfa-told"),
    ],
)
def test_the_comment_is_made_edited_and_removed(
    tmp_path: Path, old: str, body: str | None, sha: str, last: str
) -> None:
    run("init", "--ci", "github", cwd=tmp_path)
    script = steps(tmp_path / ".github/workflows/receptive-fields-comment.yml")["Comment"]
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "gh").write_text(GH.format(python=sys.executable, here=str(tmp_path)))
    (tools / "gh").chmod(0o755)
    (tmp_path / "old").write_text(old)
    if body is not None:
        (tmp_path / "rfa-told").mkdir()
        (tmp_path / "rfa-told/number").write_text("7; echo oops\n")
        (tmp_path / "rfa-told/comment.md").write_text(body)
    path = f"{tools}:{os.environ['PATH']}"
    done = bash(script, tmp_path, PATH=path, GH_REPO="me/it", RUN="99", SHA=sha, GH_TOKEN="none")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "calls").read_text().splitlines()[-1].removeprefix("api ") == last


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_gitlab_runs_the_same_commands(merged: Path) -> None:
    run("init", "--ci", "gitlab", cwd=merged)
    job = yaml.safe_load((merged / ".gitlab-ci.yml").read_text("utf-8"))["receptive-fields"]
    base = subprocess.run(["git", "rev-parse", "HEAD^1"], cwd=merged, capture_output=True, text=True, check=True)
    path = f"{merged.parent / 'bin'}:{os.environ['PATH']}"
    script = "\n".join(line for line in job["script"] if not line.startswith("pip "))
    done = bash(script, merged, PATH=path, CI_MERGE_REQUEST_DIFF_BASE_SHA=base.stdout.strip())
    assert done.returncode == 1, done.stderr
    assert "failure" in (merged / "rfa-report.xml").read_text("utf-8")
    assert (merged / "rfa-told/site/changes.html").is_file()
