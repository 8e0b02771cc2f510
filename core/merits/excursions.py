"""The excursions of an input to one side of zero, and both branches of a loop along them.

The branch *forth* leads from the start of an excursion to its turning point, the branch *back* from
there to its end. Both are read where they cross the same input.
"""

from dataclasses import dataclass

import numpy as np

LEAST = 0.01  # of the largest input: nearer to zero an input is on neither side
CLOSED = np.log(1.05)  # branches that differ by less are one
LEVELS = np.linspace(0.05, 1.0, 191)  # of the turning point, where the branches are compared


@dataclass(frozen=True, eq=False)
class Excursion:
    """The last complete excursion of n inputs to one side.

    Args:
        share: Input as a share of the input at the turning point, shape [n, time].
        response: The output, shape [n, time].
        top: Input at the turning point, positive, shape [n]; NaN without a complete excursion.
        start: Index of the first sample on this side, shape [n, 1].
        turn: Index of the turning point, shape [n, 1].
        end: Index of the last sample on this side, shape [n, 1].
        least: Least share of the turning point that lies on this side, shape [n].
    """

    share: np.ndarray
    response: np.ndarray
    top: np.ndarray
    start: np.ndarray
    turn: np.ndarray
    end: np.ndarray
    least: np.ndarray

    @classmethod
    def last(cls, drive: np.ndarray, response: np.ndarray, side: int) -> "Excursion":
        """Find the last complete excursion of each row to the side +1 or −1."""
        count = drive.shape[1]
        usable = np.all(np.isfinite(drive) & np.isfinite(response), axis=1)
        value = np.where(usable[:, None], side * drive, 0.0)
        least = LEAST * np.abs(value).max(axis=1, keepdims=True)
        inside = np.greater(value, least)
        leaves = np.zeros_like(inside)
        leaves[:, :-1] = inside[:, :-1] & ~inside[:, 1:]
        enters = np.zeros_like(inside)
        enters[:, 1:] = inside[:, 1:] & ~inside[:, :-1]
        column = np.arange(count)
        end = (np.where(leaves, column, -1)).max(axis=1, keepdims=True)
        start = np.where(enters & (column <= end), column, -1).max(axis=1, keepdims=True)
        within = (column >= start) & (column <= end)
        turn = np.where(within, value, -np.inf).argmax(axis=1)[:, None]
        complete = (start > 0) & (end > 0)
        top = np.where(complete, np.take_along_axis(value, turn, axis=1), np.nan)
        scale = np.where(complete, top, 1.0)
        return cls(value / scale, response, top[:, 0], start, turn, end, (least / scale)[:, 0])

    def branches(self, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return y on the branches forth and back at shares [n, level] of the turning point.

        It is NaN at shares that the excursion does not reach.
        """
        last = self.share.shape[1] - 1
        forth = _first_reached(self.share, self.response, self.start, self.turn, shares)
        back = _first_reached(
            self.share[:, ::-1],
            self.response[:, ::-1],
            last - self.end,
            last - self.turn,
            shares,
        )
        reached = (shares >= self.least[:, None]) & (shares <= 1.0) & np.isfinite(self.top)[:, None]
        return np.where(reached, forth, np.nan), np.where(reached, back, np.nan)

    def states(self, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the larger and the smaller |y| of both branches at an input [n], each [n]."""
        forth, back = (np.abs(y[:, 0]) for y in self.branches((level / self.top)[:, None]))
        return np.maximum(forth, back), np.minimum(forth, back)

    def switching(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the input at which the branches meet, and the logarithm of their largest ratio.

        The gap g(u) = ln |y_back/y_forth| tells the states apart at the same input. The excursion
        switches where the gap has closed to half of its largest modulus on the way to the turning
        point. The input [n] is a modulus; it is NaN where the branches differ by less than `CLOSED`
        or do not meet. The largest gap [n] keeps its sign: a positive one sets, a negative one
        resets.
        """
        forth, back = self.branches(np.broadcast_to(LEVELS, (len(self.top), LEVELS.size)))
        with np.errstate(divide="ignore", invalid="ignore"):
            gap = np.log(np.abs(back)) - np.log(np.abs(forth))
        gap = np.where(np.isfinite(gap), gap, 0.0)
        row = np.arange(len(gap))
        largest = gap[row, np.abs(gap).argmax(axis=1)]
        opened = gap * np.sign(largest)[:, None] - 0.5 * np.abs(largest)[:, None]
        last = LEVELS.size - 1 - (opened >= 0)[:, ::-1].argmax(axis=1)
        meets = (np.abs(largest) >= CLOSED) & (last < LEVELS.size - 1)
        after = np.minimum(last + 1, LEVELS.size - 1)
        above, below = opened[row, last], opened[row, after]
        fall = np.where(above > below, above - below, 1.0)
        share = LEVELS[last] + (above / fall) * (LEVELS[after] - LEVELS[last])
        return np.where(meets, share * self.top, np.nan), np.where(meets, largest, 0.0)


def excursion_counts(drive: np.ndarray, side: int) -> np.ndarray:
    """Return how often each input [n, time] goes to the side +1 or −1, shape [n]."""
    inside = np.greater(side * drive, LEAST * np.abs(drive).max(axis=1, keepdims=True))
    return inside[:, 0] + (inside[:, 1:] & ~inside[:, :-1]).sum(axis=1)


def _first_reached(
    share: np.ndarray, response: np.ndarray, start: np.ndarray, turn: np.ndarray, levels: np.ndarray
) -> np.ndarray:
    """Return y where the input first reaches each level between two columns, shape [n, level]."""
    rows, count = share.shape
    column, row = np.arange(count), np.arange(rows)[:, None]
    climb = np.where((column >= start) & (column <= turn), share, 0.0)
    np.maximum.accumulate(climb, axis=1, out=climb)
    found = np.stack([np.searchsorted(*pair) for pair in zip(climb, levels, strict=True)])
    after = np.clip(found, 1, count - 1)
    low, high = share[row, after - 1], share[row, after]
    step = np.where(high > low, high - low, 1.0)
    weight = np.clip((levels - low) / step, 0.0, 1.0)
    first, second = response[row, after - 1], response[row, after]
    return first + weight * (second - first)
