"""The official libraries accept what is published, and it opens as the store that it was."""

import hashlib
import json
import shutil
import zipfile

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError, triangle
from dynsur.core.ode import ODESystem
from dynsur.core.publishing import publish
from dynsur.core.publishing.about import author, licence
from dynsur.core.registry import host
from dynsur.core.store.samples import create_or_extend, write_chunk
from dynsur.datasets import open as open_dataset

WHO = "Curie, Marie; 0000-0002-1825-0097"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Fifteen samples of the Duffing oscillator, one of which has failed."""
    path = tmp_path_factory.mktemp("store") / "data.zarr"
    simulator = host().simulator("duffing")
    assert isinstance(simulator, ODESystem)
    create_or_extend(path, simulator, 15, 0, 5)
    columns = simulator.space.sample(0, 0, 15)
    time = np.linspace(0.0, 1.0, simulator.points) * np.ones((15, 1))
    drive = triangle(1.0, 1.0)(time)
    rows = {"time": time, "drive": drive, "displacement": drive**3 + columns["delta"][:, None]}
    status = np.array([1] * 14 + [2], np.int8)
    reason = [""] * 14 + ["diverged"]
    write_chunk(path, 0, {**rows, "status": status, "reason": reason, "wall_time": np.ones(15)})
    return path


@pytest.fixture(scope="module")
def published(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "duffing"
    publish(store, folder, title="Duffing <loops>", authors=[WHO], licence_name="cc0-1.0")
    return folder


def test_it_opens_again_as_the_store_that_it_was(store, published):
    before = open_dataset(store)
    for place in (published, published / "data.zip"):
        again = open_dataset(place)
        assert again.sizes["sample"] == 14
        xr.testing.assert_identical(again.load(), before.load())


def test_xarray_alone_reads_the_archive(published):
    data = xr.open_zarr(f"zip://::{published / 'data.zip'}")
    assert data.sizes["sample"] == 15


@pytest.mark.filterwarnings("ignore")
def test_croissant_is_valid_and_gives_the_records(published):
    croissant = pytest.importorskip("mlcroissant")
    dataset = croissant.Dataset(str(published / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    assert not dataset.metadata.ctx.issues.warnings
    records = list(dataset.records("simulations"))
    assert len(records) == 14
    delta = [record["simulations/delta"] for record in records]
    np.testing.assert_allclose(delta, open_dataset(published)["delta"].values)


def test_the_crate_is_read_and_names_every_file(published):
    from rocrate.rocrate import ROCrate

    crate = ROCrate(published)
    assert crate.name == "Duffing <loops>"
    assert {e.id for e in crate.data_entities} == {"parameters.parquet", "data.zip"}
    assert crate.root_dataset["license"].id.startswith("https://creativecommons.org/publicdomain")
    assert crate.root_dataset["creator"][0]["name"] == "Curie, Marie"


def test_zenodo_finds_what_it_needs(published):
    told = json.loads((published / ".zenodo.json").read_text("utf-8"))
    assert told["upload_type"] == "dataset"
    assert told["creators"] == [{"name": "Curie, Marie", "orcid": "0000-0002-1825-0097"}]
    assert told["license"] == "cc0-1.0"


def test_the_hashes_are_those_of_the_files(published):
    files = json.loads((published / "croissant.json").read_text("utf-8"))["distribution"]
    for file in files:
        content = (published / file["contentUrl"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_card_names_files_columns_and_licence(published):
    card = (published / "README.md").read_text("utf-8")
    assert card.startswith("---\nlicense: cc0-1.0\n")
    for word in ("`data.zip`", "`parameters.parquet`", "| `delta` |", "CC0-1.0", "Curie, Marie"):
        assert word in card


def test_the_same_store_gives_the_same_archive(store, published, tmp_path):
    publish(store, tmp_path / "again")
    assert (tmp_path / "again/data.zip").read_bytes() == (published / "data.zip").read_bytes()


def test_a_large_store_is_split_and_unpacks_into_one(store, tmp_path):
    publish(store, tmp_path / "out", largest=20_000)
    archives = sorted((tmp_path / "out").glob("data-*.zip"))
    assert len(archives) > 2
    with pytest.raises(DynsurError, match="is split"):
        open_dataset(tmp_path / "out")
    for archive in archives:
        zipfile.ZipFile(archive).extractall(tmp_path / "data.zarr")
    xr.testing.assert_identical(
        open_dataset(tmp_path / "data.zarr").load(), open_dataset(store).load()
    )


def test_a_run_brings_its_surrogate_and_report(store, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(store, run / "data.zarr")
    (run / "model").mkdir()
    (run / "model" / "model.json").write_text("{}")
    (run / "report.html").write_text("<html>")
    found = publish(run, tmp_path / "out")
    assert {file.path for file in found.files} == {
        "parameters.parquet", "data.zip", "report.html", "model/model.json"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"licence_name": "CC-BY-5"}, "unknown licence 'CC-BY-5'; expected one of CC-BY-4.0"),
        ({"authors": ["Curie; 12"]}, "'Family, Given; 0000-0000-0000-0000'; got 'Curie; 12'"),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(store, tmp_path, given, message):
    with pytest.raises(DynsurError, match=message):
        publish(store, tmp_path / "out", **given)
    assert not (tmp_path / "out").exists()


def test_what_exists_is_kept(store, published, tmp_path):
    with pytest.raises(DynsurError, match="--force"):
        publish(store, published)
    (tmp_path / "thesis.tex").write_text("months of work")
    with pytest.raises(DynsurError, match="is no publication"):
        publish(store, tmp_path, force=True)
    assert (tmp_path / "thesis.tex").exists()
    with pytest.raises(DynsurError, match="not a dynsur store"):
        publish(tmp_path / "absent", tmp_path / "out")


def test_names_are_read_as_they_are_written():
    assert author("Noether, Emmy").orcid == ""
    assert licence("odbl-1.0") == "ODbL-1.0"
    with pytest.raises(DynsurError):
        author("; 0000-0002-1825-0097")
