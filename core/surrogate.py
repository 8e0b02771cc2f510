"""A trained model with its scales: physical units in, physical units out."""

import dataclasses
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from .calibration import Calibration, spread_of
from .checkpoint import best_weights, read_tensors, write_tensors
from .description import DESCRIPTION, WEIGHTS, damaged, model_folder, read_description
from .drive import driven
from .encoding import Encoding, TrainingData
from .ensemble import Ensemble
from .errors import DynsurError
from .familiarity import Familiarity
from .host import host
from .known import known_features, known_series
from .setup import configure
from .types import Model, Simulator
from .waveforms import Waveform

BATCH = 32  # systems: what a network makes of them stays in the processor's cache
MISSING = np.empty((0, 0, 0))  # stands for a column that was not given


@dataclass(frozen=True)
class Surrogate:
    """A model that stands for a simulator.

    Args:
        module: The network.
        model: Its configuration.
        simulator: What it was trained on; supplies the features and the names.
        encoding: The scales of its inputs and outputs.
        phases: The instants it was trained at, as time / duration, shape [time].
        provenance: Where it comes from, plain JSON values.
        calibration: How wide the band of each output must be; empty without.
        familiarity: What drives it was trained on; None where that is not known.
    """

    module: nn.Module
    model: Model
    simulator: Simulator
    encoding: Encoding
    phases: np.ndarray
    provenance: dict[str, Any]
    calibration: tuple[Calibration, ...] = ()
    familiarity: Familiarity | None = None

    @classmethod
    def trained(
        cls,
        folder: str | Path,
        model: Model,
        simulator: Simulator,
        data: TrainingData,
        provenance: Mapping[str, Any] | None = None,
    ) -> "Surrogate":
        """Take the best weights of the training that `core.train.train` left in `folder`."""
        part = data.train
        sizes = (part.series.shape[2], part.parameters.shape[1], part.target.shape[2])
        module = model.build(*sizes)
        module.load_state_dict(best_weights(Path(folder)))
        return cls(
            module.eval(),
            model,
            simulator,
            data.encoding,
            data.time_index / (simulator.points - 1),
            dict(provenance or {}),
        )

    def save(self, folder: str | Path) -> None:
        """Write model.safetensors and model.json, the description last."""
        folder = Path(folder)
        note = {
            "model": self.model.name,
            "configuration": dataclasses.asdict(self.model),  # type: ignore[call-overload]
            "simulator": self.simulator.name,
            "space": self.simulator.space.describe(),
            "encoding": self.encoding.to_json(),
            "phases": self.phases.tolist(),
            "provenance": self.provenance,
            "calibration": [c.to_json() for c in self.calibration],
            "familiarity": self.familiarity and self.familiarity.to_json(),
        }
        write_tensors(folder / WEIGHTS, self.module.state_dict(), {"model": self.model.name})
        unfinished = folder / f".{DESCRIPTION}.{os.getpid()}"
        try:
            unfinished.write_text(json.dumps(note, indent=1), encoding="utf-8")
            unfinished.replace(folder / DESCRIPTION)
        except OSError as error:
            raise DynsurError(f"cannot write the model to '{folder}': {error}.") from None

    @classmethod
    def load(cls, folder: str | Path) -> "Surrogate":
        """Read a saved surrogate; its model and simulator are found among the plugins by name.

        Args:
            folder: Model folder, or the run folder that holds one.

        Raises:
            DynsurError: Nothing readable is there, or no plugin offers what it names.
        """
        folder = model_folder(Path(folder))
        note = read_description(folder)
        tensors, _ = read_tensors(folder / WEIGHTS)
        try:
            simulator = _trained_on(note)
            offered: Any = host().model(note["model"])
            model: Model = dataclasses.replace(offered, **note["configuration"])
            encoding = Encoding.from_json(note["encoding"])
            sizes = (len(encoding.series), len(encoding.parameters), len(encoding.outputs))
            module = model.build(*sizes)
            module.load_state_dict(tensors)
            phases = np.array(note["phases"], float)
            calibration = tuple(Calibration.from_json(c) for c in note.get("calibration", ()))
            told = note.get("familiarity")
            drives = Familiarity.from_json(told) if told else None
            known = (note["provenance"], calibration, drives)
            return cls(module.eval(), model, simulator, encoding, phases, *known)
        except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
            raise damaged(folder, error) from None

    def predict(
        self,
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        time: np.ndarray,
        duration: np.ndarray | None = None,
    ) -> dict[str, np.ndarray]:
        """Predict the outputs of n systems.

        A network sees a sequence at the phases it was trained at: other instants are reached by
        interpolation, of the inputs to those phases and of the outputs, in the model's scale,
        back. Where the model corrects the simulator's estimate, only the correction is
        interpolated; the estimate is that of the instants themselves.

        Args:
            parameters: Values by name, each of shape [n], in the simulator's units; fixed
                parameters may be left out.
            series: The driven variables by name, each of shape [n, time].
            time: Instants, increasing, shape [n, time], in s.
            duration: End of each whole trajectory, shape [n], in s; by default the last instant.

        Returns:
            Each output by name, shape [n, time], in its unit.

        Raises:
            DynsurError: A parameter or input is missing or its shape does not fit.
        """
        known, scalars = self.seen(parameters, series, time, duration)
        decode = self._decoder(known, parameters, series, time, duration)
        return decode(self.encoded(known, scalars))

    def bands(
        self,
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        time: np.ndarray,
        duration: np.ndarray | None = None,
    ) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return bands that hold a stated share of what a simulation would give.

        Args:
            parameters: As for `predict`.
            series: As for `predict`.
            time: As for `predict`.
            duration: As for `predict`.

        Returns:
            By output the lower and the upper bound, each of shape [n, time]; the share and what it
            is a share of: `Calibration`.

        Raises:
            DynsurError: The surrogate was not calibrated, or as for `predict`.
        """
        if not self.calibration:
            raise DynsurError("this surrogate has no bands: it was not calibrated; train it again.")
        known, scalars = self.seen(parameters, series, time, duration)
        decode = self._decoder(known, parameters, series, time, duration)
        each = self.encoded(known, scalars, each=True)
        middle, members = decode(each.mean(axis=0)), [decode(member) for member in each]
        scales = {scale.name: scale for scale in self.encoding.outputs}
        return {
            c.name: c.band(scales[c.name], middle[c.name], spread_of(scales[c.name], members))
            for c in self.calibration
        }

    def unfamiliar(
        self,
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        time: np.ndarray,
        duration: np.ndarray | None = None,
    ) -> list[str]:
        """Say for each of n systems what lies outside of the training; "" where nothing does.

        Args:
            parameters: As for `predict`.
            series: As for `predict`.
            time: As for `predict`.
            duration: As for `predict`.

        Raises:
            DynsurError: The surrogate does not know what it was trained on.
        """
        if self.familiarity is None:
            raise DynsurError("this surrogate does not know its training's drives; train it again.")
        time = np.asarray(time, float)
        end = _ends(time, duration)
        seen = {n: _resample(time / end, np.asarray(c), self.phases) for n, c in series.items()}
        values = self._values(parameters, len(time))
        return self.familiarity.reasons(self.simulator.space, values, seen, end[:, 0])

    def respond(
        self, parameters: Mapping[str, npt.ArrayLike], waveform: Waveform | None = None
    ) -> dict[str, np.ndarray]:
        """Predict n systems under the simulator's own drive, as it would simulate them.

        Args:
            parameters: Values by name, each of shape [n] or one for all, in the simulator's units;
                those not named take their defaults.
            waveform: Drives all systems instead.

        Returns:
            `time` in s, the input and every output by name, each of shape [n, time].

        Raises:
            DynsurError: A parameter is not accepted, or the input is known only after a simulation.
        """
        columns = self.simulator.space.columns(parameters)
        time, series = driven(self.simulator, columns, waveform)
        return {"time": time, **series, **self.predict(columns, series, time)}

    def seen(
        self,
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        time: np.ndarray,
        duration: np.ndarray | None = None,
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Return what the network sees of n systems, in physical units.

        Args:
            parameters: As for `predict`.
            series: As for `predict`.
            time: As for `predict`.
            duration: As for `predict`.

        Returns:
            By name the series at the trained phases, shape [n, phase]: `phase`, the inputs and the
            simulator's estimates; and the scalars, shape [n]: parameters and features.
        """
        time = np.asarray(time, float)
        end = _ends(time, duration)
        values = self._values(parameters, len(time))
        given = {v.name: _series(series, v.name, time.shape) for v in self.simulator.inputs}
        phases = np.broadcast_to(self.phases, (len(time), self.phases.size))
        if not self._is_trained_at(time / end):
            given = {n: _resample(time / end, c, self.phases) for n, c in given.items()}
            time = phases * end
        estimates = known_series(self.simulator, values, given, time)
        features = known_features(self.simulator, values)
        return {"phase": phases, **given, **estimates}, {**values, **features}

    @torch.inference_mode()
    def encoded(
        self,
        series: Mapping[str, np.ndarray],
        scalars: Mapping[str, np.ndarray],
        each: bool = False,
    ) -> np.ndarray:
        """Return the network's outputs in its own scale for what is `seen`.

        Args:
            series: By name, each of shape [n, phase].
            scalars: By name, each of shape [n].
            each: Whether to return every member of an ensemble.

        Returns:
            [n, phase, output], or [member, n, phase, output].
        """
        ensemble = self.module if each and isinstance(self.module, Ensemble) else None
        run = ensemble.each if ensemble else self.module
        pairs = zip(
            torch.from_numpy(self.encoding.encode_series(series)).split(BATCH),
            torch.from_numpy(self.encoding.encode_parameters(scalars)).split(BATCH),
            strict=True,
        )
        device = next(self.module.parameters()).device
        parts = [run(s.to(device), p.to(device)).cpu().numpy() for s, p in pairs]
        found = np.concatenate(parts, axis=1 if ensemble else 0).astype(float)
        return found[None] if each and not ensemble else found

    def _decoder(
        self,
        known: Mapping[str, np.ndarray],
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        time: np.ndarray,
        duration: np.ndarray | None,
    ) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
        """Return what turns the network's outputs into physical ones at the wanted instants."""
        time = np.asarray(time, float)
        phase = time / _ends(time, duration)
        if self._is_trained_at(phase):
            return lambda encoded: self.encoding.decode_outputs(encoded, known)
        values = self._values(parameters, len(time))
        given = {v.name: np.asarray(series[v.name], float) for v in self.simulator.inputs}
        estimates = known_series(self.simulator, values, given, time)

        def decode(encoded: np.ndarray) -> dict[str, np.ndarray]:
            channels = np.moveaxis(encoded, 2, 0)
            columns = [_resample(known["phase"], c, phase) for c in channels]
            return self.encoding.decode_outputs(np.stack(columns, axis=-1), estimates)

        return decode

    def _is_trained_at(self, phase: np.ndarray) -> bool:
        return phase.shape[1] == self.phases.size and np.allclose(phase, self.phases, atol=1e-9)

    def _values(self, parameters: Mapping[str, np.ndarray], n: int) -> dict[str, np.ndarray]:
        known = {
            p.name: np.full(n, p.low) for p in self.simulator.space if p.is_fixed or not p.seen
        }
        known |= {name: np.asarray(values, float) for name, values in parameters.items()}
        for parameter in self.simulator.space:
            shape = np.shape(known.get(parameter.name, MISSING))
            if shape != (n,):
                raise DynsurError(
                    f"the surrogate needs one value of parameter '{parameter.name}' for each of "
                    f"the {n} systems; got shape {shape}."
                )
        return known


