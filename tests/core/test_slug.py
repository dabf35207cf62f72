"""Names of files: readable where letters are Latin, and never shared by names of other scripts."""

from itertools import combinations

import pytest

from rfa_report.core.slug import slugify

SCRIPTS = ("模型", "图", "Модель", "모델", "モデル", "مدل", "नमूना", "Μοντέλο", "模型-1", "图-1", "🚀", "🙂")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ResNet-50 (v2)", "resnet-50-v2"),
        ("Café", "cafe"),
        ("Straße", "strae"),
        ("Tiny × 2", "tiny-2"),
        ("ｎｅｔ２", "net2"),
        ("***", "model"),
        ("x" * 90, "x" * 80),
    ],
)
def test_a_latin_name_is_read_in_its_slug(name: str, slug: str) -> None:
    assert slugify(name) == slug


@pytest.mark.parametrize(("one", "other"), list(combinations(SCRIPTS, 2)))
def test_names_in_other_scripts_have_slugs_of_their_own(one: str, other: str) -> None:
    assert slugify(one) != slugify(other)


def test_such_a_slug_keeps_what_can_be_read_stays_short_and_does_not_change() -> None:
    assert slugify("模型-1") == "1-82bb6652"
    assert slugify("МОДЕЛЬ resnet") == slugify("модель resnet")
    assert slugify("resnet модель").startswith("resnet-")
    assert slugify("模" + "x" * 90).startswith("x" * 71 + "-")
    assert all(len(slugify(name * 90)) <= 80 for name in SCRIPTS)
