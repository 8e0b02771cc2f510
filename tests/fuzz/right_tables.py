"""Tables that an instrument may write, whose values are known."""

import io
from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import strategies as st

NAMES = {
    "time": ("time", "Time", "TIME", "t"),
    "voltage": ("voltage", "Voltage", "VOLTAGE", "V"),
    "current": ("current", "Current", "I"),
}
UNITS = {
    "time": {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9},
    "voltage": {"V": 1.0, "mV": 1e-3, "kV": 1e3},
    "current": {"A": 1.0, "mA": 1e-3, "uA": 1e-6, "nA": 1e-9},
}
CODES = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]
BREAKS = ["\n", "\r\n", "\r"]


@dataclass(frozen=True)
class Right:
    """The bytes of a file, and what stands in it in the units of the quantities.

    Args:
        content: The file.
        ending: Its ending.
        values: Time from 0, voltage and current, in s, V and A.
    """

    content: bytes
    ending: str
    values: dict


@st.composite
def right_tables(draw):
    """Draw a table with a clock, a voltage and a current, in some dialect, order and units."""
    rows = draw(st.integers(20, 60))
    units = {name: draw(st.sampled_from(sorted(UNITS[name]))) for name in NAMES}
    columns = _columns(rows, draw(st.integers(1, 3)), draw(st.sampled_from([0.0, 5.0, 1e3])))
    header, written, values = {}, {}, {}
    for name in draw(st.permutations(sorted(NAMES))):
        form = draw(st.sampled_from(["{} ({})", "{} [{}]", "{} / {}", "{}({})"]))
        header[name] = form.format(draw(st.sampled_from(NAMES[name])), units[name])
        written[name] = np.array([float(f"{x:.9g}") for x in columns[name]])
        values[name] = written[name] * UNITS[name][units[name]]
    values["time"] = values["time"] - values["time"][0]
    frame = pd.DataFrame({header[name]: column for name, column in written.items()})
    ending = draw(st.sampled_from(["csv", "csv", "csv", "txt", "dat", "tsv", "xlsx", "parquet"]))
    if ending in ("xlsx", "parquet"):
        buffer = io.BytesIO()
        if ending == "xlsx":
            frame.to_excel(buffer, index=False)
        else:
            frame.to_parquet(buffer)
        return Right(buffer.getvalue(), ending, values)
    return Right(_text(draw, frame, units), ending, values)


def _columns(rows, cycles, offset):
    """Return triangles of 1.5 and the current of a hysteretic conductor, with a clock."""
    clock = np.arange(rows, dtype=float)
    phase = cycles * clock / rows
    voltage = 1.5 * (1.0 - 4.0 * np.abs((phase + 0.25) % 1.0 - 0.5))
    current = voltage * (1.0 + 0.5 * np.sin(2.0 * np.pi * phase))
    return {"time": offset + 0.25 * clock, "voltage": voltage, "current": current}


def _text(draw, frame, units):
    separator, decimal = draw(
        st.sampled_from([(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ",")])
    )
    lines = frame.to_csv(index=False, sep=separator, decimal=decimal, lineterminator="\n")
    before = draw(
        st.sampled_from(["", "", "# a loop\n", "Instrument SMU, 24.11.2026\n\n", "% x\n% y\n"])
    )
    code = draw(st.sampled_from(CODES))
    return (before + lines).replace("\n", draw(st.sampled_from(BREAKS))).encode(code)
