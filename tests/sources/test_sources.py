"""Specs name models, and a misspelt one gets an offer."""

from pathlib import Path

import pytest

import rfa_report
from command_line import run
from rfa_report import sources
from rfa_report.core.errors import SpecError

pytestmark = pytest.mark.slow


def test_wildcards_spell_out_names() -> None:
    assert sources.expand("torchvision:vgg1[16]") == ["torchvision:vgg11", "torchvision:vgg16"]
    assert sources.expand("timm:resnet1[08]t") == ["timm:resnet10t"]
    assert sources.expand("nets.py:make") == ["nets.py:make"]
    for spec in ("torchvision:none*", "timm:none*", "nets.py:*"):
        with pytest.raises(SpecError) as caught:
            sources.expand(spec)
        assert caught.value.next_step


def test_one_architecture_from_two_zoos_has_one_receptive_field() -> None:
    theirs = rfa_report.analyze("timm:resnet50", [32, 224])
    ours = rfa_report.analyze("torchvision:resnet50", [32, 224])
    assert theirs.versions["timm"]
    for mine, other in zip(ours.resolutions, theirs.resolutions, strict=True):
        assert (mine.r_min, mine.r_max, mine.depth) == (other.r_min, other.r_max, other.depth)
        assert (mine.params, mine.macs, mine.convolutions) == (other.params, other.macs, other.convolutions)


@pytest.mark.parametrize("spec", ["timm:resnt50", "torchvision:resnt50"])
def test_a_misspelt_name_gets_an_offer(spec: str) -> None:
    with pytest.raises(SpecError, match="did you mean resnet50"):
        sources.resolve(spec)


def test_own_python_by_file_and_by_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "widths.py").write_text("WIDTH = 7\n")
    code = "from torch import nn\nfrom widths import WIDTH\ndef make(k=3):\n    return nn.Conv2d(3, WIDTH, k)\n"
    (tmp_path / "my_nets.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    for spec in ("my_nets.py:make", "my_nets:make", f"{tmp_path}/my_nets.py:make"):
        (layer,) = rfa_report.analyze(spec, 16, k=5).at(16).layers
        assert layer.output_shape == (1, 7, 12, 12)


def test_a_file_of_the_users_may_import_torchvision(tmp_path: Path) -> None:
    """Also where its compiled operators do not fit the installed torch, and nobody has imported it before."""
    (tmp_path / "nets.py").write_text("import torchvision\n\n\ndef net():\n    return torchvision.models.resnet18()\n")
    done = run("show", "nets.py:net", "-r", "32", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "11,689,512 parameters" in done.stdout
