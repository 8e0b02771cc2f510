"""A dataset of windows of long records, judged in free run over whole test records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from dynsur.core import (
    FLOOR,
    DynsurError,
    Encoding,
    Piece,
    Scale,
    Sequences,
    Simulator,
    Split,
    Status,
    TrainingData,
)

from .channels import output_columns, parameter_columns
from .pieces import (
    FEW,
    Pieces,
    parse_pieces,
    refuse_overlap,
    split_by_record,
    split_in_time,
    windows,
)

if TYPE_CHECKING:
    import xarray as xr

STEADY = 0.1  # of the interval, by which an instant of a steady clock may be off


@dataclass(frozen=True)
class Windows:
    """Windows of records for models that step in time, and whole pieces to judge them by.

    A model is trained on windows and judged in free run: it sees the inputs of a whole piece and
    no measured output. The first `washout` samples let it find its state; they count in no error,
    and where a model has a state that can be set, it is estimated from the outputs in them.

    Ten records or more are split by record. Fewer are split in time, each into its first part for
    training and its last one for the test. `train`, `validation` and `test` say otherwise, e.g.
    test="100:40575" of one record or test="1,0/100:40575" of several; validation is then by default
    the last share of each training piece.

    Args:
        window: Samples of a training window; 0 takes whole pieces.
        washout: Samples at the start of each window and of each judged piece that do not count.
        train: Samples of the training part.
        validation: Samples that are held out to choose the best epoch.
        test: Samples of the test part.
        train_share: Share that is not in the test part.
        validation_share: Share of these that is held out to choose the best epoch.
        floor: Output below which a curve counts as zero in the metrics, in the output's unit.
        threshold: Value at which a signed logarithm of the outputs turns linear, in the output's
            unit, for outputs that span decades; 0 keeps a linear scale.
    """

    window: int = 512
    washout: int = 50
    train: str = ""
    validation: str = ""
    test: str = ""
    train_share: float = 0.7
    validation_share: float = 0.2
    floor: float = FLOOR
    threshold: float = 0.0

    name = "windows"
    minimum = 1
    description = "windows of long records, judged in free run over whole test records"

    def __post_init__(self) -> None:
        if self.washout < 0 or self.window < 0 or 0 < self.window <= self.washout:
            raise DynsurError(
                "dataset.washout must not be negative, and dataset.window must exceed it or be 0; "
                f"got {self.washout} and {self.window}."
            )
        if not (0 < self.train_share < 1 and 0 < self.validation_share < 1):
            raise DynsurError(
                "dataset.train_share and dataset.validation_share must lie in (0, 1); got "
                f"{self.train_share:g} and {self.validation_share:g}."
            )
        if not self.threshold >= 0:
            raise DynsurError(f"dataset.threshold must not be negative; got {self.threshold:g}.")
        if bool(self.train) != bool(self.test) or (self.validation and not self.train):
            raise DynsurError(
                "dataset.train and dataset.test belong together, and dataset.validation to them; "
                f"got train='{self.train}', validation='{self.validation}', test='{self.test}'."
            )

    def prepare(self, store: "xr.Dataset", simulator: Simulator, seed: int) -> TrainingData:
        """Cut the records of a store into pieces and encode them.

        The scales are fitted on the training part only.

        Raises:
            DynsurError: The records have no common clock, a piece does not exist or is too short,
                or a sample is in two parts.
        """
        lengths = _lengths(store)
        train, validation, test = self._parts(store, lengths, seed)
        for part, pieces in (("validation", validation), ("test", test)):
            self._refuse_short(part, pieces)
        self._refuse_short("train", train)
        sequences = Sequences(
            step_of(store, simulator, lengths),
            self.washout,
            windows(train, self.window, self.washout),
            validation,
            test,
        )
        scalars = parameter_columns(store, simulator)
        if all(p.is_fixed for p in simulator.space.telling):
            scalars = dict([*scalars.items()][:1])  # a constant tells nothing; models need one
        series = {v.name: store[v.name].values for v in simulator.inputs}
        outputs = output_columns(store, simulator)
        logarithmic = {p.name for p in simulator.space if p.scale == "log"}
        rows = sorted({piece.record for piece in train})
        encoding = Encoding(
            series=tuple(Scale.fit(n, _joined(c, train)) for n, c in series.items()),
            parameters=tuple(
                Scale.fit(n, c[rows], "log" if n in logarithmic else "linear")
                for n, c in scalars.items()
            ),
            outputs=tuple(self._scale(n, _joined(c, train)) for n, c in outputs.items()),
            base="none",
        )
        parts = [
            _encoded(pieces, encoding, series, scalars, outputs, self.washout)
            for pieces in (sequences.train, validation, test)
        ]
        longest = np.arange(max(map(len, sequences.train)))
        return TrainingData(parts[0], parts[1], parts[2], encoding, longest, sequences=sequences)

    def _scale(self, name: str, values: np.ndarray) -> Scale:
        if self.threshold:
            return Scale.fit(name, values, "asinh", self.threshold)
        return Scale.fit(name, values)

    def _parts(
        self, store: "xr.Dataset", lengths: np.ndarray, seed: int
    ) -> tuple[Pieces, Pieces, Pieces]:
        finished = np.flatnonzero(store["status"].values == Status.OK)
        shares = (self.train_share, self.validation_share)
        if self.train:
            train, test = (
                parse_pieces(getattr(self, part), part, lengths) for part in ("train", "test")
            )
            if self.validation:
                held = parse_pieces(self.validation, "validation", lengths)
            else:
                train, held = split_in_time(train, 1 - self.validation_share)
            refuse_overlap({"train": train, "validation": held, "test": test})
            return train, held, test
        if finished.size >= FEW:
            return split_by_record(finished, lengths, seed, shares)
        whole = [Piece(int(i), 0, int(lengths[i])) for i in finished]
        rest, test = split_in_time(whole, self.train_share)
        train, held = split_in_time(rest, 1 - self.validation_share)
        return train, held, test

    def _refuse_short(self, part: str, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            if len(piece) < self.washout + 2:
                raise DynsurError(
                    f"the {part} part has a piece of {len(piece)} samples (record {piece.record}), "
                    f"of which {self.washout} do not count; lower dataset.washout, or choose the "
                    "pieces with dataset.train, dataset.validation and dataset.test."
                )


def step_of(store: "xr.Dataset", simulator: Simulator, lengths: np.ndarray) -> float:
    """Return the interval of the samples, in s, which all records must share.

    Raises:
        DynsurError: They have no common one.
    """
    step = getattr(simulator, "step", None)
    if step is None:
        time = store["time"].values
        steps = np.array([(t[n - 1] - t[0]) / (n - 1) for t, n in zip(time, lengths, strict=True)])
        step = float(np.nanmedian(steps))
        ideal = step * np.arange(time.shape[1])
        off = np.nanmax(np.abs(time - time[:, :1] - ideal))
        step = step if off <= STEADY * step else 0.0
    if not step:
        raise DynsurError(
            f"the records of '{simulator.name}' have no common clock, which a model that steps in "
            "time needs; import them with --resample SECONDS."
        )
    return float(step)


def _lengths(store: "xr.Dataset") -> np.ndarray:
    if "length" in store.variables:
        return np.asarray(store["length"].values, int)
    return np.full(store.sizes["sample"], store.sizes["time"])


def _joined(column: np.ndarray, pieces: Sequence[Piece]) -> np.ndarray:
    return np.concatenate([column[p.record, p.start : p.stop] for p in pieces])


def _encoded(
    pieces: Sequence[Piece],
    encoding: Encoding,
    series: Mapping[str, np.ndarray],
    scalars: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    washout: int,
) -> Split:
    """Encode pieces as the rows of a part; a shorter one keeps its last input to the end."""
    records = np.array([piece.record for piece in pieces])
    longest = max(map(len, pieces))

    def cut(column: np.ndarray, filled: bool) -> np.ndarray:
        rows = np.full((len(pieces), longest), np.nan)
        for row, p in zip(rows, pieces, strict=True):
            row[: len(p)] = column[p.record, p.start : p.stop]
            row[len(p) :] = row[len(p) - 1] if filled else np.nan
        return rows

    target = encoding.encode_outputs({n: cut(c, False) for n, c in outputs.items()})
    target[:, :washout] = np.nan
    return Split(
        sample=records,
        series=encoding.encode_series({n: cut(c, True) for n, c in series.items()}),
        parameters=encoding.encode_parameters({n: c[records] for n, c in scalars.items()}),
        target=target,
    )
