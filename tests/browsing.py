"""A built site, opened in Chromium as a reader does: as files, or from a server on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from math import inf
from pathlib import Path
from threading import Thread
from typing import Any, Literal

from playwright.sync_api import Browser, Locator, Page
from playwright.sync_api import TimeoutError as NotFoundError

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(frozen=True)
class Site:
    """A site's folder, the engine that built it, and the address that it is opened at."""

    folder: Path
    engine: str
    base: str

    def pages(self) -> list[str]:
        """List all pages; that of a missing page is for servers, and finds its styles from their root only."""
        found = sorted(page.relative_to(self.folder).as_posix() for page in self.folder.rglob("*.html"))
        return [page for page in found if page != "404.html" or self.base.startswith("http:")]

    def kinds(self, most: float = inf) -> list[str]:
        """List each page of the first level, and of every folder the smallest and the largest one of `most` bytes."""
        found: dict[str, list[str]] = {}
        sizes = {page: (self.folder / page).stat().st_size for page in self.pages()}
        for page in sizes:
            folder = page.rpartition("/")[0]
            if not folder or sizes[page] <= most:
                found.setdefault(folder or page, []).append(page)
        return sorted({choose(pages, key=sizes.__getitem__) for pages in found.values() for choose in (min, max)})

    def models(self) -> list[str]:
        return [page.stem for page in sorted((self.folder / "models").glob("*.html"))]


class Watched:
    """Open pages and keep what went wrong on them."""

    def __init__(self, browser: Browser, site: Site, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(120_000)  # a busy machine is no fault of a page's
        self.site, self.wrong = site, list[str]()

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.wrong == []

    def open(self, path: str) -> Page:
        ours = (self.site.base, "data:", "blob:")
        page = self.context.new_page()

        def complain(what: object) -> None:
            self.wrong.append(f"{path}: {what}")

        page.on("console", lambda m: complain(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", complain)
        page.on("requestfailed", lambda r: complain(f"failed {r.url}"))
        page.on("request", lambda r: None if r.url.startswith(ours) else complain(r.url))
        page.goto(f"{self.site.base}/{path}")
        return page


def screenshot(page: Page, name: str, width: int | None = None) -> None:
    """Keep a picture of what is seen, where a folder for them is named; with a width, light and dark."""
    if folder := os.environ.get("RFA_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for scheme in SCHEMES if width else ():
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name}-{scheme}-{width}.png")
        if not width:
            page.screenshot(path=Path(folder) / f"{name}.png")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def search(box: Locator, words: str, found: Locator) -> None:
    """Search as a reader does, who types again where nothing happens: a page listens only once its index is read."""
    for patience in (2, 5, 10, 30, 60):
        box.fill(words)
        box.press("End")  # it listens to keys
        try:
            found.wait_for(state="attached", timeout=1000 * patience)
            return
        except NotFoundError:
            box.fill("")
    raise AssertionError(f"a search for {words!r} finds nothing")
