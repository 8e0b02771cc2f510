"""A reproduction on a toy: its numbers are those of its trainings, and it redoes nothing."""

import contextlib
import json
import re
import types
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError, Experiment, Published, hookimpl, open_store
from dynsur.core.generation.agreement import FEW
from dynsur.core.registry.host import host
from dynsur.core.reproduction.page import accuracy_rows
from dynsur.core.reproduction.protocol import protocols, published_of, trials
from dynsur.core.reproduction.reproduce import reproduce
from learning import Dense, SquaredError
from toy_simulator import Toy

EPOCHS = 2
PUBLISHED = Published(
    source="A. Author, A toy, 1999",
    dataset="paper",
    figures={"mse_minmax": 0.5, "mae_minmax": 0.25},
    times={"training": "an afternoon"},
    runs=2,
    settings={"loss.scale": 2.0},
)


class Display:
    """Notes what it is told; interrupts after so many epochs."""

    def __init__(self, epochs=np.inf):
        self.texts, self.left, self.epochs = [], epochs, 0

    def stage(self, text):
        self.texts.append(text)

    def simulated(self, progress): ...

    def trained(self, row, epochs):
        self.epochs += 1
        if self.epochs >= self.left:
            raise KeyboardInterrupt


@pytest.fixture(scope="module", autouse=True)
def one_share():
    """Train on one share of the data beside the whole, to be done sooner."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dynsur.core.reproduction.protocol.SHARES", (2 / 7,))
        yield


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    """Install a plugin of toys, whose simulator notes each call in a file."""
    log = tmp_path_factory.mktemp("log") / "calls"
    bound = ("toy", "decades", "dense", "squared")
    offers = {
        "simulators": [Toy(points=21, log=str(log))],
        "models": [Dense()],
        "losses": [SquaredError()],
        "experiments": [
            Experiment("toy", *bound, samples=30, published=PUBLISHED),
            Experiment("unpublished", *bound),
        ],
    }
    plugin = types.ModuleType("toys")
    for kind, values in offers.items():
        setattr(plugin, f"dynsur_{kind}", hookimpl(lambda values=values: values))
    host().manager.register(plugin, name="toys")
    host().distributions["toys"] = "toys 1.0"
    yield log
    host().manager.unregister(plugin)
    del host().distributions["toys"]


@pytest.fixture(scope="module")
def connect():
    from distributed import Client

    with Client(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as client:
        yield lambda: contextlib.nullcontext(client)


SMALL = {"training.epochs": EPOCHS, "training.threads": 1}


def do(folder, connect, display=None, runs=2, settings=SMALL, **options):
    setups = protocols(host(), "toy", settings)
    return reproduce(
        setups, PUBLISHED, folder, connect, display or Display(), runs=runs, chunk=8, **options
    )


def content(folder):
    return {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def done(toys, connect, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reproduction") / "out"
    page = do(folder, connect)
    assert page == folder / "report.html"
    return folder, json.loads((folder / "reproduction.json").read_text())


def test_every_training_has_a_folder_and_all_share_one_store(done):
    folder, found = done
    names = {p.parent.parent.relative_to(folder) for p in folder.rglob("model/model.json")}
    assert names == {
        Path(f"{protocol}/seed-{seed}{share}")
        for protocol in ("published", "default")
        for seed in (0, 1)
        for share in ("", "-share-0.286")
    }
    assert len(list(folder.rglob("*.zarr"))) == 1 + len(names)
    assert found["datasets"] == {"published": "paper", "default": "decades"}
    losses = [
        json.loads((folder / p / "seed-0" / "run.json").read_text())["setup"]["loss"]["scale"]
        for p in ("published", "default")
    ]
    assert losses == [2.0, 1.0]


def test_runs_differ_in_their_split_and_protocols_share_it(done):
    folder, _ = done
    tested = {
        (protocol, seed): set(
            xr.open_zarr(folder / protocol / f"seed-{seed}" / "predictions.zarr")["sample"].values
        )
        for protocol in ("published", "default")
        for seed in (0, 1)
    }
    assert tested["published", 0] == tested["default", 0] != tested["default", 1]


@pytest.mark.parametrize("protocol", ["published", "default"])
def test_the_numbers_are_those_of_the_predictions(done, protocol):
    folder, found = done
    store = open_store(folder / "data.zarr")["y"].values
    errors = []
    for seed in (0, 1):
        curves = xr.open_zarr(folder / protocol / f"seed-{seed}" / "predictions.zarr")
        setup = protocols(host(), "toy", SMALL)[protocol]
        data = setup.dataset.prepare(open_store(folder / "data.zarr"), setup.simulator, seed)
        span = np.ptp(store[data.train.sample])
        errors.append(float((((curves["y_predicted"] - curves["y"]) / span) ** 2).mean()))
    accuracy = found["accuracy"][protocol]["mse_minmax"]
    assert accuracy["runs"] == pytest.approx(errors)
    assert accuracy["mean"] == pytest.approx(np.mean(errors))
    assert accuracy["sd"] == pytest.approx(abs(errors[1] - errors[0]) / np.sqrt(2))
    # The whole length and the whole training part are the run itself.
    assert [row[-1] for row in found["length"][protocol]] == pytest.approx(errors)
    assert found["size"][protocol]["21"]["mse"] == pytest.approx(errors)
    assert list(found["size"][protocol]) == ["6", "21"]


def test_baselines_stand_beside_both(done):
    _, found = done
    assert list(found["accuracy"]) == ["published", "default", "training mean", "nearest neighbour"]
    assert found["published"] == {"source": PUBLISHED.source, **PUBLISHED.figures}
    assert found["length"]["training mean"][0][-1] == pytest.approx(
        found["accuracy"]["training mean"]["mse_minmax"]["runs"][0]
    )


def test_the_page_holds_numbers_and_pictures(done):
    folder, found = done
    page = (folder / "report.html").read_text()
    for _, cells in accuracy_rows(found):
        assert all(f">{cell}<" in page for cell in cells)
    assert "an afternoon" in page
    assert PUBLISHED.source in page
    names = {p.stem for p in (folder / "figures").iterdir()}
    assert names == {"figure2", "figure3", "figure4a", "figure4b", "hidden"}
    assert page.count("<figure>") == len(names)
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', page)
    assert all(source.startswith("data:image/png;base64,") for source in sources)


def test_once_more_changes_nothing(done, toys, connect):
    folder, _ = done
    before = {p: b for p, b in content(folder).items() if p != folder / "run.json"}
    calls, display = toys.read_text(), Display()
    do(folder, connect, display)
    assert {p: b for p, b in content(folder).items() if p != folder / "run.json"} == before
    assert toys.read_text().count("\n") == calls.count("\n") + FEW  # tried again, no more
    assert display.texts == ["30 simulations: up to date, skipped",
                             "8 of 8 trainings: up to date, skipped",
                             "report: up to date, skipped"]  # fmt: skip


def test_another_configuration_is_refused_and_nothing_changes(done, connect):
    folder, _ = done
    before = content(folder)
    with pytest.raises(DynsurError, match=r"another published.training.epochs \(2, now 3\)"):
        do(folder, connect, settings=SMALL | {"training.epochs": 3})
    assert content(folder) == before


def test_an_interrupted_one_goes_on_and_more_runs_extend_it(done, toys, connect, tmp_path):
    folder = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        do(folder, connect, Display(EPOCHS + 1), runs=1)
    kept = content(folder / "published")
    calls = toys.read_text()
    display = Display()
    do(folder, connect, display, runs=1)
    assert toys.read_text().count("\n") == calls.count("\n") + FEW  # tried again, no more
    assert {p: content(folder)[p] for p in kept} == kept
    assert display.epochs == 4 * EPOCHS - EPOCHS - 1
    assert "1 of 4 trainings: up to date, skipped" in display.texts
    do(folder, connect, runs=2)
    again, whole = (
        json.loads((path / "reproduction.json").read_text())["accuracy"]
        for path in (folder, done[0])
    )
    assert again == whole


def test_a_measured_curve_joins_the_third_figure(done, connect, tmp_path):
    folder, _ = done
    before = (folder / "figures" / "figure3.png").read_bytes()
    (tmp_path / "iv.csv").write_text("u [V],y [A]\n0,0\n0.5,1\n1,2\n")
    do(folder, connect, measured=tmp_path / "iv.csv")
    assert (folder / "figures" / "figure3.png").read_bytes() != before
    (tmp_path / "iv.csv").write_text("a,b\n0,0\n1,2\n")
    with pytest.raises(DynsurError, match=r"no column of '.*' is u \[V\]: it names a, b; expected"):
        do(folder, connect, measured=tmp_path / "iv.csv")


def test_an_experiment_without_published_figures_names_those_with(toys):
    with pytest.raises(DynsurError, match=r"'unpublished' names no published figures.*reram, toy;"):
        published_of(host(), "unpublished")
    with pytest.raises(DynsurError, match="did you mean 'toy'"):
        published_of(host(), "tyo")


def test_a_folder_of_something_else_is_refused(toys, connect, tmp_path):
    (tmp_path / "thesis.tex").write_text("months of work")
    with pytest.raises(DynsurError, match="is not a run folder"):
        do(tmp_path, connect)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_settings_hold_for_both_and_the_published_dataset_stays(toys):
    setups = protocols(host(), "toy", {"model.width": 3, "dataset": "decades"}, seed=4)
    assert [setup.model.width for setup in setups.values()] == [3, 3]
    assert [setup.dataset.name for setup in setups.values()] == ["paper", "decades"]
    assert [trial.setup.seed for trial in trials(setups, 2)[:4]] == [4, 4, 5, 5]
