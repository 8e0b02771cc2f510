"""The one error a user sees: what was given, what was expected, what to do."""

import difflib
from collections.abc import Iterable


class DynsurError(Exception):
    """Invalid input or an unusable environment, told in one line; the CLI exits with 2 on it."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> DynsurError:
    """Build the error for a name nobody offers, with a did-you-mean.

    Args:
        kind: What the name should have been, e.g. "parameter".
        name: What was given.
        known: The names that would have been accepted.

    >>> str(unknown_name("parameter", "E_G", ["E_g", "L"]))
    "unknown parameter 'E_G'; did you mean 'E_g'? Known: E_g, L."
    """
    names = sorted(known)
    lowered = {n.lower(): n for n in names}
    close = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    hint = f"did you mean '{lowered[close[0]]}'? " if close else ""
    return DynsurError(f"unknown {kind} '{name}'; {hint}Known: {', '.join(names) or 'none'}.")
