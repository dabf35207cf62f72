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
