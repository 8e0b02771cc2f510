"""Answers of systems that stay on the disk, so that an interrupted analysis goes on."""

import hashlib
import shutil
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..files import content_checksum, replacing_file
from ..registry.identity import configuration
from ..surrogate.predict import weights_hash
from .quantities import Answers, Quantities

FOLDER = "answers"  # in the folder of an analysis
PAUSE = 20.0  # s after which answers are written
PARTS = ("values", "shifts", "inside", "unfamiliar")


@dataclass
class KeptAnswers:
    """Answers by the batch of systems that was asked, in files of a folder.

    Args:
        folder: Where the files lie.
        identity: What was asked of which system: answers to anything else are not taken.
    """

    folder: Path
    identity: str
    _known: dict[str, Answers] = field(default_factory=dict, repr=False)
    _new: dict[str, Answers] = field(default_factory=dict, repr=False)
    _written: float = field(default_factory=time.monotonic, repr=False)

    @classmethod
    def opened(cls, folder: Path, quantities: Quantities) -> "KeptAnswers":
        """Open the answers that lie in a folder; none do at first.

        Raises:
            DynsurError: A file of answers cannot be read.
        """
        kept = cls(folder, identity_of(quantities))
        for path in sorted(folder.glob("*.npz")):
            try:
                with np.load(path) as found:
                    for number, key in enumerate(found["keys"].tolist()):
                        parts = (found[f"{name}_{number}"] for name in PARTS)
                        kept._known[key] = Answers(*parts)
            except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
                raise DynsurError(
                    f"cannot read the answers in '{path}': {error}; remove the file to ask again."
                ) from None
        return kept

    def find(self, unit: np.ndarray) -> Answers | None:
        """Return the answers of a batch of points [n, parameter], or None where it is new."""
        return self._known.get(self._key(unit))

    def add(self, unit: np.ndarray, answers: Answers) -> None:
        """Take the answers of a batch, and write those that are not on the disk now and then."""
        self._new[self._key(unit)] = answers
        if time.monotonic() - self._written > PAUSE:
            self.write()

    def write(self) -> None:
        """Write the answers that are not on the disk yet."""
        if self._new:
            self.folder.mkdir(parents=True, exist_ok=True)
            keys = list(self._new)
            columns: dict[str, Any] = {
                f"{name}_{number}": getattr(answers, name)
                for number, answers in enumerate(self._new.values())
                for name in PARTS
            }
            path = self.folder / f"{hashlib.sha256(' '.join(keys).encode()).hexdigest()[:16]}.npz"
            with replacing_file(path) as partial, partial.open("wb") as file:
                np.savez(file, keys=np.array(keys), **columns)
            self._known |= self._new
            self._new = {}
        self._written = time.monotonic()

    def remove(self) -> None:
        """Remove the folder of answers."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _key(self, unit: np.ndarray) -> str:
        points = np.ascontiguousarray(unit, float)
        return hashlib.sha256(self.identity.encode() + points.tobytes()).hexdigest()


def kept_in(folder: str | Path | None, quantities: Quantities) -> KeptAnswers | None:
    """Return the answers that the folder of an analysis keeps, or None without a folder."""
    return None if folder is None else KeptAnswers.opened(Path(folder) / FOLDER, quantities)


def identity_of(quantities: Quantities) -> str:
    """Return a hash of all that decides the answers of systems."""
    responder = quantities.responder
    surrogate = responder.surrogate
    return content_checksum(
        {
            "simulator": configuration(responder.simulator),
            "space": responder.space.describe(),
            "model": weights_hash(surrogate) if surrogate else None,
            "calibration": repr(surrogate.calibration) if surrogate else None,
            "merits": [merit.name for merit in quantities.merits],
            "logarithmic": list(quantities.logarithmic),
            "output": quantities.output,
            "phases": list(quantities.phases),
            "where": None if quantities.where is None else quantities.where.text,
            "read": quantities.read,
        }
    )
