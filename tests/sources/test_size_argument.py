"""A model whose constructor takes the resolution is built anew for each."""

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import run
from rfa_report import analyze

SPEC = "torchvision.models:VisionTransformer"
SMALL: dict[str, Any] = {"patch_size": 16, "num_layers": 1, "num_heads": 2, "hidden_dim": 8, "mlp_dim": 8}


def test_a_transformer_is_built_for_each_resolution_and_refuses_what_its_constructor_does() -> None:
    report = analyze(SPEC, [40, 32, 64], size_argument="image_size", **SMALL)
    refused, small, large = report.resolutions
    assert [at.layer("conv_proj#0").output_shape for at in (small, large)] == [(1, 8, 2, 2), (1, 8, 4, 4)]
    assert refused.refusal is not None
    assert "divisible" in refused.refusal, "40 is not a multiple of 16"
    assert report.size_argument == "image_size"
    assert report.arguments == SMALL


def test_without_it_one_resolution_is_taken() -> None:
    report = analyze(SPEC, [32, 64], image_size=32, **SMALL)
    assert [at.refusal is None for at in report.resolutions] == [True, False]
    assert report.size_argument is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spec", "size", "said"),
    [
        ("torchvision:vit_b_32", "64", "image_size=64"),
        ("torchvision:maxvit_t", "448", "input_size=448"),
        ("timm:vit_tiny_patch16_224", "64x96", "img_size=64x96"),
    ],
)
def test_a_model_of_a_zoo_is_built_anew_for_what_it_refuses_alone(spec: str, size: str, said: str) -> None:
    report, as_it_is = (analyze(spec, [224, size, 10], size_argument=argument) for argument in (None, False))
    native, rebuilt, impossible = report.resolutions
    assert (native.built_with, rebuilt.built_with, rebuilt.refusal) == (None, said, None)
    assert rebuilt.layers[-1].output_shape == (1, 1000)
    assert native == as_it_is.at(224)
    assert impossible == as_it_is.at(10), "no constructor takes it, so the refusal is that of the model"
    assert as_it_is.at(size).refusal is not None
    assert (report.size_argument, as_it_is.size_argument) == (None, "")


def test_what_was_said_to_the_constructor_stays() -> None:
    refused = analyze("timm:vit_tiny_patch16_224", [64, 32], img_size=64).at(32)
    assert refused.refusal is not None
    assert analyze("timm:resnet10t", 32).at(32).built_with is None, "it takes every size"


@pytest.mark.slow
def test_show_and_a_page_say_that_a_model_was_built_anew(tmp_path: Path) -> None:
    spec = "timm:vit_tiny_patch16_224"
    shown = run("show", spec, "-r", "64", cwd=tmp_path).stdout
    assert "rebuilt with img_size=64, because the model refuses this resolution otherwise" in shown
    assert "refused at 64 px" in run("show", spec, "-r", "64", "--size-argument", "", cwd=tmp_path).stdout
    (tmp_path / "rfa-report.toml").write_text(
        f'[[models]]\nspec = "{spec}"\nname = "anew"\nresolutions = [64]\n\n'
        f'[[models]]\nspec = "{spec}"\nname = "never"\nresolutions = [64]\nsize_argument = false\n'
    )
    run("build", "--no-site", cwd=tmp_path)
    for name, said in (("anew", "img_size=64"), ("never", None)):
        stored = json.loads(next((tmp_path / "rfa-site").rglob(f"{name}.json")).read_text())
        assert [at["built_with"] for at in stored["resolutions"]] == [said]
    page = next((tmp_path / "rfa-site").rglob("models/anew.md")).read_text()
    assert "64 px: img_size=64" in page


@pytest.mark.slow
def test_it_goes_through_show_and_build(tmp_path: Path) -> None:
    words = [word for name, value in SMALL.items() for word in ("--arg", f"{name}={value}")]
    shown = run("show", SPEC, "-r", "32", "-r", "64", "--size-argument", "image_size", *words, cwd=tmp_path)
    assert "built anew for each resolution by image_size" in shown.stdout, shown.stderr
    arguments = ", ".join(f"{name} = {value}" for name, value in SMALL.items())
    (tmp_path / "rfa-report.toml").write_text(
        f'[[models]]\nspec = "{SPEC}"\nname = "vit"\nresolutions = [32, 64]\n'
        f'size_argument = "image_size"\narguments = {{ {arguments} }}\n'
    )
    assert run("build", "--no-site", cwd=tmp_path).returncode == 0
    stored = next((tmp_path / "rfa-site").rglob("vit.json"))
    assert [at["refusal"] for at in json.loads(stored.read_text())["resolutions"]] == [None, None]
