"""`dynsur show`: print what a system, experiment, model, dataset or loss can be told."""

import json
from typing import Annotated

import typer
from dynsur.core.registry import Part, host

from .command import complete_part
from .options import AsJson

Name = Annotated[
    str,
    typer.Argument(
        help="Name of a system, experiment, model, dataset or loss; `dynsur plugins` lists them.",
        autocompletion=complete_part,
    ),
]
Kind = Annotated[
    str | None,
    typer.Option(
        "--kind", help="system, experiment, model, dataset or loss, where several share the name."
    ),
]


def show(name: Name, kind: Kind = None, as_json: AsJson = False) -> None:
    """Print the settings of a part with their defaults, units and meanings, as TOML.

    What is printed for a system or an experiment is the whole configuration of a run, and --config
    reads it back.

    Example: dynsur show vteam > vteam.toml
    """
    from dynsur.core.registry import find_part, toml_of

    part = find_part(host(), name, kind)
    print(json.dumps(_described(part), indent=1) if as_json else toml_of(host(), part).rstrip())


def _described(part: Part) -> dict[str, object]:
    """Return a part as JSON values; a run's parts are described by name."""
    from dynsur.core.registry import PARTS, configure

    about = {
        "kind": part.kind,
        "name": part.name,
        "description": part.description,
        "distribution": part.distribution,
    }
    if part.kind in PARTS:
        return {**about, "settings": _settings(part.value)}
    setup = configure(host(), part.name)
    simulator = setup.simulator
    parts = {name: getattr(setup, name) for name in PARTS}
    return {
        **about,
        "system": simulator.name,
        "samples": setup.samples,
        "seed": setup.seed,
        "points": simulator.points,
        "parameters": simulator.space.describe()["parameters"],
        "inputs": [{"name": v.name, **v.attrs} for v in simulator.inputs],
        "outputs": [{"name": v.name, **v.attrs} for v in simulator.outputs],
        "simulator": _settings(simulator),
        **{
            name: {"name": value.name, "settings": _settings(value)}
            for name, value in parts.items()
        },
        "training": _settings(setup.training),
    }


def _settings(part: object) -> dict[str, object]:
    from dynsur.core.registry import settings_of

    return {
        s.name: {"value": s.value, "accepted": s.accepted, "meaning": s.meaning}
        for s in settings_of(part)
    }
