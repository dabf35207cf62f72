"""The real command line, in a process of its own."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

SECONDS = 900
"""What a command may take, for something hangs where it takes more."""

FORKS = f"""
import contextlib, ctypes, gc, json, os, runpy, signal, sys
from multiprocessing import util
import click, jinja2, numpy, pydantic, torch, torch._dynamo, yaml

exec_and_pass = util.spawnv_passfds

if sys.platform == "linux":
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: what a command leaves behind becomes a child of this one

def wait():
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            return json.loads(line)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with contextlib.suppress(ChildProcessError):
            while os.wait():  # the processes that a command started are over, too, before anybody looks
                pass
        print(code, flush=True)
    sys.exit()

def fork_and_pass(path, words, passed):
    if "forkserver" not in words[-1]:
        return exec_and_pass(path, words, passed)
    pid = os.fork()
    if pid:
        return pid
    try:
        kept = sorted({{0, 1, 2, *passed}})
        for low, high in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")]):
            os.closerange(low + 1, high)
        for number in signal.valid_signals():
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        for name in list(sys.modules):
            if name.partition(".")[0] == "rfa_report" or name == "multiprocessing.forkserver":
                del sys.modules[name]
        exec(words[-1], {{"__name__": "__main__"}})
    finally:
        os._exit(0)

gc.freeze()
asked = wait()
util.spawnv_passfds = fork_and_pass
signal.alarm({SECONDS})
os.chdir(asked["cwd"])
os.environ.clear()
os.environ.update(asked["environment"])
for number, (name, flags) in enumerate(asked["files"]):
    os.dup2(os.open(name, flags), number)
sys.argv[1:], sys.path[0] = asked["words"], asked["cwd"]
runpy.run_module("rfa_report", run_name="__main__", alter_sys=True)
"""
"""A Python that has loaded what others wrote, torch above all, and becomes `python -m rfa_report` when asked: all of
our own code is loaded anew for each command, what takes seconds only once. The process that the command forks its
workers from starts the same way."""


def run(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command; with variables that others read, in a Python that is started anew: some are read first of all."""
    command = [sys.executable, "-m", "rfa_report", *map(str, words)]
    variables = {**os.environ, "COLUMNS": "120", **environment}
    if any(not name.startswith(("RFA_", "SOURCE_")) for name in environment):
        return subprocess.run(
            command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        out.touch()
        err.touch()
        files = [(os.devnull, os.O_RDONLY), (str(out), os.O_WRONLY), (str(err), os.O_WRONLY)]
        asked = {"words": command[3:], "cwd": str(cwd.resolve()), "environment": variables, "files": files}
        code = _forked(json.dumps(asked))
        return subprocess.CompletedProcess(command, code, out.read_text("utf-8"), err.read_text("utf-8"))


def _forked(asked: str) -> int:
    server = _server()
    assert server.stdin
    assert server.stdout
    server.stdin.write(f"{asked}\n")
    server.stdin.flush()
    return int(server.stdout.readline())


@cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-c", FORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    atexit.register(server.communicate)
    return server


def one_line(done: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """Return the one line that a mistake of the user's prints, and check that it is one."""
    assert done.returncode == code, done
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("rfa-report: ")
    assert ";" in lines[0], "no next step"
    return lines[0]


def git(folder: Path, *words: str) -> None:
    """Run git as nobody in particular, whatever the machine's user has configured."""
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    nobodys = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *identity, *words], cwd=folder, env=nobodys, check=True, capture_output=True)
