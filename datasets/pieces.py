"""Which samples of which records train, validate and test: given, in time, or by record."""

from collections.abc import Sequence

import numpy as np
from dynsur.core import DynsurError, Piece

FEW = 10  # records, below which each of them is split in time

Pieces = tuple[Piece, ...]


def parse_pieces(text: str, part: str, lengths: np.ndarray) -> Pieces:
    """Read which samples belong to a part: "0/100:40575,1" or, of a single record, "100:40575".

    Records and samples count from 0, and the second number is the first sample that is left out.

    Args:
        text: Pieces with commas between them, each RECORD, RECORD/START:STOP or START:STOP; START
            or STOP may be left out.
        part: Name of the part in messages.
        lengths: Number of samples of each record, shape [record].

    Raises:
        DynsurError: It is written otherwise, or there are no such samples.
    """
    return tuple(_piece(item.strip(), part, lengths) for item in text.split(","))


def _piece(text: str, part: str, lengths: np.ndarray) -> Piece:
    record, slash, samples = text.rpartition("/")
    if not slash and ":" not in text:
        record, samples = text, ":"
    elif not slash:
        if lengths.size > 1:
            raise DynsurError(
                f"dataset.{part}='{text}' names no record, and there are {lengths.size}; write "
                f"0/{text} for the first one."
            )
        record = "0"
    start, colon, stop = samples.partition(":")
    if (
        not colon
        or not all(n == "" or n.isdecimal() for n in (start, stop))
        or not record.isdecimal()
    ):
        raise DynsurError(
            f"dataset.{part} takes pieces such as 100:40575, 0/100:40575 or 1 (a whole record), "
            f"with commas between them; got '{text}'."
        )
    if int(record) >= lengths.size:
        raise DynsurError(
            f"dataset.{part} names record {record}; the store holds {lengths.size}, counted from 0."
        )
    size = int(lengths[int(record)])
    piece = Piece(int(record), int(start or 0), int(stop or size))
    if not 0 <= piece.start < piece.stop <= size:
        raise DynsurError(
            f"dataset.{part} names samples {piece.start}:{piece.stop} of record {record}, which "
            f"has {size}."
        )
    return piece


def refuse_overlap(parts: dict[str, Pieces]) -> None:
    """Refuse samples that belong to two parts."""
    names = list(parts)
    for i, one in enumerate(names):
        for other in names[:i]:
            for a in parts[one]:
                for b in parts[other]:
                    if a.record == b.record and max(a.start, b.start) < min(a.stop, b.stop):
                        raise DynsurError(
                            f"samples {max(a.start, b.start)}:{min(a.stop, b.stop)} of record "
                            f"{a.record} are in dataset.{other} and in dataset.{one}; a sample "
                            "belongs to one part."
                        )


def split_by_record(
    finished: np.ndarray, lengths: np.ndarray, seed: int, shares: tuple[float, float]
) -> tuple[Pieces, Pieces, Pieces]:
    """Draw which records train, validate and test.

    Args:
        finished: Indices of the records.
        lengths: Number of samples of all records.
        seed: Seed of the draw.
        shares: Share of the records that is not in the test part, and of these the share that is
            held out to choose the best epoch.
    """
    shuffled = np.random.default_rng(seed).permutation(finished)
    not_test = min(finished.size - 1, max(2, round(shares[0] * finished.size)))
    held_back = min(not_test - 1, max(1, round(shares[1] * not_test)))
    bounds = (slice(held_back, not_test), slice(0, held_back), slice(not_test, None))
    train, validation, test = (
        tuple(Piece(int(i), 0, int(lengths[i])) for i in np.sort(shuffled[chosen]))
        for chosen in bounds
    )
    return train, validation, test


def split_in_time(pieces: Sequence[Piece], share: float) -> tuple[Pieces, Pieces]:
    """Split each piece into its first share and the rest."""
    first, rest = [], []
    for piece in pieces:
        middle = piece.start + round(share * len(piece))
        first.append(Piece(piece.record, piece.start, middle))
        rest.append(Piece(piece.record, middle, piece.stop))
    return tuple(first), tuple(rest)


def windows(pieces: Sequence[Piece], size: int, washout: int) -> Pieces:
    """Cut pieces into windows, so that each sample counts in one of them.

    Neighbouring windows share the `washout` samples in which no error is counted. The last window
    of a piece ends with it.

    Args:
        pieces: Pieces of records.
        size: Number of samples of a window; 0 takes whole pieces.
        washout: Number of samples at the start of a window that do not count.

    >>> [(w.start, w.stop) for w in windows([Piece(0, 0, 10)], 6, 2)]
    [(0, 6), (4, 10)]
    """
    found = []
    for piece in pieces:
        length = min(size or len(piece), len(piece))
        last = piece.stop - length
        starts = [*range(piece.start, last, max(1, length - washout)), last]
        found += [Piece(piece.record, start, start + length) for start in starts]
    return tuple(found)
