"""`make words` prints what a reader meets, wherever it comes from."""

from words import ROOT, words


def test_words_of_every_kind_are_printed() -> None:
    found = {path.relative_to(ROOT).as_posix(): texts for path, texts in words()}
    every = {text for texts in found.values() for text in texts}
    for part in [
        "No rule covers these operators",
        "Report what changed between two sets of reports.",
        "give the folder of one of them",
        "has report schema …, this version reads up to …",
        "Productive depth of …",
    ]:
        assert any(part in text for text in every), part
    assert any("Output map" in text for text in found["templates/site/model.md.j2"])
    assert not any("{{" in text or "<" in text for text in every)


def test_docstrings_of_functions_are_not_words_for_readers() -> None:
    every = {text for _, texts in words() for text in texts}
    assert not any(text.startswith(("Yield ", "Tell whether ")) for text in every)
