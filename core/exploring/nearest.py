"""Fit a device to a measured file: the nearest one, for the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..inference import MeasuredLoop
from ..inference.asking import question
from ..inference.point_fit import ABSOLUTE_GUESS, RELATIVE_GUESS, fit_point
from ..response import Responder


@dataclass(frozen=True)
class Nearest:
    """The device whose response is nearest to a measured loop.

    Args:
        values: The fitted parameters by name, and those that the file's drive settles.
        misfit: Root mean square of the residuals, in units of the noise that a
            point fit assumes: 2 % of the output and 0.1 % of its peak.
    """

    values: Mapping[str, float]
    misfit: float


def nearest(responder: Responder, loops: Sequence[MeasuredLoop]) -> Nearest:
    """Return the device nearest to measured loops, from several starts; seed 0.

    Args:
        responder: What answers for the system.
        loops: The outputs of one record.

    Raises:
        DynsurError: The loops are not of this system, or nothing is left to be fitted.
    """
    ends = {loop.quantity: loop.peak for loop in loops}
    several = len(ends) > 1
    noise = {f"absolute.{name}" if several else "absolute": ABSOLUTE_GUESS * peak
             for name, peak in ends.items()}  # fmt: skip
    asked = question(responder, list(loops), {"relative": RELATIVE_GUESS, **noise})
    found = fit_point(asked, seed=0)
    fitted = {name: float(v[0]) for name, v in asked.prior.values(found.z[None]).items()}
    return Nearest({**asked.settled[0], **fitted}, found.misfit)
