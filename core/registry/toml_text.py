"""Write the configuration of an experiment or of a part as TOML that `--config` reads."""

import json
import math
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..systems.parameters import Parameter
from ..systems.simulator import Simulator
from .configuration import PARTS, Setup, configure
from .host import Host
from .parts import Part, Setting, settings_of

WIDTH = 96  # columns of comments


def toml_of(host: Host, part: Part) -> str:
    """Return the settings of a part as TOML with comments.

    That of a system or an experiment is the whole configuration of a run; that of a model, dataset
    or loss is its table.

    Args:
        host: The installed plugins.
        part: What to write.
    """
    if part.kind in PARTS:
        lines = [
            *_comment(f"{part.name}: {part.description} ({part.kind} of {part.distribution})"),
            *_table(part.kind, settings_of(part.value), part.name),
        ]
    else:
        lines = list(_experiment(part, configure(host, part.name)))
    return "\n".join(lines) + "\n"


def _experiment(part: Part, setup: Setup) -> Iterator[str]:
    simulator = setup.simulator
    yield from _comment(f"{part.name}: {part.description} ({part.kind} of {part.distribution})")
    yield from _system(simulator)
    yield from _comment(
        f"`dynsur show {part.name} > my.toml` keeps this file, and `dynsur run --config my.toml` "
        "runs what stands in it. What is left out has its default."
    )
    yield ""
    yield "[run]"
    yield f"system = {toml_value(part.name)}"
    yield f"samples = {setup.samples}  # simulations"
    yield f"seed = {setup.seed}  # of the samples, of the split and of the training"
    yield ""
    yield "[parameters]  # [low, high] is sampled, one value is fixed"
    for parameter in simulator.space:
        yield from _parameter(parameter)
    fields = settings_of(simulator)
    if fields:
        yield ""
        yield from _table("simulator", fields)
    for name in (*PARTS, "training"):
        value = getattr(setup, name)
        yield ""
        yield from _table(name, settings_of(value), getattr(value, "name", None))


def _system(simulator: Simulator) -> Iterator[str]:
    yield from _comment(f"System {simulator.name}: {simulator.description}")
    for role, variables in (("input", simulator.inputs), ("output", simulator.outputs)):
        for v in variables:
            unit = "" if v.units == "1" else f" ({v.units})"
            yield from _comment(f"  {role} {v.name}{unit}: {v.long_name or v.name}")
    yield from _comment(f"  {simulator.points} instants in a trajectory")


def _parameter(parameter: Parameter) -> Iterator[str]:
    p = parameter
    about = ", ".join(filter(None, (p.long_name or p.name, "" if p.units == "1" else p.units)))
    value = toml_value(p.low) if p.is_fixed else toml_value([p.low, p.high])
    span = "" if p.is_fixed else f"; {p.scale} scale; {p.value:.4g} for a single system"
    one_of = f"; one of {', '.join(f'{c:g}' for c in p.choices)}" if p.choices else ""
    yield f"{p.name} = {value}  # {about}{one_of}{span}"


def _table(name: str, settings: Iterable[Setting], chosen: str | None = None) -> Iterator[str]:
    yield f"[{name}]"
    if chosen is not None:
        yield f"name = {toml_value(chosen)}"
    for setting in settings:
        yield from _comment(setting.meaning or setting.accepted)
        hint = f"  # {setting.accepted}" if setting.meaning else ""
        yield f"{setting.name} = {toml_value(setting.value)}{hint}"


def _comment(text: str) -> list[str]:
    indent = "#   " if text.startswith("  ") else "# "
    return textwrap.wrap(
        text.strip(),
        WIDTH,
        initial_indent=indent,
        subsequent_indent="#   ",
        break_on_hyphens=False,
    )


def toml_value(value: Any) -> str:
    """Return a plain value in TOML; None is the text "none", which settings take for it.

    >>> toml_value(1e-14), toml_value((8, 16)), toml_value(True), toml_value("a"), toml_value(None)
    ('1e-14', '[8, 16]', 'true', '"a"', '"none"')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # inf and nan are TOML
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(toml_value, value))}]"
    return json.dumps("none" if value is None else str(value) if isinstance(value, Path) else value)
