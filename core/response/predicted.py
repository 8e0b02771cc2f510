"""The answers of a trained model."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..surrogate.arguments import NotFiniteError, checked
from ..surrogate.surrogate import Surrogate
from ..systems.bases import CoarseError
from ..systems.drive import Excitation, driven
from ..systems.parameters import ParameterSpace
from ..systems.simulator import Simulator
from .answer import Response
from .simulated import SimulatedResponder

Arrays = Mapping[str, npt.ArrayLike]


@dataclass(frozen=True)
class PredictedResponder:
    """Answers by a surrogate; `simulate` asks the solver.

    Args:
        name: What the user typed.
        surrogate: The trained model.
    """

    name: str
    surrogate: Surrogate

    @property
    def simulator(self) -> Simulator:
        """The system that the surrogate stands for."""
        return self.surrogate.simulator

    @property
    def space(self) -> ParameterSpace:
        """The parameters of the system and the ranges of the training."""
        return self.simulator.space

    def respond(
        self, parameters: Arrays, waveform: Excitation | None = None, *, banded: bool = True
    ) -> Response:
        """Predict n systems under the simulator's own drive, or under a waveform.

        Args:
            parameters: Values by name, each of shape [n] or one for all, in the simulator's units;
                others have their defaults.
            waveform: A waveform that drives all systems in place of the simulator's drive, or one
                for each input by name; an input that is not named keeps its own.
            banded: Whether to return bands, if the surrogate has any.

        Raises:
            DynsurError: A parameter is not accepted, or the drive is known only after a simulation.
        """
        columns = self.space.columns(parameters)
        time, series = driven(self.simulator, columns, waveform)
        return self.along(columns, series, time, banded=banded)

    def simulate(self, parameters: Arrays, waveform: Excitation | None = None) -> Response:
        """Simulate n systems by the solver, as `SimulatedResponder.simulate` does."""
        return SimulatedResponder(self.name, self.simulator).simulate(parameters, waveform)

    def along(
        self, parameters: Arrays, series: Arrays, time: npt.ArrayLike, *, banded: bool = True
    ) -> Response:
        """Predict n systems along given drives.

        A system whose coarse solve fails, or whose prediction is not finite, has no response and
        says why; the others are not concerned.

        Args:
            parameters: Values by name, each of shape [n] or one for all, in the simulator's units;
                others have their defaults.
            series: The driven variables by name, each of shape [n, time], or [time] for all.
            time: Instants, increasing, shape [n, time], or [time] for all, in s.
            banded: Whether to return bands, if the surrogate has any.

        Raises:
            DynsurError: An argument is missing or of a wrong shape, or a value is not accepted.
        """
        columns = self.space.columns(parameters)
        given, _ = checked(self.simulator, columns, series, time)
        count = len(given.time)
        reasons, kept = [""] * count, np.arange(count)
        outputs: dict[str, np.ndarray] = {}
        bands: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        while kept.size:
            part = (_rows(given.parameters, kept), _rows(given.series, kept), given.time[kept])
            try:
                if banded and self.surrogate.calibration:
                    outputs, bands = self.surrogate.predict_with_bands(*part)
                else:
                    outputs = self.surrogate.predict(*part)
                break
            except (CoarseError, NotFiniteError) as error:
                reasons[kept[error.system]] = getattr(error, "reason", str(error))
                kept = np.delete(kept, error.system)
        names = [v.name for v in self.simulator.outputs]
        shape = given.time.shape
        unfamiliar = [""] * count
        if self.surrogate.familiarity:
            unfamiliar = self.surrogate.unfamiliar(given.parameters, given.series, given.time)
        return Response(
            time=np.array(given.time),
            inputs={name: np.array(rows) for name, rows in given.series.items()},
            outputs={name: _spread(outputs.get(name), kept, shape) for name in names},
            reasons=reasons,
            unfamiliar=unfamiliar,
            low={name: _spread(low, kept, shape) for name, (low, _) in bands.items()},
            high={name: _spread(high, kept, shape) for name, (_, high) in bands.items()},
        )


def _rows(columns: Mapping[str, np.ndarray], kept: np.ndarray) -> dict[str, np.ndarray]:
    return {name: np.asarray(column)[kept] for name, column in columns.items()}


def _spread(rows: np.ndarray | None, kept: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Put the rows of the systems that worked among rows of NaN."""
    whole = np.full(shape, np.nan)
    if rows is not None and kept.size:
        whole[kept] = rows
    return whole
