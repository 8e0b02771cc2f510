"""`dynsur explore` refuses what it cannot serve, in one line."""

import socket
import subprocess
import sys

import pytest


def explore(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "dynsur.cli.main", "explore", "--no-browser", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nothing-of-this-name",), "unknown"),
        (("lorenz", "--set", "sigma=wide"), "sigma"),
        (("lorenz", "--set", "model.width=3"), "cannot be set here"),
    ],
)
def test_what_cannot_be_explored_is_refused(arguments, told):
    done = explore(*arguments)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert told in line


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = explore("lorenz", "--port", port)
    assert done.returncode == 2
    assert f"port {port} of this machine cannot be used" in done.stderr
