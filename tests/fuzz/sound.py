"""Make a folder that holds something of everything that commands read, small and sound."""

import contextlib
import shutil
import types

import pytest
from command_line import invoke, one_client
from dynsur.core import Experiment, Published, hookimpl
from dynsur.core.registry.host import host

SMALL = ["--set", "model.width=4", "--epochs", "1"]
RUN = ["run", "duffing", "--samples", "10", "--chunk", "4", "--out", "here/run", *SMALL]
FIXED = ["--set", "alpha=1", "--set", "beta=1", "--set", "force=0.55", "--set", "period=20"]
FIT = [
    *("fit", "here/run", "--measured", "here/loop.csv", "--particles", "100", "--chains", "1"),
    *("--checks", "0", "--noise", "relative=0.05", "--noise", "absolute=0.01", "--quiet"),
    *(*FIXED, "--out", "here/fit"),
]
REPRODUCE = ["reproduce", "published", "--runs", "1", "--out", "here/repeated", *SMALL]
RANK = ["sensitivity", "here/run", "--of", "peak", "--base", "64", "--out", "here/ranking"]
SEARCH = [
    *("design", "here/run", "--maximise", "peak", "--minimise", "alpha", "--population", "8"),
    *("--generations", "2", "--points", "2", "--out", "here/front"),
]
FEW = [
    RUN,
    ["generate", "duffing", "--samples", "4", "--seed", "1", "--out", "here/b.zarr"],
    ["predict", "here/run", "--out", "here/loop.csv"],
]
ALL = [*FEW, FIT, REPRODUCE, RANK, SEARCH]
PUBLISHED = Published(
    source="A. Author, A Duffing oscillator, 1999",
    dataset="paper",
    figures={"mse_minmax": 0.5},
    times={"training": "an afternoon"},
    runs=1,
)


@contextlib.contextmanager
def made(folder, commands):
    """Run commands, keep what they made in `folder/sound`, and let others run in this process."""
    patch, plugin = pytest.MonkeyPatch(), types.ModuleType("published")
    parts = ("duffing", "decades", "modulated", "huber")
    offered = [Experiment("published", *parts, samples=10, published=PUBLISHED)]
    plugin.dynsur_experiments = hookimpl(lambda: offered)  # type: ignore[attr-defined]
    patch.chdir(folder)
    patch.setenv("DYNSUR_FLUSH", "0")
    patch.setattr("dynsur.core.reproduction.protocol.SHARES", (2 / 7,))
    host().manager.register(plugin, name="published")
    host().distributions["published"] = "published 1.0"
    try:
        with one_client(patch):
            patch.setattr("tornado.platform.asyncio.BaseAsyncIOLoop.start", _stop)
            for command in commands:
                answer = invoke(command)
                assert answer.code == 0, (command, answer)
            (folder / "here").rename(folder / "sound")
            yield folder
    finally:
        patch.undo()
        host().manager.unregister(plugin)
        del host().distributions["published"]


def _stop(*_):
    """Serve a page for no time at all."""
    raise KeyboardInterrupt


def files(folder):
    """Return the files below a folder that commands may read, without logs."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".log")
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def restore(folder):
    """Make `folder/here` a copy of `folder/sound`."""
    shutil.rmtree(folder / "here", ignore_errors=True)
    shutil.copytree(folder / "sound", folder / "here")
