"""Check that a plugin keeps its promises, in its tests or with `dynsur plugins check NAME`.

    from dynsur.core.conformance import check_simulator

    def test_my_system_keeps_the_promises_of_a_simulator():
        check_simulator(MY_SYSTEM)

A test for each promise uses `@pytest.mark.parametrize("check", SIMULATOR_CHECKS)`. A check is a
function of one part. Its docstring states the promise, and it raises an error if this is broken.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..registry.interfaces import Dataset, Loss, Model
from ..systems.simulator import Simulator
from .datasets import DATASET_CHECKS
from .expect import Check, ConformanceError
from .losses import LOSS_CHECKS
from .models import MODEL_CHECKS
from .simulators import SIMULATOR_CHECKS

__all__ = [
    "CHECKS",
    "Check",
    "ConformanceError",
    "DATASET_CHECKS",
    "LOSS_CHECKS",
    "MODEL_CHECKS",
    "Result",
    "SIMULATOR_CHECKS",
    "check_dataset",
    "check_loss",
    "check_model",
    "check_simulator",
    "results",
]

CHECKS: dict[str, tuple[Check, ...]] = {
    "simulators": SIMULATOR_CHECKS,
    "datasets": DATASET_CHECKS,
    "models": MODEL_CHECKS,
    "losses": LOSS_CHECKS,
}


@dataclass(frozen=True)
class Result:
    """The result of a check.

    Args:
        promise: The promise in words.
        failure: How the promise is broken, in one line; empty if it is kept.
    """

    promise: str
    failure: str


def results(kind: str, part: Any) -> Iterator[Result]:
    """Run every check of a kind ("simulators", "datasets", "models", "losses") on a part."""
    for check in CHECKS[kind]:
        promise = (check.__doc__ or check.__name__).split("\n\n")[0]
        yield Result(" ".join(promise.split()), _failure(check, part))


def check_simulator(simulator: Simulator) -> None:
    """Run every check of simulators; raise ConformanceError with a line per broken promise."""
    _all("simulators", simulator)


def check_dataset(dataset: Dataset) -> None:
    """Run every check of datasets; raise ConformanceError with a line per broken promise."""
    _all("datasets", dataset)


def check_model(model: Model) -> None:
    """Run every check of models; raise ConformanceError with a line per broken promise."""
    _all("models", model)


def check_loss(loss: Loss) -> None:
    """Run every check of losses; raise ConformanceError with a line per broken promise."""
    _all("losses", loss)


def _all(kind: str, part: Any) -> None:
    failures = [result.failure for result in results(kind, part) if result.failure]
    if failures:
        raise ConformanceError("\n".join(failures))


def _failure(check: Check, part: Any) -> str:
    try:
        check(part)
    except ConformanceError as error:
        return str(error)
    except Exception as error:  # a plugin may fail in any way; the other checks go on
        text = " ".join(str(error).split())
        return f"{check.__name__}: {type(error).__name__}: {text}"
    return ""
