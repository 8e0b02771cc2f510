"""Axes that hold still while curves follow the hand.

A curve is easier to follow on an axis that stays, and the browser paints it twice as fast.
"""

import math
from typing import Any

from ...optional import needed

PADDING = 0.05  # of the span, on either side of what is drawn
ROOM = 0.25  # of the span, added where a moving curve leaves the axis
LEAST_FILLED = 0.6  # of an axis; when the hand rests, one that is filled less is drawn closer
Ends = tuple[float, float]
TICKS = """
if (tick == 0) return '0'
const short = Number(tick.toPrecision(6))
const size = Math.abs(short)
return size < 1e-3 || size >= 1e5 ? short.toExponential() : String(short)
"""


def bokeh(module: str) -> Any:
    """Import a module of Bokeh, which is loaded only for the explorer."""
    return needed(f"bokeh.{module}", "explore", "the explorer")


def fitted(content: Ends, room: float = PADDING) -> Ends:
    """Return the ends of an axis that shows the content with room on either side.

    Args:
        content: Lowest and highest value, on the axis' own scale.
        room: Free share of the content's span on either side.
    """
    low, high = content
    span = (high - low) or abs(high) or 1.0
    return low - room * span, high + room * span


def adjusted(ends: Ends, content: Ends, resting: bool) -> Ends:
    """Return the ends that an axis takes when its content has changed.

    Args:
        ends: Its ends, on its own scale.
        content: Lowest and highest value of what is drawn.
        resting: Whether the hand rests, so that the axis may be drawn closer.

    >>> adjusted((0.0, 1.0), (0.2, 0.9), resting=False)
    (0.0, 1.0)
    >>> adjusted((0.0, 1.0), (0.0, 2.0), resting=False)
    (0.0, 2.5)
    >>> adjusted((0.0, 1.0), (0.0, 0.5), resting=True)
    (-0.025, 0.525)
    """
    low, high = content
    if resting:
        kept = ends[0] <= low and high <= ends[1]
        kept &= high - low >= LEAST_FILLED * (ends[1] - ends[0])
        return ends if kept else fitted(content)
    roomy = fitted(content, ROOM)
    return (
        ends[0] if ends[0] <= low else roomy[0],
        ends[1] if high <= ends[1] else roomy[1],
    )


class HeldAxis:
    """One axis of a figure; what a user zooms to is left alone until the figure is reset.

    Args:
        logarithmic: Whether its scale is logarithmic.
    """

    def __init__(self, logarithmic: bool = False) -> None:
        self.logarithmic = logarithmic
        self.range = bokeh("models").Range1d(*((0.1, 1.0) if logarithmic else (0.0, 1.0)))
        self._ends: Ends | None = None  # on the axis' own scale, before anything was drawn None
        self._quiet = self._zoomed = False
        for end in ("start", "end"):
            self.range.on_change(end, lambda _a, _o, _n: self._moved())

    def show(self, content: Ends | None, resting: bool) -> None:
        """Adjust the axis to what is drawn, or leave it where nothing is.

        Args:
            content: Lowest and highest value, in the variable's unit.
            resting: Whether the hand rests.
        """
        if content is None or self._zoomed:
            return
        if self.logarithmic:
            content = math.log10(content[0]), math.log10(content[1])
        ends = fitted(content) if self._ends is None else adjusted(self._ends, content, resting)
        if ends != self._ends:
            self._ends = ends
            start, end = (10.0**e for e in ends) if self.logarithmic else ends
            self._quiet = True
            self.range.update(start=start, end=end, reset_start=start, reset_end=end)
            self._quiet = False

    def start_anew(self) -> None:
        """Forget what was drawn and what was zoomed to."""
        self._ends, self._zoomed = None, False

    def write_ticks(self, drawn: Any) -> None:
        """Write the numbers of Bokeh's axis without zeros that say nothing."""
        if not self.logarithmic:
            drawn.formatter = bokeh("models").CustomJSTickFormatter(code=TICKS)

    def _moved(self) -> None:
        self._zoomed |= not self._quiet
