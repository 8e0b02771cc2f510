"""`dynsur export-circuit`: write a system or a trained model for a circuit simulator."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .export import Force, refuse_existing
from .options import Config, Settings, parse_settings, single_values

if TYPE_CHECKING:
    from dynsur.core.circuits import Exported, ExportedModel

Exportable = Annotated[
    str,
    typer.Argument(
        metavar="SYSTEM|RUN",
        help="Name of a system, or the run or model folder of a trained model.",
    ),
]
SAME = 1e-6  # of the largest value: a larger difference of the equations is warned of
CLOSE = 0.01  # of the peak: a larger difference between ngspice and the solver is warned of


def export_circuit(
    system: Exportable,
    out: Annotated[
        Path,
        typer.Argument(
            help="File to write: OUT.cir, OUT.lib or OUT.sub for SPICE, OUT.va for Verilog-A."
        ),
    ],
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check/--no-check",
            help="Run the subcircuit in ngspice under the system's drive and print how far it is "
            "from the solver or the model; compile Verilog-A by openvaf-py and compare its "
            "equations.",
        ),
    ] = True,
    force: Force = False,
) -> None:
    """Write a system or a trained model as a SPICE subcircuit or as a Verilog-A module.

    The system is one of ordinary differential equations. The model is one that steps a state in
    time, such as nlss; what --set gives a value becomes a part of its weights.

    Example: dynsur export-circuit vteam vteam.cir --set R_on=80
    """
    from dynsur.core.circuits import export_circuit as write
    from dynsur.core.circuits import export_model_circuit
    from dynsur.core.response import open_responder

    refuse_existing(out, force)
    given = parse_settings(settings, config)
    single_values(given)
    trained = Path(system).exists()
    found = open_responder(system, given, system=not trained)
    if found.surrogate is not None:
        exported = export_model_circuit(found.surrogate, out)
    else:
        exported = write(found.simulator, out)
    kind = "module" if exported.is_verilog else ".subckt"
    typer.echo(f"wrote {out}: {kind} {exported.name} {' '.join(exported.ports.names)}")
    if check:
        (_check_equations if exported.is_verilog else _check_curves)(exported)


def _check_equations(exported: "Exported | ExportedModel") -> None:
    from dynsur.core.circuits import has_openvaf

    if not has_openvaf():
        typer.echo("it is not compiled, because openvaf-py is not installed", err=True)
        return
    gaps = exported.residuals()
    most = max(gaps.values())
    typer.echo(f"compiled by OpenVAF, its equations are within {most:.2g} of dynsur's")
    if most > SAME:
        worst = max(gaps, key=lambda name: gaps[name])
        typer.echo(f"warning: {worst} departs; look at both before you use the module.", err=True)


def _check_curves(exported: "Exported | ExportedModel") -> None:
    from dynsur.core.circuits import has_ngspice

    if not has_ngspice():
        typer.echo("it is not checked, because ngspice is not installed", err=True)
        return
    gaps = exported.deviations()
    for name, gap in gaps.items():
        typer.echo(f"{name} in ngspice is within {100.0 * gap:.2g} % of its peak")
    moved, points = exported.moved
    if moved:
        remedy = f"; a training with --set simulator.points={points} avoids it" if points else ""
        typer.echo(
            f"{moved} instants of the model lie on kinks of the usual drive, beside the equal "
            f"steps of the element, which is part of this{remedy}.",
            err=True,
        )
    elif max(gaps.values()) > CLOSE:
        typer.echo(
            f"warning: the subcircuit departs from the solver by {max(gaps.values()):.0%} of the "
            "peak. Chaotic systems do, and abrupt switching; look at both curves before you use "
            "it, and try a smaller .options reltol.",
            err=True,
        )
