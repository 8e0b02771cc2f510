"""Checks of a loss, one function for each promise."""

from typing import TYPE_CHECKING

from ..encoding.encoding import Encoding
from ..encoding.scales import PHASE, Scale
from ..errors import DynsurError
from ..registry.interfaces import Loss
from .example import EXAMPLE
from .expect import Check, expect

if TYPE_CHECKING:
    from torch import Tensor


def gives_a_number(loss: Loss) -> None:
    """Prediction and target [batch, time, output] give one finite number."""
    import torch

    for shape in ((4, 16, 1), (1, 9, 2)):
        value = loss(*_pair(shape))
        expect(value.ndim == 0, f"it gives shape {tuple(value.shape)}; expected a scalar")
        expect(torch.isfinite(value), f"it gives {value.item()}; expected a finite number")


def is_least_when_perfect(loss: Loss) -> None:
    """No prediction costs less than the perfect one."""
    prediction, target = _pair((4, 16, 1))
    perfect = float(loss(target, target))
    for share in (1.0, 0.1, -0.1):
        guess = target + share * (prediction - target)
        cost = float(loss(guess, target))
        expect(cost > perfect, f"a wrong prediction costs {cost:g}, the perfect one {perfect:g}")


def has_a_gradient(loss: Loss) -> None:
    """Its gradient is finite, at flat curves and perfect predictions too, and not zero if wrong."""
    import torch

    prediction, target = _pair((4, 16, 1))
    flat = torch.zeros_like(target)
    for what, guess, truth in (
        ("a wrong prediction", prediction, target),
        ("a perfect prediction", target, target),
        ("a flat curve", flat, flat),
    ):
        guess = guess.clone().requires_grad_()
        value = loss(guess, truth)
        expect(value.requires_grad, "it has no gradient; use torch's operations only")
        (gradient,) = torch.autograd.grad(value, guess)
        expect(torch.isfinite(gradient).all(), f"its gradient at {what} is not finite")
        expect(guess.equal(truth) or gradient.any(), f"its gradient at {what} is zero")


def binds_or_says_why_not(loss: Loss) -> None:
    """`bind`, if it has one, refuses a system in one line or gives a number with a gradient."""
    import torch

    bind = getattr(loss, "bind", None)
    if bind is None:
        return
    scales = (Scale(PHASE), Scale("voltage")), (Scale("R", "log"), Scale("U_0"))
    try:
        cost = bind(EXAMPLE, Encoding(*scales, (Scale("current"),)))
    except DynsurError as error:
        expect("\n" not in str(error), f"its refusal of a system is longer than one line: {error}")
        return
    prediction, target = _pair((4, 16, 1))
    series, parameters = torch.rand(4, 16, 2), torch.rand(4, 2)
    value = cost(prediction.requires_grad_(), target, series, parameters)
    expect(value.ndim == 0, f"bound, it gives shape {tuple(value.shape)}; expected a scalar")
    expect(torch.isfinite(value), f"bound, it gives {value.item()}; expected a finite number")
    expect(value.requires_grad, "bound, it has no gradient; use torch's operations only")


LOSS_CHECKS: tuple[Check, ...] = (
    gives_a_number,
    is_least_when_perfect,
    has_a_gradient,
    binds_or_says_why_not,
)


def _pair(shape: tuple[int, int, int]) -> "tuple[Tensor, Tensor]":
    import torch

    numbers = torch.rand(2, *shape, generator=torch.Generator().manual_seed(0))
    return numbers[0], numbers[1]
