"""Options that several commands share."""

from typing import Annotated

import typer
from dynsur.core import DynsurError

System = Annotated[str, typer.Argument(help="Name of the system; `dynsur plugins` lists them.")]
Settings = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Set a parameter; repeatable. `dynsur plugins SYSTEM` lists names, units, ranges.",
    ),
]


def parse_settings(settings: list[str]) -> dict[str, float]:
    """Turn NAME=VALUE texts into numbers by name.

    Raises:
        DynsurError: A text is not NAME=NUMBER.

    >>> parse_settings(["E_g=1.3", "mu_x=5e-14"])
    {'E_g': 1.3, 'mu_x': 5e-14}
    """
    values = {}
    for text in settings:
        name, sign, value = text.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            sign = ""
        if not sign:
            raise DynsurError(f"--set takes NAME=NUMBER, e.g. --set E_g=1.3; got '{text}'.")
    return values
