"""What systems answer when they are driven."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Response:
    """The responses of n systems, in physical units.

    Args:
        time: Instants, shape [n, time], in s.
        inputs: The driven variables by name, each of shape [n, time].
        outputs: The outputs by name, each of shape [n, time]; NaN where `reasons` says why.
        low: The lower end of each output's band by name, [n, time]; empty without bands.
        high: The upper end of each output's band by name, [n, time]; empty without bands.
        reasons: For each system why it has no response, "" where it has one.
        unfamiliar: For each system what lies outside of a model's training, "" where nothing does.
    """

    time: np.ndarray
    inputs: dict[str, np.ndarray]
    outputs: dict[str, np.ndarray]
    reasons: Sequence[str]
    unfamiliar: Sequence[str]
    low: dict[str, np.ndarray] = field(default_factory=dict)
    high: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of systems."""
        return len(self.time)

    @property
    def worked(self) -> np.ndarray:
        """Whether each system has a response, shape [n]."""
        return np.array([not reason for reason in self.reasons], bool)
