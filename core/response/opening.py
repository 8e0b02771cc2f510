"""Find what a text names: a trained model, or a system that is simulated."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy.typing as npt

from ..errors import DynsurError
from ..numbers import by_name, texts
from ..registry.configuration import PARTS, configure, configure_simulator
from ..registry.host import host
from ..systems.drive import Excitation
from ..systems.parameters import ParameterSpace
from ..systems.simulator import Simulator
from .answer import Response
from .simulated import SimulatedResponder

if TYPE_CHECKING:
    from ..surrogate.surrogate import Surrogate

Arrays = Mapping[str, npt.ArrayLike]


@runtime_checkable
class Responder(Protocol):
    """Answers how systems respond; see `SimulatedResponder` for the arguments."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def simulator(self) -> Simulator: ...  # noqa: D102
    @property
    def surrogate(self) -> "Surrogate | None": ...  # noqa: D102
    @property
    def space(self) -> ParameterSpace: ...  # noqa: D102

    def respond(
        self, parameters: Arrays, waveform: Excitation | None = None, *, banded: bool = True
    ) -> Response:
        """Return the responses under the simulator's own drive, or under a waveform."""
        ...

    def along(
        self, parameters: Arrays, series: Arrays, time: npt.ArrayLike, *, banded: bool = True
    ) -> Response:
        """Return the responses along given drives."""
        ...

    def simulate(self, parameters: Arrays, waveform: Excitation | None = None) -> Response:
        """Return the responses of the solver."""
        ...


def refuse_no_responder(given: Any) -> None:
    """Refuse what does not answer for a system, such as its name or its simulator.

    Raises:
        DynsurError: It is no responder.
    """
    if not isinstance(given, Responder):
        shown = " ".join(f"{given!r:.60}".split())
        raise DynsurError(
            f"expected what `dynsur.core.response.open_responder` returns; got {shown}."
        )


def open_responder(
    text: str | Path, settings: Mapping[str, Any] | None = None, *, system: bool = False
) -> Responder:
    """Return what answers for a system: a trained model, or the system itself.

    Args:
        text: A model folder or a run folder, the name of a model that ships with a plugin, or the
            name of a system or an experiment. A folder comes before a shipped model, and a shipped
            model before a system of the same name.
        settings: Parameters and fields of the simulator (`simulator.X`) by name; a value fixes a
            parameter, "low:high" sets its range.
        system: Whether a name means the system itself even if a trained model of it ships.

    Raises:
        DynsurError: Nothing has this name, or a setting is not accepted.
    """
    if not isinstance(text, str | Path):
        raise DynsurError(f"expected a folder or the name of a model or a system; got {text!r}.")
    settings = dict(by_name("settings", settings or {}))
    texts("settings", list(settings))
    for key in settings:
        group, dot, _ = key.partition(".")
        if (dot and group != "simulator") or key in PARTS:
            raise DynsurError(
                f"'{key}' cannot be set here: expected a parameter, or a field of the simulator as "
                "simulator.NAME."
            )
    name, folder = str(text), Path(text)
    if system or (not folder.exists() and host().pretrained(name) is None):
        if not system and ("/" in name or folder.suffix):
            raise DynsurError(f"there is no folder '{name}'; expected a run, a model or a system.")
        return SimulatedResponder(name, configure(host(), name, settings).simulator)
    from ..surrogate.surrogate import Surrogate
    from .predicted import PredictedResponder

    surrogate = Surrogate.load(name)
    simulator = configure_simulator(surrogate.simulator, settings)
    return PredictedResponder(name, dataclasses.replace(surrogate, simulator=simulator))
