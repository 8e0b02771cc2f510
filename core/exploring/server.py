"""Serve the page on this machine only, behind a token in its address."""

import functools
import secrets
import socket
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..registry import configure, host
from ..response import Responder
from ..systems.drive import driven
from ..systems.simulator import Simulator
from .answers import Answers
from .drives import OWN, Drive, Drives, usual_fields
from .page import Page
from .state import read_query
from .target import Target
from .widgets import bokeh

HOST = "127.0.0.1"


def explore(
    name: str,
    responder: Responder,
    settings: Mapping[str, str],
    *,
    port: int | None = None,
    browser: bool = True,
    started: Callable[[str], None] = print,
) -> None:
    """Serve the page until the program is interrupted.

    Args:
        name: What the user typed: a run, a model or a system.
        responder: What answers for it.
        settings: The settings that it was opened with, by name.
        port: Port of this machine; a free one by default.
        browser: Whether to open the browser.
        started: Called with the page's address.

    Raises:
        DynsurError: Bokeh is not installed, or the port is taken.
    """
    solver = solver_of(name, responder, settings)
    target = Target(name, responder, solver.name, settings, usual_drive(responder))
    answers = Answers(responder, solver)
    path = f"/{secrets.token_urlsafe(16)}"
    port = free_port() if port is None else port
    server = _server(functools.partial(open_page, target=target, answers=answers), path, port)
    address = f"http://{HOST}:{port}{path}"
    started(address)
    if browser:
        server.io_loop.add_callback(webbrowser.open, address)
    try:
        server.start()
        server.io_loop.start()
    except KeyboardInterrupt:
        pass
    finally:
        answers.close()
        server.stop()


def open_page(document: Any, target: Target, answers: Answers) -> Page:
    """Fill the document of a new session with what its link describes."""
    arguments = document.session_context.request.arguments
    query = {key: values[-1].decode(errors="replace") for key, values in arguments.items()}
    query = {key: text for key, text in query.items() if not key.startswith("bokeh-")}
    outputs = tuple(v.name for v in target.responder.simulator.outputs)
    state, complaints = read_query(query, target.responder.space, outputs, target.usual)
    return Page(document, target, answers, state, complaints)


def solver_of(name: str, responder: Responder, settings: Mapping[str, str]) -> Simulator:
    """Return the system that the button simulates.

    It is the system that a shipped model is named after, if that has the same parameters, input
    and outputs as the one that the model has learnt from: a model may learn from a coarse version
    of the system, which keeps no inner state.
    """
    own = responder.simulator
    if responder.surrogate is None or host().pretrained(name) is None or Path(name).exists():
        return own
    try:
        system = configure(host(), name, settings).simulator
    except DynsurError:
        return own
    same = system.space.names == own.space.names
    same &= (system.inputs, system.outputs) == (own.inputs, own.outputs)
    return system if same else own


def usual_drive(responder: Responder) -> Drive | Drives:
    """Return the system's own drive, with fields for the others that resemble it."""
    simulator = responder.simulator
    duration, series = 1.0, {}
    if simulator.inputs:
        try:
            time, series = driven(simulator, responder.space.columns({}))
            duration = float(time[0, -1])
        except DynsurError:
            pass  # known only after a simulation
    drives = {v.name: Drive(OWN, _fields_like(series.get(v.name), duration))
              for v in simulator.inputs}  # fmt: skip
    if len(drives) > 1:
        return Drives(drives)
    return next(iter(drives.values()), Drive(OWN, usual_fields(1.0, duration)))


def _fields_like(values: np.ndarray | None, duration: float) -> dict[str, str]:
    """Return fields of drives that swing as given values do, about 0 where these cross it."""
    if values is None:
        return usual_fields(1.0, duration)
    low, high = float(values.min()), float(values.max())
    if low * high > 0.0:
        return usual_fields((high - low) / 2.0, duration, (high + low) / 2.0)
    return usual_fields(max(-low, high), duration)


def free_port() -> int:
    """Return a port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _server(page: Callable[[Any], Any], path: str, port: int) -> Any:
    """Return Bokeh's server, whose scripts come from itself and never from the network."""
    bokeh("settings").settings.resources = "server"
    handler = bokeh("application.handlers.function").FunctionHandler(page)
    application = bokeh("application").Application(handler)
    try:
        return bokeh("server.server").Server(
            {path: application}, address=HOST, port=port, use_index=False,
            allow_websocket_origin=[f"{HOST}:{port}"], keep_alive_milliseconds=10_000,
        )  # fmt: skip
    except OSError as error:
        raise DynsurError(
            f"port {port} of this machine cannot be used: {error.strerror or error}; choose "
            "another --port, or leave it out for a free one."
        ) from None
