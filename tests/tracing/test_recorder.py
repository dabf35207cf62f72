"""What torch hides behind one call is followed: lists of tensors, functions as arguments, maps that vanish."""

import warnings
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 -- its usual name
from torch import Tensor, nn

import rfa_report
from oracle.compare import disagreements
from rfa_report import Verdict
from rfa_report.tracing import on_meta, trace

pytestmark = pytest.mark.slow


class _Between(nn.Module):
    """Two convolutions around a function."""

    def __init__(self, change: Callable[..., Tensor], kernel: int = 3) -> None:
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 4, 3, padding=1), nn.LazyConv2d(4, kernel, padding=kernel // 2)
        self.change = change

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.last(self.change(self.first(x)))
        return y


def _size(change: Callable[..., Tensor], size: int = 8) -> float | None:
    at = rfa_report.analyze(_Between(change), size).at(size)
    assert at.refusal is None
    assert at.layers[-1].rf_max["h"] == at.layers[-1].rf_max["w"]
    return at.layers[-1].rf_max["h"]


def _foreach(x: Tensor) -> Tensor:
    pair = [x * 1, F.avg_pool2d(x, 3, 1, 1)]
    torch._foreach_add_(pair, [F.avg_pool2d(x, 5, 1, 2), x])
    return pair[1]


def _foreach_result(x: Tensor) -> Tensor:
    return torch._foreach_maximum([F.avg_pool2d(x, 5, 1, 2), x], 0.5)[1]


def _foreach_copy(x: Tensor) -> Tensor:
    pair = [torch.zeros_like(x), x]
    torch._foreach_copy_(pair, [F.avg_pool2d(x, 3, 1, 1), x])
    return pair[0]


@pytest.mark.parametrize(("change", "size"), [(_foreach, 7), (_foreach_result, 5), (_foreach_copy, 7)])
def test_operators_over_lists_keep_their_tensors_apart(change: Callable[..., Tensor], size: int) -> None:
    assert _size(change) == size


def _condition(x: Tensor) -> Tensor:
    y: Tensor = torch.cond(x.sum() > 0, lambda y: y * 3.0, lambda y: F.avg_pool2d(y, 3, 1, 1), (x,))
    return y


def _nested_condition(x: Tensor) -> Tensor:
    y, _ = torch.cond(x.sum() > 0, lambda y: (y * 3.0, y), lambda y: (_condition(y), y), (x,))
    return y


def test_both_branches_of_a_condition_are_followed() -> None:
    at = rfa_report.analyze(_Between(_condition), 16).at(16)
    assert at.layers[-1].rf_max["h"] == 7
    assert at.layers[-1].rf_min["h"] == 5
    assert at.layers[-1].global_context
    assert _size(_nested_condition) == 7


def test_flex_attention_is_followed_and_leaves_plain_calls_alone() -> None:
    from torch.nn.attention.flex_attention import flex_attention

    def attend(x: Tensor) -> Tensor:
        tokens = x.flatten(2).mT[:, None]
        y: Tensor = flex_attention(tokens, tokens, tokens)
        return y[:, 0].mT.reshape(x.shape)

    def break_off(x: Tensor) -> Tensor:
        raise ValueError(attend(x).shape)

    at = rfa_report.analyze(_Between(attend), 8).at(8)
    assert at.refusal is None
    size = at.layer("last#0").rf_min["h"]
    assert size is not None
    assert size > 8, "every token sees all"
    refusal = trace(on_meta(_Between(break_off)), (1, 3, 8, 8)).refusal
    assert refusal == "torch.Size([1, 4, 8, 8])"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert attend(torch.zeros(1, 4, 8, 8)).shape == (1, 4, 8, 8)


def _composite(x: Tensor) -> Tensor:
    tokens = F.avg_pool2d(x, 3, 2, 1).to(torch.float64).float().flatten(2).repeat_interleave(4, -1)
    return (tokens.mT @ torch.eye(4)).mT.reshape(x.shape)


def _composite_without_gradients(x: Tensor) -> Tensor:
    with torch.inference_mode():
        return _composite(x)


def test_inference_mode_changes_no_number_and_nothing_is_measured() -> None:
    plain, other = (rfa_report.analyze(_Between(f), 8) for f in (_composite, _composite_without_gradients))
    assert other.at(8).layers == plain.at(8).layers
    assert {"aten.to.dtype", "aten.matmul.default", "aten.flatten.using_ints"}.isdisjoint(other.operators)


def _vmapped(x: Tensor) -> Tensor:
    y: Tensor = torch.func.vmap(lambda one: F.avg_pool2d(one[None], 3, 1, 1)[0])(x)
    return y


def test_modules_inside_of_a_functional_transform_are_layers_like_others() -> None:
    class Mapped(_Large):
        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = torch.func.vmap(lambda one: _Large.forward(self, one[None])[0])(x)
            return y

    class Pushed(_Large):
        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = torch.func.jvp(lambda x: _Large.forward(self, x), (x,), (torch.ones_like(x),))[0]
            return y

    class Pulled(_Large):
        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = torch.func.vjp(lambda x: _Large.forward(self, x), x)[0]
            return y

    assert _size(_vmapped) == 7
    for kind in (Mapped, Pushed, Pulled):
        layers = rfa_report.analyze(kind(lambda x: x), 8).at(8).layers
        assert [(layer.id, layer.rf_max["h"]) for layer in layers] == [("first#0", 3), ("last#0", 5)]


VIEWS: dict[str, Callable[[Tensor], object]] = {
    "reshape": lambda y: y.view(1, 8, -1, 10).relu_(),
    "flatten and transpose": lambda y: y.flatten(2).transpose(1, 2).mul_(2),
    "permute and unsqueeze": lambda y: y.permute(0, 2, 3, 1).unsqueeze(0).add_(1),
    "part of a reshape": lambda y: y.flatten(2)[:, 1:3].mul_(y.flatten(2).roll(80, 2)[:, 1:3]),
    "reshape of a part": lambda y: y[:, :2].flatten(1).transpose(0, 1).add_(1),
}


@pytest.mark.parametrize("write", VIEWS.values(), ids=VIEWS)
def test_writes_through_views_of_large_maps_are_exact(write: Callable[[Tensor], object]) -> None:
    def change(x: Tensor) -> Tensor:
        write(x)
        return x

    compared, _, wrong = disagreements(lambda: _Large(change), (1, 3, 70, 60))
    assert compared >= 4
    assert not wrong


class _Large(nn.Module):
    def __init__(self, change: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.first, self.last, self.change = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1), change

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.last(self.change(self.first(x)))
        return y


def test_a_norm_and_an_activation_in_place_are_known_operators() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.InstanceNorm2d(4), nn.LeakyReLU(inplace=True), nn.Conv2d(4, 4, 3))
    at = rfa_report.analyze(net, 140).at(140)
    assert not [layer.id for layer in at.layers if layer.verdict is Verdict.NOT_JUDGED]
    assert "unknown" not in at.operators.values()


