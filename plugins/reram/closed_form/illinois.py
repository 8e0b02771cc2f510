"""Bracket a root by regula falsi; compiled."""

from typing import NamedTuple

from .jit import compiled

MOST_STEPS = 60  # a bracket that shrinks no faster than by halves is small after so many


class Bracket(NamedTuple):
    """A bracket around the root of a decreasing function.

    Args:
        low: Place at which the function is positive.
        high: Place at which it is negative.
        above: Value at `low`, reduced after a step that has not moved `low`.
        below: Value at `high`, likewise.
        last: 1 if the last step moved `low`, −1 if it moved `high`.
    """

    low: float
    high: float
    above: float
    below: float
    last: int


@compiled
def between(bracket: Bracket) -> float:
    """Return the root of the straight line through both ends."""
    share = bracket.above / (bracket.above - bracket.below)
    return bracket.low + share * (bracket.high - bracket.low)


@compiled
def narrowed(bracket: Bracket, place: float, value: float) -> Bracket:
    """Return the bracket after one step of the Illinois method.

    Source: Dowell & Jarratt (1971), doi:10.1007/BF01934364.
    """
    low, high, above, below, last = bracket
    if value > 0.0:
        return Bracket(place, high, value, 0.5 * below if last == 1 else below, 1)
    return Bracket(low, place, 0.5 * above if last == -1 else above, value, -1)
