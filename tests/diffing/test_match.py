"""Which layer became which, where more than one answer would do."""

from dataclasses import replace

from made_reports import layer
from rfa_report.core.layer import Layer
from rfa_report.diffing.match import match


def conv(name: str, params: int) -> Layer:
    return layer(f"{name}#0", params=params)


def pairs(old: list[Layer], new: list[Layer]) -> dict[str, str]:
    return {a.module: b.module for a, b in match(old, new).pairs if a.id != b.id}


def test_paths_decide_among_equal_layers_and_structure_among_renamed_ones() -> None:
    same = [conv(f"b{n}", 10) for n in range(6)]
    old = [*same, conv("s.0", 20), conv("s.1", 30)]
    new = [*same[1:], conv("t.first", 99), conv("t.0", 20), conv("t.1", 30)]
    found = match(old, new)
    assert pairs(old, new) == {"s.0": "t.0", "s.1": "t.1"}
    assert [layer.module for layer in found.removed] == ["b0"]
    assert [layer.module for layer in found.added] == ["t.first"]


def test_a_layer_is_not_found_again_far_away() -> None:
    fixed = [conv("a", 1), conv("b", 2), conv("c", 3)]
    found = match([conv("early", 7), *fixed], [*fixed, conv("late", 7)])
    assert [layer.module for layer in found.removed] == ["early"]
    assert [layer.module for layer in found.added] == ["late"]


def test_what_moves_is_the_fewest_layers() -> None:
    layers = [conv(name, n) for n, name in enumerate("abcdef", start=1)]
    found = match(layers, [*layers[1:], layers[0]])
    assert found.moved == {"a#0"}
    assert match(layers, layers).moved == frozenset()


def test_renamed_and_edited_at_once_is_still_the_same_layer() -> None:
    old = [conv("a", 1), conv("x", 2), conv("b", 3)]
    assert pairs(old, [old[0], replace(conv("y", 5), groups=2), old[2]]) == {"x": "y"}


def test_nothing_against_something() -> None:
    assert match([], [conv("a", 1)]).added == (conv("a", 1),)
    assert match([conv("a", 1)], []).removed == (conv("a", 1),)