def _ends(time: np.ndarray, duration: np.ndarray | None) -> np.ndarray:
    """Return the end of each trajectory, shape [n, 1], in s."""
    return time[:, -1:] if duration is None else np.asarray(duration, float)[:, None]


def _series(series: Mapping[str, np.ndarray], name: str, shape: tuple[int, ...]) -> np.ndarray:
    if np.shape(series.get(name, MISSING)) != shape:
        raise DynsurError(
            f"the surrogate needs the input series '{name}' of shape {shape}, as the times; "
            f"got {np.shape(series.get(name, MISSING))}."
        )
    return np.asarray(series[name], float)


def _resample(x: np.ndarray, y: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Interpolate each row of y over x linearly at `wanted`, one row for all or one for each."""
    rows = np.broadcast_to(wanted, (len(x), np.shape(wanted)[-1]))
    return np.stack([np.interp(w, a, b) for w, a, b in zip(rows, x, y, strict=True)])


def _trained_on(note: Mapping[str, Any]) -> Simulator:
    """Return the simulator with the ranges and the drive that the training set."""
    past = note["provenance"]
    if not {"experiment", "settings"} <= past.keys():
        return host().simulator(note["simulator"])
    settings = past["settings"].items()
    kept = {k: v for k, v in settings if k.partition(".")[0] == "simulator" or "." not in k}
    return configure(host(), past["experiment"], kept).simulator
