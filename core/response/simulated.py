"""The answers of a system that is simulated."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import DynsurError
from ..generation.simulate import simulate_rows
from ..registry.configuration import with_fields
from ..resampling import straight_pieces
from ..surrogate.arguments import checked
from ..systems.drive import Excitation
from ..systems.parameters import ParameterSpace
from ..systems.simulator import Simulator
from ..systems.waveforms import Waveform
from .answer import Response

Arrays = Mapping[str, npt.ArrayLike]
FOLLOWED = 1e-3  # of its largest modulus: how far a recorded drive may be off the simulated one


@dataclass(frozen=True)
class SimulatedResponder:
    """Answers by simulating.

    Args:
        name: What the user typed.
        simulator: The system.
    """

    name: str
    simulator: Simulator

    surrogate = None

    @property
    def space(self) -> ParameterSpace:
        """The parameters of the system and their ranges."""
        return self.simulator.space

    def respond(
        self, parameters: Arrays, waveform: Excitation | None = None, *, banded: bool = True
    ) -> Response:
        """Simulate n systems under the simulator's own drive, or under a waveform.

        Args:
            parameters: Values by name, each of shape [n] or one for all, in the simulator's units;
                others have their defaults.
            waveform: A waveform that drives all systems in place of the simulator's drive, or one
                for each input by name; an input that is not named keeps its own.
            banded: A simulation has no bands.

        Raises:
            DynsurError: A parameter is not accepted, or the system takes no waveform.
        """
        return self.simulate(parameters, waveform)

    def simulate(self, parameters: Arrays, waveform: Excitation | None = None) -> Response:
        """Simulate n systems; the same as `respond`."""
        simulator = self.simulator
        if waveform is not None:
            simulator = with_fields(simulator, {"waveform": waveform})
        rows = simulate_rows(simulator, simulator.space.columns(parameters))
        reasons = [str(reason) for reason in rows["reason"]]
        return Response(
            time=rows["time"],
            inputs={v.name: rows[v.name] for v in simulator.inputs},
            outputs={v.name: rows[v.name] for v in simulator.outputs},
            reasons=reasons,
            unfamiliar=[""] * len(reasons),
        )

    def along(
        self, parameters: Arrays, series: Arrays, time: npt.ArrayLike, *, banded: bool = True
    ) -> Response:
        """Simulate n systems along given drives, linear between the given instants.

        Args:
            parameters: Values by name, each of shape [n] or one for all, in the simulator's units;
                others have their defaults.
            series: The driven variables by name, each of shape [n, time], or [time] for all.
            time: Instants, increasing, shape [n, time], or [time] for all, in s. The drives start
                at the first one.
            banded: A simulation has no bands.

        Raises:
            DynsurError: An argument is missing or of a wrong shape, a value is not accepted, or
                the system has no input or takes no waveform.
        """
        simulator = self.simulator
        if not simulator.inputs:
            raise DynsurError(
                f"system '{simulator.name}' has no input and cannot be simulated along a drive."
            )
        given, _ = checked(simulator, simulator.space.columns(parameters), series, time)
        whole = np.concatenate([given.time, *given.series.values()], axis=1)
        _, first, which = np.unique(whole, axis=0, return_index=True, return_inverse=True)
        outputs = {v.name: np.full(given.time.shape, np.nan) for v in simulator.outputs}
        reasons = [""] * len(given.time)
        for k, row in enumerate(first):  # systems with the same drives are one batch
            of_drive = np.flatnonzero(which.ravel() == k)
            part = {name: np.asarray(c)[of_drive] for name, c in given.parameters.items()}
            drives = {n: _followed(given.time[row], s[row]) for n, s in given.series.items()}
            found = self._recorded_finely(part, drives, given.time.shape[1])
            for i, system in enumerate(of_drive):
                reasons[system] = found.reasons[i]
                for name, rows in found.outputs.items():
                    if not found.reasons[i]:
                        outputs[name][system] = np.interp(given.time[row], found.time[i], rows[i])
        return Response(
            time=np.array(given.time),
            inputs={name: np.array(rows) for name, rows in given.series.items()},
            outputs=outputs,
            reasons=reasons,
            unfamiliar=[""] * len(reasons),
        )

    def _recorded_finely(
        self, parameters: Arrays, drives: Mapping[str, Waveform], points: int
    ) -> Response:
        """Simulate with an instant between every two of a recording, where that can be set."""
        simulator = self.simulator
        if "points" in {field.name for field in dataclasses.fields(simulator)}:  # type: ignore[arg-type]
            finer = max(simulator.points, 2 * points - 1)
            simulator = with_fields(simulator, {"points": finer})
        return dataclasses.replace(self, simulator=simulator).simulate(parameters, drives)


def _followed(time: np.ndarray, values: np.ndarray) -> Waveform:
    """Return the few straight pieces that follow a recorded drive: a solver stops at each kink."""
    kept = straight_pieces(time, values, FOLLOWED)
    return Waveform(tuple(time[kept].tolist()), tuple(values[kept].tolist()))
