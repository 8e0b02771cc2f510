"""The identity of data, which must match to continue a store, and their provenance."""

import dataclasses
import datetime
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..systems.parameters import Parameter
from ..systems.simulator import Simulator
from ..systems.waveforms import Waveform
from .fingerprint import fingerprint
from .host import host
from .recorded import recorded_in

CALLABLE = "callable"  # stands for a function in a configuration

LIBRARIES = ("dynsur", "numpy", "scipy", "numba", "xarray", "zarr", "dask", "distributed")


def identity(simulator: Simulator, seed: int) -> dict[str, Any]:
    """Return the names and numbers that determine the contents of a store.

    Code is not part of them. Whether a simulator of the same name still behaves alike is checked by
    simulating some samples again; see `core.generation.agreement`.
    """
    return {"system": simulator.name, "seed": seed, "configuration": configuration(simulator)}


def has_configuration(simulator: Simulator, held: str) -> bool:
    """Return whether a simulator has the configuration that a store holds.

    Earlier versions wrote a callable as its module and name, and lacked some fields. A field that
    the store lacks agrees if it has its default.
    """
    old, new = json.loads(held), json.loads(configuration(simulator))
    fields = dataclasses.fields(simulator) if dataclasses.is_dataclass(simulator) else ()
    defaults = {f.name: _plain(f.default) for f in fields if f.name not in old}
    lacking = {name: new[name] for name in defaults if name in new and new[name] == defaults[name]}
    return {**lacking, **without_callables(old, new)} == new


def without_callables(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return a held configuration with its callables in the form in which they are now written."""
    return {
        name: CALLABLE if wanted.get(name) == CALLABLE and isinstance(value, str) else value
        for name, value in held.items()
    }


def provenance(simulator: Simulator, seed: int) -> dict[str, Any]:
    """Return the identity, its hash, the fingerprint, the versions and the time as JSON values."""
    fixed = identity(simulator, seed)
    return {
        **fixed,
        "distribution": distribution(simulator),
        "fingerprint": fingerprint(simulator),
        "title": f"Simulations of {simulator.description or simulator.name}",
        "identity": hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest(),
        **made_now(LIBRARIES),
    }


def made_now(libraries: Iterable[str]) -> dict[str, str]:
    """Return the attributes `versions` and `created` of data that are made now."""
    versions = {name: importlib.metadata.version(name) for name in libraries}
    return {
        "versions": json.dumps({"python": platform.python_version(), **versions}),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def distribution(simulator: Simulator) -> str:
    """Return the distribution that offers the simulator with its version, or else its module."""
    offer = host().offers("dynsur_simulators").get(simulator.name)
    if offer is not None and type(offer.value) is type(simulator):
        return offer.distribution
    return f"module {type(simulator).__module__}"


def configuration(simulator: Simulator) -> str:
    """Return the simulator's fields and its parameter space as JSON."""
    fields = dataclasses.fields(simulator) if dataclasses.is_dataclass(simulator) else ()
    chosen = {f.name: _plain(getattr(simulator, f.name)) for f in fields if f.name != "space"}
    return json.dumps(
        {**chosen, "space": simulator.space.describe()}, sort_keys=True, default=_text
    )


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):  # a drive for each input
        return {name: _plain(inner) for name, inner in value.items()}
    return CALLABLE if callable(value) else value


def _text(value: object) -> str:
    """Return a text for a value that JSON cannot hold; an array is named by its hash."""
    if isinstance(value, np.ndarray):
        return f"array {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    return str(value)


def simulator_of(attributes: Mapping[Any, Any]) -> Simulator:
    """Build the simulator that filled a store from the store's attributes.

    For a store of recordings it is a `Recorded`, which names what was measured.

    Raises:
        DynsurError: No plugin offers the system, or a field cannot be read from its text.
    """
    if recorded := recorded_in(attributes):
        return recorded
    simulator = host().simulator(str(attributes["system"]))
    held = json.loads(attributes["configuration"])
    space = simulator.space
    for p in held.pop("space")["parameters"]:
        if p["name"] in space.names and (p["low"], p["high"]) != _range(space[p["name"]]):
            space = space.restrict(p["name"], p["low"], p["high"])
    now = json.loads(configuration(simulator))
    held = without_callables(held, now)
    changes = {name: _value(value) for name, value in held.items() if now.get(name) != value}
    if space is not simulator.space:
        changes["space"] = space
    try:
        rebuilt = dataclasses.replace(simulator, **changes)  # type: ignore[type-var]
    except (TypeError, ValueError):
        rebuilt = simulator
    if not has_configuration(rebuilt, attributes["configuration"]):
        raise DynsurError(
            f"the installed system '{simulator.name}' is not the one that filled the store "
            f"({attributes.get('distribution')}), or was configured from Python; "
            "`dynsur.core.generation.verify` takes the simulator itself."
        )
    return rebuilt


def _range(parameter: Parameter) -> tuple[float, float]:
    return parameter.low, parameter.high


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_value(inner) for inner in value)
    if isinstance(value, dict):
        inner = {name: _value(each) for name, each in value.items()}
        # The only dataclass that settings put into a field, alone or for each input.
        return Waveform(**inner) if inner.keys() == {"times", "values"} else inner
    return value
