"""Figures of merit of what a responder answers."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..merits import Merit, merits_of
from .answer import Response
from .opening import Responder


def merits_of_response(
    responder: Responder,
    columns: Mapping[str, np.ndarray],
    response: Response,
    *,
    outputs: Mapping[str, np.ndarray] | None = None,
    read: float | None = None,
    wanted: Sequence[str] | None = None,
) -> dict[Merit, np.ndarray]:
    """Return the figures of merit of a response, each [n]; NaN where undefined.

    Args:
        responder: What has answered.
        columns: Every parameter by name, each of shape [n].
        response: Its answer.
        outputs: Outputs in place of the response's own, for example an end of their bands.
        read: As for `core.merits.all_merits`.
        wanted: Names, perhaps without their output; by default all that apply.

    Raises:
        DynsurError: A name is unknown or does not apply.
    """
    series = {**response.inputs, **(response.outputs if outputs is None else outputs)}
    return merits_of(responder.simulator, columns, series, response.time, read=read, wanted=wanted)


def known_merits(responder: Responder, read: float | None = None) -> list[Merit]:
    """Return the figures of merit that a responder's system has, from one response."""
    columns = responder.space.columns({})
    response = responder.respond(columns, banded=False)
    return list(merits_of_response(responder, columns, response, read=read))
