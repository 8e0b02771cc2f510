"""`dynsur info`: summarise a store."""

from typing import TYPE_CHECKING, Any

from dynsur.core import DynsurError
from dynsur.core.store import store_in

from .console import print_json, table_console
from .options import AsJson, StoreOrRun

if TYPE_CHECKING:
    from rich.table import Table

SHOWN = 20  # records
BAR = 40  # characters of the longest bar


def info(
    store: StoreOrRun,
    as_json: AsJson = False,
) -> None:
    """Show the sizes, failures, ranges, outputs, simulation times and provenance of a store."""
    from dynsur.core.store import describe

    location = store_in(store)
    found = describe(location)
    if foreign := _foreign(location, found["attributes"]):
        found["attributes"]["foreign"] = foreign
    if as_json:
        print_json(found)
        return

    console = table_console(markup=False)  # a plugin's reasons may hold brackets
    console.print(_overview(location, found))
    if found["reasons"]:
        console.print(_failures(found["reasons"]))
    if "records" in found:
        console.print(_records(found["records"]["files"]))
    console.print(_parameters(found["parameters"]))
    for name, output in found["outputs"].items():
        console.print(_histogram(name, output))
    console.print(_provenance(found))


def _foreign(location: str, attributes: dict[str, Any]) -> str:
    """Say which sample does not follow from the store's seed, where that can be told."""
    from dynsur.core.generation import foreign_in
    from dynsur.core.registry import simulator_of

    if not {"seed", "system", "configuration"} <= attributes.keys():
        return ""  # recordings or predictions
    try:
        found = foreign_in(location, simulator_of(attributes))
    except DynsurError:  # the plugin is not installed, or has changed
        return ""
    if found is None:
        return ""
    return (
        f"sample {found[0]} and perhaps others: '{found[1]}' does not follow from the seed; joined "
        "from another store, or changed"
    )


def _table(title: str, *columns: str) -> "Table":
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_header=bool(columns))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _overview(location: str, found: dict[str, Any]) -> "Table":
    sizes, spent = found["sizes"], found["time"]
    table = _table(location)
    table.add_row("samples", str(sizes["samples"]))
    table.add_row("status", ", ".join(f"{n} {name}" for name, n in found["status"].items() if n))
    table.add_row("points in time", str(sizes["points"]))
    table.add_row("samples in a chunk", str(sizes["chunk"]))
    table.add_row("in memory", _bytes(sizes["bytes"]))
    table.add_row("on disk", _bytes(sizes["bytes stored"]))
    for name, seconds in spent.items():
        label = "time in simulations" if name == "total" else f"time, {name}"
        table.add_row(label, f"{seconds:.3g} s")
    return table


def _failures(reasons: dict[str, dict[str, int]]) -> "Table":
    table = _table("Failures", "status", "samples", "reason, # for numbers")
    for status, kinds in reasons.items():
        for kind, count in kinds.items():
            table.add_row(status, str(count), kind)
    return table


def _records(files: list[dict[str, Any]]) -> "Table":
    table = _table("Records", "number", "file", "samples", "SHA-256")
    for number, row in enumerate(files[:SHOWN]):
        table.add_row(str(number), row["file"], f"{row['samples']:,}", row["sha256"][:16])
    if len(files) > SHOWN:
        table.add_row("…", f"and {len(files) - SHOWN} more", "", "")
    return table


def _parameters(parameters: dict[str, dict[str, Any]]) -> "Table":
    table = _table("Parameters", "name", "range", "sampled", "unit", "scale", "what")
    for name, p in parameters.items():
        spans = [
            f"{low:g}" if low == high else f"{low:.4g} … {high:.4g}"
            for low, high in (p["range"], p["sampled"])
        ]
        table.add_row(name, *spans, p["units"], p["scale"], p["long_name"])
    return table


def _histogram(name: str, output: dict[str, Any]) -> "Table":
    title = f"Largest modulus of {name} ({output['long_name']}), in {output['units']}"
    table = _table(title, "from", "to", "samples", "")
    longest = max((count for *_, count in output["histogram"]), default=1)
    if output["zero"]:
        table.add_row("0", "0", str(output["zero"]), "")
    for low, high, count in output["histogram"]:
        table.add_row(f"{low:.3g}", f"{high:.3g}", str(count), "█" * round(BAR * count / longest))
    return table


def _provenance(found: dict[str, Any]) -> "Table":
    table = _table("Provenance")
    long = (
        ("recorded", "records", "configuration", "resampling_error") if "records" in found else ()
    )
    shown = {key: value for key, value in found["attributes"].items() if key not in long}
    for key, value in {**shown, "content": found["content"]}.items():
        table.add_row(key, str(value))
    return table


def _bytes(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"
