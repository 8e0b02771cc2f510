"""The surrogate: a trained model whose inputs and outputs are in physical units."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import nn

from ..encoding.encoding import Encoding
from ..encoding.training_data import TrainingData
from ..errors import DynsurError
from ..registry.interfaces import Model
from ..resampling import ends, resample
from ..systems.bases import offered
from ..systems.drive import Excitation, driven
from ..systems.simulator import Simulator
from ..training.checkpoint import best_weights
from . import persistence
from .applicability import Familiarity, hidden_shares
from .arguments import EXTREME, Columns, checked, finite
from .conformal import Calibration, bands_of
from .inputs import Conditions, every_parameter, network_inputs
from .network import Decode, decoder, network_outputs
from .sequences import known_outputs, run_steps, stepped_decoder, stepped_inputs
from .summary import Summarised


@dataclass(frozen=True, repr=False)
class Surrogate(Summarised):
    """A trained model that takes the place of a simulator.

    Args:
        module: The network.
        model: Its configuration.
        simulator: The simulator of its training data, which supplies features and names.
        encoding: The scales of its inputs and outputs.
        phases: Instants at which it was trained, as time / duration, shape [time].
        provenance: Its provenance as plain JSON values.
        calibration: The bands of each output; empty if it was not calibrated.
        familiarity: The ranges and drives of its training; None if they are not known.
        step: Interval of a model that steps in time, in s; 0 for one that sees phases.
        washout: Number of first steps by which such a model finds its state.
    """

    module: nn.Module
    model: Model
    simulator: Simulator
    encoding: Encoding
    phases: np.ndarray
    provenance: dict[str, Any]
    calibration: tuple[Calibration, ...] = ()
    familiarity: Familiarity | None = None
    step: float = 0.0
    washout: int = 0

    @classmethod
    def trained(
        cls,
        folder: str | Path,
        model: Model,
        simulator: Simulator,
        data: TrainingData,
        provenance: Mapping[str, Any] | None = None,
    ) -> "Surrogate":
        """Build a surrogate from the best weights that `core.training.train` left in `folder`."""
        part = data.train
        sizes = (part.series.shape[2], part.parameters.shape[1], part.target.shape[2])
        module = model.build(*sizes)
        module.load_state_dict(best_weights(Path(folder)))
        return cls(
            module.eval(),
            model,
            simulator,
            data.encoding,
            data.time_index / (simulator.points - 1) if data.phases is None else data.phases,
            dict(provenance or {}),
            step=0.0 if data.sequences is None else data.sequences.step,
            washout=0 if data.sequences is None else data.sequences.washout,
        )

    def save(self, folder: str | Path) -> None:
        """Write model.safetensors and then model.json, the description."""
        persistence.write_model(
            Path(folder), self.module.state_dict(), persistence.description_of(self)
        )

    @classmethod
    def load(cls, folder: str | Path) -> "Surrogate":
        """Read a saved surrogate; the plugins must offer its model and its simulator.

        Args:
            folder: Model folder, or the run folder that holds one.

        Raises:
            DynsurError: The folder holds no readable model, or no plugin offers what it names.
        """
        return cls(**persistence.read_parts(persistence.model_folder(folder)))

    @EXTREME
    def predict(
        self,
        parameters: Columns,
        series: Columns,
        time: npt.ArrayLike,
        duration: npt.ArrayLike | None = None,
        measured: Columns | None = None,
    ) -> dict[str, np.ndarray]:
        """Predict the outputs of n systems.

        A network sees a sequence at the phases it was trained at: other instants are reached by
        interpolation, of the inputs to those phases and of the outputs, in the model's scale,
        back. Where the model corrects a base, a coarse solve or a closed form, only the correction
        is interpolated; the base is that of the instants themselves. A model of records steps in
        time instead, at the interval of its training, through sequences of any length.

        Args:
            parameters: Values by name, each of shape [n] or one for all, in the simulator's units;
                fixed parameters may be omitted.
            series: The driven variables by name, each of shape [n, time], or [time] for all.
            time: Instants, increasing, shape [n, time], or [time] for all, in s, counted from the
                first one, or, with `duration`, from the start of the drive.
            duration: End of each whole trajectory, shape [n] or one for all, in s; by default the
                last instant.
            measured: Outputs of the first instants by name, each of shape [n, time], NaN where
                they are not known. A model of records estimates its first state from them.

        Returns:
            Each output by name, shape [n, time], in its unit; [time] where no argument has an axis
            of systems.

        Raises:
            DynsurError: An argument is missing or not accepted, or an output is not finite.
        """
        given, is_one = checked(self.simulator, parameters, series, time, duration)
        each, decode = self.run(given, measured, each=False)
        outputs = finite(decode(each.mean(axis=0)))
        return {name: rows[0] if is_one else rows for name, rows in outputs.items()}

    def run(
        self, given: Conditions, measured: Columns | None, each: bool = True
    ) -> tuple[np.ndarray, Decode]:
        """Return encoded outputs [member, n, instant, output], and what decodes those of one."""
        if self.step:
            seen, at = stepped_inputs(self.simulator, given, self.step)
            first = known_outputs(self.encoding, measured, given, at)
            outputs = run_steps(self.module, self.encoding, seen, first)
            return outputs, stepped_decoder(self.encoding, at, given)
        seen = network_inputs(self.simulator, self.encoding, given, self.phases)
        decode = decoder(self.encoding, self.phases, seen, given)
        outputs = self.encoded(seen.series, seen.scalars, each=each)
        return outputs if each else outputs[None], decode

    def bands(
        self,
        parameters: Columns,
        series: Columns,
        time: npt.ArrayLike,
        duration: npt.ArrayLike | None = None,
    ) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return the lower and the upper bound of each output.

        They hold a share of the values of simulations that `Calibration` says.

        Arguments are those of `predict`.

        Raises:
            DynsurError: The surrogate was not calibrated, or as for `predict`.
        """
        return self.predict_with_bands(parameters, series, time, duration)[1]

    @EXTREME
    def predict_with_bands(
        self,
        parameters: Columns,
        series: Columns,
        time: npt.ArrayLike,
        duration: npt.ArrayLike | None = None,
        measured: Columns | None = None,
    ) -> tuple[dict[str, np.ndarray], dict[str, tuple[np.ndarray, np.ndarray]]]:
        """Return what `predict` and `bands` return, from one coarse solve."""
        if not self.calibration:
            raise DynsurError("this surrogate has no bands: it was not calibrated; train it again.")
        given, is_one = checked(self.simulator, parameters, series, time, duration)
        each, decode = self.run(given, measured)
        middle, members = decode(each.mean(axis=0)), [decode(member) for member in each]
        bands = bands_of(self.calibration, self.encoding.outputs, middle, members)
        finite(middle)
        finite({name: low + high for name, (low, high) in bands.items()})
        which = 0 if is_one else slice(None)
        ends_of = {name: (low[which], high[which]) for name, (low, high) in bands.items()}
        return {name: rows[which] for name, rows in middle.items()}, ends_of

    @EXTREME
    def unfamiliar(
        self,
        parameters: Columns,
        series: Columns,
        time: npt.ArrayLike,
        duration: npt.ArrayLike | None = None,
    ) -> list[str]:
        """Return what lies outside of the training data for each of n systems, or "".

        Args:
            parameters: As for `predict`.
            series: As for `predict`.
            time: As for `predict`.
            duration: As for `predict`.

        Raises:
            DynsurError: The ranges and drives of the training are not known.
        """
        if self.familiarity is None:
            raise DynsurError("this surrogate does not know its training data; train it again.")
        given, _ = checked(self.simulator, parameters, series, time, duration)
        end, seen = ends(given.time, given.duration), given.series
        at = stepped_inputs(self.simulator, given, self.step)[1] if self.step else end * self.phases
        if not self.step:
            seen = {name: resample(given.time, rows, at) for name, rows in seen.items()}
        follows = not self.step and self.encoding.base in offered(self.simulator)
        hidden = {} if follows else hidden_shares(given.time, given.series, at)
        values = every_parameter(self.simulator, given.parameters, len(given.time))
        return self.familiarity.reasons(values, seen, end[:, 0], hidden)

    def respond(
        self,
        parameters: Mapping[str, npt.ArrayLike],
        waveform: Excitation | None = None,
        *,
        banded: bool = False,
    ) -> dict[str, np.ndarray]:
        """Predict n systems under the simulator's own drive.

        Args:
            parameters: Values by name, each of shape [n] or one for all, in the simulator's units;
                others have their defaults.
            waveform: A waveform that drives all systems in place of the simulator's drive, or one
                for each input by name; an input that is not named keeps its own.
            banded: Whether to return bands as well; see `bands`.

        Returns:
            `time` in s, the input and every output by name, each of shape [n, time]. With bands,
            also their ends as `<output>_low` and `<output>_high`.

        Raises:
            DynsurError: A parameter is not accepted, or the input is known only after a simulation.
        """
        columns = self.simulator.space.columns(parameters)
        time, series = driven(self.simulator, columns, waveform)
        if not banded:
            return {"time": time, **series, **self.predict(columns, series, time)}
        outputs, bands = self.predict_with_bands(columns, series, time)
        for name, (low, high) in bands.items():
            outputs |= {f"{name}_low": low, f"{name}_high": high}
        return {"time": time, **series, **outputs}

    def seen(
        self,
        parameters: Columns,
        series: Columns,
        time: npt.ArrayLike,
        duration: npt.ArrayLike | None = None,
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Return the inputs of the network for n systems, in physical units.

        Args:
            parameters: As for `predict`.
            series: As for `predict`.
            time: As for `predict`.
            duration: As for `predict`.

        Returns:
            By name `phase`, inputs and base at the trained phases, [n, phase], or at the steps of
            a model that steps in time; and scalars, [n].
        """
        given, _ = checked(self.simulator, parameters, series, time, duration)
        if self.step:
            return stepped_inputs(self.simulator, given, self.step)[0][:2]
        return network_inputs(self.simulator, self.encoding, given, self.phases, False)[:2]

    def encoded(
        self,
        series: Mapping[str, np.ndarray],
        scalars: Mapping[str, np.ndarray],
        each: bool = False,
    ) -> np.ndarray:
        """Return the encoded outputs of the network for the inputs that `seen` returns.

        Args:
            series: Input series by name, each of shape [n, phase].
            scalars: Scalar inputs by name, each of shape [n].
            each: Whether to return the outputs of every member of an ensemble.

        Returns:
            An array [n, phase, output], or [member, n, phase, output].
        """
        return network_outputs(self.module, self.encoding, series, scalars, each)
