"""The error that a user sees, which says what was given, what was expected and what to do."""

import difflib
import traceback
from collections.abc import Iterable
from pathlib import Path

CORE = Path(__file__).parent


class DynsurError(Exception):
    """Invalid input or an unusable environment, in one line; the CLI then exits with 2."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> DynsurError:
    """Return the error for an unknown name, with a suggestion.

    Args:
        kind: Kind of the name, e.g. "parameter".
        name: The unknown name.
        known: The accepted names.

    >>> str(unknown_name("parameter", "E_G", ["E_g", "L"]))
    "unknown parameter 'E_G'; did you mean 'E_g'? Known: E_g, L."
    """
    names = sorted(known)
    lowered = {n.lower(): n for n in names}
    close = difflib.get_close_matches(str(name).lower(), list(lowered), n=1, cutoff=0.6)
    hint = f"did you mean '{lowered[close[0]]}'? " if close else ""
    return DynsurError(f"unknown {kind} '{name}'; {hint}Known: {', '.join(names) or 'none'}.")


def author_line(error: BaseException) -> str:
    """Return " (FILE, line N)" of the plugin's code in which an error arose, or "".

    It is the deepest line in the folder of the function that the core has called.
    """
    called = _author_frames(error)
    folder = Path(called[0].filename).parent if called else None
    deeper = [frame for frame in called if Path(frame.filename).parent == folder]
    return f" ({Path(deeper[-1].filename).name}, line {deeper[-1].lineno})" if deeper else ""


def author_traceback(error: BaseException) -> str:
    """Return the part of a traceback within a plugin, with the error, or ""."""
    cause = error.__cause__ or error
    frames = _author_frames(cause)
    lines = (*traceback.format_list(frames), *traceback.format_exception_only(cause))
    return "".join(lines).rstrip() if frames else ""


def _author_frames(error: BaseException) -> list[traceback.FrameSummary]:
    frames = list(traceback.extract_tb(error.__traceback__))
    of_core = [CORE in Path(frame.filename).parents for frame in frames]
    if not any(of_core):
        return []
    called = frames[len(frames) - of_core[::-1].index(True) :]
    if called:
        return called
    since = of_core.index(True)  # the plugin has called the core with something wrong
    return [f for f, own in zip(frames[since:], of_core[since:], strict=True) if not own][-1:]
