"""Run an experiment by its name, and look at what the run has left."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..files import path_of, read_json
from ..generation.cluster import connect as connect_to
from ..machine import available_cores
from ..numbers import whole
from ..registry.configuration import Setup, configure
from ..registry.host import host
from ..reporting.words import headline
from ..store.samples import open_store
from ..workflow.display import Connect, Display
from ..workflow.rich_display import RichDisplay
from ..workflow.run import run as run_stages

if TYPE_CHECKING:
    import xarray as xr

    from ..surrogate.surrogate import Surrogate

CHUNK = 16  # samples that are simulated and written together, at most


@dataclass(frozen=True, repr=False)
class Run:
    """A finished run: its simulations, its surrogate, its errors and its report.

    Args:
        folder: The run folder.
    """

    folder: Path

    @property
    def report(self) -> Path:
        """Path of the report, a page for the browser."""
        return self.folder / "report.html"

    @property
    def metrics(self) -> dict[str, Any]:
        """The errors on held-out simulations, as in metrics.json."""
        return read_json(self.folder / "metrics.json", absent={})

    @property
    def store(self) -> "xr.Dataset":
        """The simulations, opened as a dataset."""
        return open_store(self.folder / "data.zarr")

    @property
    def predictions(self) -> "xr.Dataset":
        """The held-out curves, simulated and predicted."""
        from ..evaluation.predictions import open_predictions

        return open_predictions(self.folder)

    @property
    def surrogate(self) -> "Surrogate":
        """The trained surrogate."""
        from ..surrogate.surrogate import Surrogate

        return Surrogate.load(self.folder)

    def __repr__(self) -> str:
        return "\n".join([f"Run in {self.folder}", *(f"  {line}" for line in self._lines())])

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(line)}</li>" for line in self._lines())
        return f"<b>Run in {escape(str(self.folder))}</b><ul>{lines}</ul>"

    def _lines(self) -> list[str]:
        return [*headline(self.metrics), f"report: {self.report}"]


def run(
    what: str | Setup,
    folder: str | Path | None = None,
    connect: Connect | None = None,
    display: Display | None = None,
    chunk: int | None = None,
    *,
    samples: int | None = None,
    seed: int = 0,
    epochs: int | None = None,
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    quiet: bool = False,
    **options: Any,
) -> Run:
    """Simulate a system, train a surrogate, judge it and write a report, as `dynsur run` does.

    Called again, it resumes and repeats no finished work. Simulations run in worker processes,
    which import the script that starts them; in a script the call therefore stands under
    `if __name__ == "__main__":`. A notebook needs no guard.

    Args:
        what: Name of a system or an experiment, or a setup made by `configure`.
        folder: Run folder; by default runs/NAME.
        connect: Opens the dask client; by default processes on this machine.
        display: Shows the progress; by default bars in a terminal and in notebooks.
        chunk: Number of samples that one task simulates.
        samples: Number of simulations; by default that of the experiment.
        seed: Seed of the samples, of the split and of the training.
        epochs: Most passes over the training part.
        settings: Settings under the names that `--set` takes, e.g. {"E_g": 1.3, "model.width": 64}.
        workers: Number of worker processes; by default one per core.
        quiet: Whether no progress is shown.
        options: `time_limit`, `retry_failed` and `again` of `dynsur run`.

    Raises:
        DynsurError: A name or a value is not accepted, the folder holds something else, or a stage
            fails.
    """
    setup = what if isinstance(what, Setup) else _named(what, settings, samples, seed, epochs)
    usual = Path("runs") / setup.experiment
    place = usual if folder is None else path_of("the run folder", folder)
    cores = available_cores() if workers is None else whole("the number of workers", workers)
    opened = connect or functools.partial(connect_to, None, cores)
    size = chunk or max(1, min(CHUNK, setup.samples // (4 * cores)))
    if display is not None:
        return Run(run_stages(setup, place, opened, display, size, **options).parent)
    with RichDisplay(quiet) as shown:
        return Run(run_stages(setup, place, opened, shown, size, **options).parent)


def open_run(folder: str | Path) -> Run:
    """Return the run in a folder.

    Raises:
        DynsurError: The folder holds no run.
    """
    place = path_of("the folder of a run", folder)
    if not (place / "run.json").exists():
        raise DynsurError(
            f"'{folder}' holds no run; expected a folder with run.json that `dynsur run` wrote."
        )
    return Run(place)


def _named(
    name: str,
    settings: Mapping[str, Any] | None,
    samples: int | None,
    seed: int,
    epochs: int | None,
) -> Setup:
    given = dict(settings or {})
    if epochs is not None:
        given["training.epochs"] = epochs
    return configure(host(), name, given, samples, seed)