def test_filling_a_constant_where_the_input_says_is_pointwise() -> None:
    def fill(x: Tensor) -> Tensor:
        return torch.zeros(x.shape, device=x.device).masked_fill_(x < 0, -1.0)

    assert _size(fill) == 5


EMPTY: dict[str, tuple[Callable[[], nn.Module], int, str]] = {
    "transposed": (lambda: nn.Sequential(*_transposed()), 3, "2 gives an empty map, 1×3×3×0"),
    "padding": (lambda: _Large(lambda x: F.pad(x, (-4, -4, -4, -4))), 8, "_Large gives an empty map, 1×4×0×0"),
    "slice": (lambda: nn.Sequential(nn.Conv2d(3, 4, 3), _Cut()), 6, "1 gives an empty map, 1×4×0×0"),
}


def _transposed() -> list[nn.Module]:
    return [nn.ConvTranspose2d(3, 3, (1, 2), padding=(0, 1)) for _ in range(3)]


class _Cut(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x[..., 4:, 4:]


@pytest.mark.parametrize(("build", "size", "message"), EMPTY.values(), ids=EMPTY)
def test_a_size_at_which_a_map_is_empty_is_refused_by_name(
    build: Callable[[], nn.Module], size: int, message: str
) -> None:
    report = rfa_report.analyze(build, [size, 64])
    assert report.at(size).refusal == message
    assert report.at(64).refusal is None
