"""The `dynsur` program."""

import sys

import typer
from dynsur.core import DynsurError

from .plugins import plugins
from .simulate import simulate

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Simulate nonlinear dynamical systems and train fast surrogates of them.",
)
app.command()(simulate)
app.command()(plugins)


def main() -> None:
    """Run the program; a DynsurError is one line on stderr and exit code 2."""
    try:
        app()
    except DynsurError as error:
        print(f"dynsur: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("dynsur: stopped; nothing was written.", file=sys.stderr)
        sys.exit(130)
