"""`dynsur explore`: a page in the browser on which parameters follow the hand."""

from typing import Annotated

import typer
from dynsur.core import DynsurError

from .options import Config, OfSystem, Settings, Target, parse_settings


def explore(
    target: Target,
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    system: OfSystem = False,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=1, max=65535, help="Port of this machine; a free one by default."
        ),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the page's address.")
    ] = False,
) -> None:
    """Move sliders and watch the response, in a page of the browser.

    Example: dynsur explore reram

    Example: dynsur explore runs/reram --no-browser
    """
    from dynsur.core.exploring import explore as serve
    from dynsur.core.response import open_responder

    given = parse_settings(settings, config)
    responder = open_responder(target, given, system=system)
    if not responder.simulator.outputs:
        raise DynsurError(f"'{target}' has no outputs to draw.")
    texts = {name: str(value) for name, value in given.items()}
    serve(target, responder, texts, port=port, browser=not no_browser, started=_tell)


def _tell(address: str) -> None:
    typer.echo(f"open {address}")
    typer.echo("this address is valid until you press Ctrl-C, and on this machine only.", err=True)
