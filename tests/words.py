"""All words that a reader meets, to be read in one sitting: `make words`.

Pages and messages are made of templates and of the texts in the code; what stands for a name or a number is printed as
`…`. The method page and its like are texts already: their files are named at the end.
"""

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ("site", "review", "paper", "start")
LEAST = 3
"""A text of fewer words is a name or a symbol."""

MARKUP = re.compile(r"<[^>]*>|\{#.*?#\}|\{%.*?%\}", re.DOTALL)
VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def words() -> Iterator[tuple[Path, list[str]]]:
    """Yield every file that has texts for readers, and these in their order."""
    for folder in TEMPLATES:
        for path in sorted(p for p in (ROOT / "templates" / folder).rglob("*") if p.is_file()):
            text = unescape(VALUE.sub("…", MARKUP.sub("\n", path.read_text("utf-8"))))
            yield path, [line.strip() for line in text.splitlines() if _is_text(line)]
    for path in sorted((ROOT / "rfa_report").rglob("*.py")):
        yield path, [*dict.fromkeys(filter(_is_text, _texts(ast.parse(path.read_text("utf-8")))))]


def _texts(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of a module but its docstrings; what an f-string puts in is `…`."""
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield node.value
    # What a command says of itself is its docstring.
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("command" in ast.unparse(d) for d in node.decorator_list):
            yield ast.get_docstring(node) or ""


def _is_text(text: str) -> bool:
    return len(re.findall(r"[^\W\d_]{2,}", text)) >= LEAST <= len(text.split()) and not re.search(
        r"[<>{}]|://|^\s*[.#@]", text
    )


if __name__ == "__main__":
    for path, texts in words():
        if texts:
            print(f"\n== {path.relative_to(ROOT).as_posix()}", *texts, sep="\n")  # noqa: T201 -- what it is for
    print("\n== texts: README.md", *sorted(f"site_src/{p.name}" for p in (ROOT / "site_src").glob("*.md")))  # noqa: T201
