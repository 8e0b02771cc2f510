"""A root between two places, by regula falsi; compiled."""

from typing import NamedTuple

from .jit import compiled

MOST_STEPS = 60  # a bracket that shrinks no faster than by halves is small after so many


class Bracket(NamedTuple):
    """A falling function's root lies between `low` and `high`.

    Args:
        low: Where the function is positive.
        high: Where it is negative.
        above: Its value at `low`, or less after a step that left `low` alone.
        below: Its value at `high`, likewise.
        last: 1 if the last step moved `low`, −1 if `high`.
    """

    low: float
    high: float
    above: float
    below: float
    last: int


@compiled
def between(bracket: Bracket) -> float:
    """Return where the straight line through both ends is zero."""
    share = bracket.above / (bracket.above - bracket.below)
    return bracket.low + share * (bracket.high - bracket.low)


@compiled
def narrowed(bracket: Bracket, place: float, value: float) -> Bracket:
    """Return the bracket one step of the Illinois method smaller.

    Source: Dowell & Jarratt (1971), doi:10.1007/BF01934364.
    """
    low, high, above, below, last = bracket
    if value > 0.0:
        return Bracket(place, high, value, 0.5 * below if last == 1 else below, 1)
    return Bracket(low, place, 0.5 * above if last == -1 else above, value, -1)
