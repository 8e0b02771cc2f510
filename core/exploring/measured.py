"""Read a measured file that was dropped onto the page."""

import base64
import binascii
import contextlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from ..errors import DynsurError
from ..inference import MeasuredLoop, read_loops
from ..systems.simulator import Simulator
from ..systems.variables import Variable
from ..tables import Quantity, read_table

LARGEST = 64 * 2**20  # bytes of a dropped file
TIME = Quantity("time", "s", "t")


@dataclass(frozen=True)
class Measured:
    """A measured curve.

    Args:
        name: The file's name.
        time: Instants, shape [row], in s; NaN where the file has no time.
        drive: The input, shape [row]; the time for a system without an input.
        outputs: The outputs that the file holds by name, each of shape [row].
        summary: What was understood of the file, in one line.
        loops: The same for a fit, one for each output that the file names; none if the file or the
            system does not allow a fit.
    """

    name: str
    time: np.ndarray
    drive: np.ndarray
    outputs: Mapping[str, np.ndarray]
    summary: str
    loops: tuple[MeasuredLoop, ...] = ()


def read_dropped(
    name: str,
    content: str,
    simulator: Simulator,
    output: str,
    columns: str | None = None,
    over: str = "",
) -> Measured:
    """Read a file that came from the browser.

    Args:
        name: The file's name, whose ending says what it is.
        content: Its bytes in base64.
        simulator: The system whose input and outputs it holds.
        output: The output that is drawn, which it must hold.
        columns: Which column holds what, as `--columns`.
        over: Name of the input that it is drawn over; by default the first one.

    Raises:
        DynsurError: It is too large, cannot be read, or holds no such columns; names the file.
    """
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise DynsurError(f"'{name}' did not arrive whole; drop it again.") from None
    if len(data) > LARGEST:
        raise DynsurError(f"'{name}' has {len(data)} bytes; at most {LARGEST} are read here.")
    plain = PurePosixPath(name.replace("\\", "/")).name or "file"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"measured{PurePosixPath(plain).suffix}"
        path.write_bytes(data)
        try:
            found = _read(path, plain, simulator, output, columns or None, over)
        except DynsurError as error:
            raise DynsurError(str(error).replace(str(path), plain)) from None
        with contextlib.suppress(DynsurError):  # a file without a clock is drawn all the same
            loops = read_loops(path, simulator, columns or None)
            if output not in [loop.quantity for loop in loops]:
                loops = read_loops(path, simulator, columns or None, [output])
            found = replace(found, loops=tuple(loops))
    return found


def _read(
    path: Path, name: str, simulator: Simulator, output: str, columns: str | None, over: str
) -> Measured:
    drives = [_quantity(v) for v in simulator.inputs if v.name == over]
    drives = drives or [_quantity(v) for v in simulator.inputs[:1]]
    wanted = [*drives, *(_quantity(v) for v in simulator.outputs if v.name == output)]
    timed = True
    also = ("sweep", "step", *(v.name for v in (*simulator.inputs, *simulator.outputs)))
    try:
        table = read_table(path, [TIME, *wanted], columns, also=also)
    except DynsurError:
        if not drives:
            raise
        timed = False  # a loop needs no clock
        table = read_table(path, wanted, columns, also=("time", *also))
    rows = np.all([np.isfinite(table.columns[q.name]) for q in wanted], axis=0)
    if rows.sum() < 2:
        raise DynsurError(f"'{path}' holds {rows.sum()} complete rows; expected two or more.")
    held = {name: values[rows] for name, values in table.columns.items()}
    time = held["time"] if timed else np.full(int(rows.sum()), np.nan)
    left = f", {(~rows).sum()} without a value left out" if not rows.all() else ""
    told = "; ".join(
        f"{q.name} from '{table.sources[q.name].name}'" for q in ([TIME] if timed else []) + wanted
    )
    notes = "".join(f"; {note}" for note in table.notes)
    clock = "" if timed or not drives else "; no column of times, so only its loop is drawn"
    return Measured(
        name=name,
        time=time - time[0],
        drive=held[drives[0].name] if drives else time,
        outputs={output: held[output]},
        summary=f"{name}: {rows.sum()} rows{left}; {told}{notes}{clock}.",
    )


def _quantity(variable: Variable) -> Quantity:
    return Quantity(variable.name, variable.units, variable.symbol)
