"""Where the files that are not Python live.

In a wheel they lie in `rfa_report/_assets/`, beside this file; in a checkout (also one installed with `pip install -e`)
they lie at the repository's root, the parent of the package. No other file knows this, so that a template or a page can
move by changing one line.
"""

from pathlib import Path

from rfa_report.core.errors import RfaError

_PACKAGE = Path(__file__).resolve().parent


def templates() -> Path:
    """Return the folder of Jinja templates."""
    return _find("templates")


def site_src() -> Path:
    """Return the folder of hand-written pages, style sheets and scripts that every site is made from."""
    return _find("site_src")


def mkdocs_yml() -> Path:
    """Return the MkDocs configuration that the configuration of a built site is derived from."""
    return _find("mkdocs.yml")


def _find(name: str) -> Path:
    for root in (_PACKAGE / "_assets", _PACKAGE.parent):
        path = root / name
        if path.exists():
            return path
    raise RfaError(
        f"rfa_report is not installed completely: {name} is missing",
        "install it again with `pip install --force-reinstall rfa_report`",
    )
