"""The report of a run: one self-contained page and its figures as files."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..files import checksum, read_json
from ..registry.recorded import ATTRIBUTE
from ..store.damage import one_line, reading, refuse_damage
from ..store.samples import finished, open_store
from ..store.schema import inputs_and_outputs
from . import tables, words
from .findings import Judged, by_advice, findings
from .formatting import count
from .labels import name_of
from .pages import render, save_figures, write_page

if TYPE_CHECKING:
    import xarray as xr


def write_report(folder: Path, store: str | Path | None = None) -> Path:
    """Write `report.html` and `figures/*.png` into a run folder, or into that of a model.

    Parts of the run that do not exist yet, such as the evaluation, are left out.

    Args:
        folder: Run folder with data.zarr and those of run.json, history.json, metrics.json and
            predictions.zarr that the run has written; or a model folder.
        store: The store on which the model of a model folder was trained; a run has its own.

    Returns:
        Path of the page, which contains its figures and needs no other file.

    Raises:
        DynsurError: The folder holds no dataset, a file is damaged, or nothing can be written.
    """
    folder = Path(folder)
    run = _read(folder, "run.json" if store is None else "training.json", {})
    place = folder / "data.zarr" if store is None else Path(store)
    # A run may use fewer samples than its store holds.
    data = open_store(place).isel(sample=slice(run.get("samples")))
    _refuse_other(folder, data, store)
    _refuse_changed(folder, run)
    metrics = _read(folder, "metrics.json", {})
    history = _read(folder, "history.json", [])
    with reading(place), _understanding(folder, place):
        page = _page(folder, data, run, metrics, history)
    return write_page(folder / "report.html", page)


def _refuse_other(folder: Path, data: "xr.Dataset", store: str | Path | None) -> None:
    """Refuse a store on which the model in a model folder was not trained."""
    if store is None:
        return
    note = _read(folder, "model.json", {})
    if note.get("provenance", {}).get("store", "") != str(data.attrs.get("identity", "")):
        raise DynsurError(f"the model in '{folder}' was not trained on '{store}'.")


def _page(
    folder: Path,
    store: "xr.Dataset",
    run: dict[str, Any],
    metrics: dict[str, Any],
    history: list[dict[str, Any]],
) -> str:
    from .figures.collection import figures_of_run

    judged = _judged(store, run, metrics, history)
    shown = words.shown_outputs(judged) or _outputs(store)[: words.MANY]
    figures = save_figures(folder, figures_of_run(folder, store, metrics, history, shown))
    columns, rows, statement = tables.comparison(metrics)
    return render(
        "report.html",
        title=_title(store, run, folder),
        counted=_counted(judged.counts, "record" if ATTRIBUTE in store.attrs else "simulation"),
        judged=bool(metrics),
        learnt=words.learnt(judged),
        accuracy=words.accuracy(judged),
        speed=words.speed(judged),
        limits=words.limits(judged),
        findings=by_advice(findings(judged)),
        tables=[table for table in tables.accuracy_tables(metrics) if table[0] in shown],
        names=judged.names,
        merits=tables.merits(metrics),
        own=tables.own_metrics(metrics),
        configuration=tables.configuration(store, run),
        reasons=judged.reasons,
        variables=judged.variables,
        parameters=tables.parameters(store),
        columns=columns,
        rows=rows,
        statement=statement,
        times=tables.times(store, history, metrics, run),
        figures=figures,
        browsed=_browsed(folder, store, metrics, shown),
    )


def _browsed(
    folder: Path, store: "xr.Dataset", metrics: Mapping[str, Any], outputs: list[str]
) -> dict[str, Any]:
    """Return by output the held-out curves that the page draws itself."""
    from .figures.predictions import curves_to_browse

    if "pieces" in metrics or not (folder / "predictions.zarr").exists():
        return {}
    done = finished(store)
    found = {output: curves_to_browse(folder, done, output) for output in outputs}
    return {output: curves for output, curves in found.items() if curves}


def _judged(
    store: "xr.Dataset",
    run: dict[str, Any],
    metrics: dict[str, Any],
    history: list[dict[str, Any]],
) -> Judged:
    setup = run.get("setup", {})
    title = str(store.attrs.get("title", ""))
    return Judged(
        metrics=metrics,
        names={name: name_of(store, name) for name in _outputs(store)},
        history=history,
        counts=tables.counts(store),
        reasons=tables.reasons(store),
        setup=setup if isinstance(setup, dict) else {},
        description=title.removeprefix("Simulations of ").removeprefix("Recordings of ")
        or str(store.attrs.get("system", "")),
        variables=tables.variables(store),
    )


def _outputs(store: "xr.Dataset") -> list[str]:
    return inputs_and_outputs(store)[1]


def _title(store: "xr.Dataset", run: dict[str, Any], folder: Path) -> str:
    """Return the experiment of a run, or else the system of its store."""
    setup = run.get("setup", {})
    return str(setup.get("experiment") or store.attrs.get("system", folder.name))


def _counted(counts: Mapping[str, int], what: str = "simulation") -> str:
    """Return the number of simulations by how they ended, e.g. "36 simulations, 4 failed"."""
    rest = [f"{n} {name}" for name, n in counts.items() if n and name != "ok"]
    return ", ".join([f"{count(counts.get('ok', 0), what)} finished", *rest])


def _read(folder: Path, name: str, absent: Any) -> Any:
    """Read a JSON file of the folder that holds values of the same type as `absent`."""
    values = read_json(folder / name, absent)
    if not isinstance(values, type(absent)):
        raise _damaged(folder / name)
    return values


def _refuse_changed(folder: Path, run: dict[str, Any]) -> None:
    """Refuse results that are not as the stages of a run or an evaluation have written them."""
    marks = [
        mark
        for record in (run, _read(folder, "evaluation.json", {}))
        if isinstance(stages := record.get("stages"), dict)
        for mark in stages.values()
        if isinstance(mark, dict) and isinstance(mark.get("files"), dict)
    ]
    for name in ("metrics.json", "history.json", "predictions.zarr"):
        sums = {mark["files"][name] for mark in marks if name in mark["files"]}
        if sums and checksum(folder / name) not in sums:
            raise _damaged(folder / name)


@contextlib.contextmanager
def _understanding(folder: Path, store: Path) -> Iterator[None]:
    """Tell in one line that the results in a folder are not what a run writes."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        refuse_damage(store)
        raise DynsurError(
            f"the results in '{folder}' are damaged ({type(error).__name__}: {one_line(error)}); "
            "repeat the `dynsur run` that wrote them."
        ) from None


def _damaged(path: Path) -> DynsurError:
    return DynsurError(
        f"'{path}' is damaged: it is not as it was written; repeat the `dynsur run` or "
        "`dynsur evaluate` that wrote it."
    )
