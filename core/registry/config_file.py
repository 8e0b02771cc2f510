"""Read the files that `--config` takes: settings in TOML, and the record of a run."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import DynsurError, unknown_name
from ..systems.bases import CLOSED_FORM, NONE, offered
from ..systems.simulator import Simulator
from .coercion import field_types
from .configuration import PARTS
from .host import host
from .identity import configuration, without_callables

OPTIONS = (  # of commands, beside the settings of a run
    "system", "samples", "seed", "epochs", "workers", "scheduler", "out", "time_limit", "chunk",
    "retry_failed", "again",
)  # fmt: skip
RECORDS = ("run.json", "training.json")


@dataclass(frozen=True)
class ConfigFile:
    """What a configuration file says.

    Args:
        path: Path of the file.
        options: Values of the command line's options, e.g. {"samples": 64}.
        settings: Settings under the names that `--set` takes.
    """

    path: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


def read_config(path: str | Path) -> ConfigFile:
    """Read a TOML file, or the settings with which a run folder was made.

    In TOML, the table `[run]` holds options of the command line, `[parameters]` parameters, and
    tables such as `[model]` fields of a part. Outside of tables stand options and parameters.

    Args:
        path: A TOML file; or a run or model folder, or the run.json or training.json in it.

    Raises:
        DynsurError: The file cannot be read, or holds a name that no command knows.
    """
    path = Path(path)
    records = [path / name for name in RECORDS if (path / name).exists()]
    if path.suffix == ".json" or records:
        return _record(records[0] if records else path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(path, error) from None
    options, settings = {}, {}
    for table, name, value in _entries(path, content):
        if table == "run" or (not table and name in OPTIONS):
            if name not in OPTIONS:
                error = unknown_name("option of [run]", name, OPTIONS)
                raise DynsurError(f"in '{path}': {error}")
            options[name] = value
        else:
            settings[f"{table}.{name}" if table not in ("", "parameters") else name] = value
    return ConfigFile(path, options, settings)


def _unreadable(path: Path, error: Exception) -> DynsurError:
    return DynsurError(f"cannot read the configuration file '{path}': {error}.")


def _entries(path: Path, content: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield the table, the name and the value of each entry."""
    for key, value in content.items():
        if not isinstance(value, Mapping):
            yield "", key, value
            continue
        for name, inner in value.items():
            if isinstance(inner, Mapping):
                raise DynsurError(
                    f"in '{path}': [{key}.{name}] is a table in a table; expected values such as "
                    f"{name} = 1 in [{key}]."
                )
            yield key, name, inner


def _record(path: Path) -> ConfigFile:
    """Return the settings that a record of a run or of a training holds."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        setup = values["setup"]
        options = {"system": setup["experiment"], "seed": setup["seed"]}
        simulator = host().simulator(setup["system"])
        settings = {**_of_simulator(simulator, setup["simulator"]), **_of_parts(simulator, setup)}
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    except (KeyError, TypeError, AttributeError):
        raise DynsurError(
            f"'{path}' is no configuration: expected a TOML file, or the run.json of a run folder."
        ) from None
    if "samples" in values:
        options["samples"] = values["samples"]
    return ConfigFile(path, options, settings)


def _of_simulator(simulator: Simulator, held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields and ranges that differ from those of the installed simulator."""
    now = json.loads(configuration(simulator))
    fields = without_callables({k: v for k, v in held.items() if k in field_types(simulator)}, now)
    settings: dict[str, Any] = {
        f"simulator.{name}": value
        for name, value in fields.items()
        if name != "space" and now.get(name) != value
    }
    for name, text in held["space"].items():
        low, high = map(float, text.partition(" ")[0].split(":"))
        known = simulator.space[name] if name in simulator.space.names else None
        if known is None or (low, high) != (known.low, known.high):
            settings[name] = f"{low!r}:{high!r}"
    return settings


def _of_parts(simulator: Simulator, setup: Mapping[str, Any]) -> dict[str, Any]:
    """Return the chosen parts and all of their fields."""
    settings: dict[str, Any] = {
        f"{part}.{name}": value
        for part in (*PARTS, "training")
        for name, value in setup[part].items()
    }
    if "dataset.base" not in settings and "base" in field_types(
        host().dataset(setup["dataset"]["name"])
    ):  # a record leaves out the base that earlier versions had
        settings["dataset.base"] = CLOSED_FORM if CLOSED_FORM in offered(simulator) else NONE
    return settings
