"""Write everything of a publication into a folder, offline."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..files import replacing
from ..numbers import count
from ..optional import needed
from ..registry.recorded import ATTRIBUTE
from ..store.damage import refuse_damage
from ..store.export import export
from ..store.location import is_url
from ..store.samples import finished, open_store
from .about import About, Author, author, licence
from .archive import LARGEST, File, described, pack
from .card import card
from .metadata import TABLE, crate, croissant, zenodo

if TYPE_CHECKING:
    import xarray as xr

OF_RUN = {  # what a run leaves beside its store, and what it is
    "report.html": ("text/html", "The report of a surrogate trained on the simulations."),
    "metrics.json": ("application/json", "Its errors on held-out simulations."),
    "model/model.json": ("application/json", "The description of the trained surrogate."),
    "model/model.safetensors": ("application/octet-stream", "Its weights."),
}
ARCHIVE = "The samples as a zarr store, which is read without unpacking."


@dataclass(frozen=True)
class Publication:
    """What was written.

    Args:
        folder: The folder.
        files: Its files, without the descriptions.
    """

    folder: Path
    files: tuple[File, ...]


def publish(
    source: str | Path,
    out: Path,
    *,
    title: str = "",
    description: str = "",
    authors: Sequence[str] = (),
    licence_name: str = "CC-BY-4.0",
    version: str = "1.0.0",
    force: bool = False,
    largest: int = LARGEST,
) -> Publication:
    """Write a store, or a run with its surrogate, as a dataset that can be published.

    Args:
        source: Store or run folder.
        out: Folder to write.
        title: Title of the dataset; by default that of the store.
        description: What it is, in a few sentences.
        authors: Who made it, each "Family, Given" or "Family, Given; ORCID".
        licence_name: SPDX identifier of the licence of the data.
        version: Version of the dataset.
        force: Whether an existing publication is replaced.
        largest: Bytes of an archive, above which there are several.

    Raises:
        DynsurError: There is no store, it is damaged or holds no finished simulation, the folder
            exists, a package is missing, or an argument is not accepted.
    """
    people, chosen = tuple(map(author, authors)), licence(licence_name)
    run, store = _source(source)
    _refuse_existing(out, force)
    needed("pyarrow", "export", "publishing")
    data = open_store(store)
    refuse_damage(store)
    if not finished(data).sizes["sample"]:
        raise DynsurError(f"'{store}' holds no finished simulation or record to publish.")
    with replacing(out) as partial:
        partial.mkdir(parents=True, exist_ok=True)
        files = _copied(run, store, partial, largest)
        about = replace(
            _about(data, title, description, people, chosen, version, partial), files=files
        )
        _describe(about, partial)
    return Publication(out, tuple(files))


def _source(source: str | Path) -> tuple[Path | None, Path]:
    """Return the run folder, if it is one, and the folder of the store."""
    if is_url(source):
        raise DynsurError(f"'{source}' is a URL; copy the store to this machine to publish it.")
    path = Path(source)
    inner = path / "data.zarr"
    return (path, inner) if inner.exists() else (None, path)


def _refuse_existing(out: Path, force: bool) -> None:
    if not out.exists():
        return
    if not (out / "croissant.json").exists():
        raise DynsurError(f"'{out}' exists and is no publication; choose another --out.")
    if not force:
        raise DynsurError(f"'{out}' exists; choose another --out or give --force to replace it.")


def _copied(run: Path | None, store: Path, folder: Path, largest: int) -> list[File]:
    """Write the table and the archives, and copy what the run has left."""
    export(store, folder / TABLE)
    about = "A row for each finished sample: parameters and figures of merit."
    files = [described(folder / TABLE, folder, "application/x-parquet", about)]
    files += [
        described(path, folder, "application/zip", ARCHIVE) for path in pack(store, folder, largest)
    ]
    for name, (media, said) in OF_RUN.items() if run else ():
        if run is not None and (run / name).exists():
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(run / name, folder / name)
            files.append(described(folder / name, folder, media, said))
    return files


def _about(
    data: "xr.Dataset",
    title: str,
    description: str,
    authors: tuple[Author, ...],
    licence_name: str,
    version: str,
    folder: Path,
) -> About:
    attributes = {str(name): value for name, value in data.attrs.items()}
    system, samples = str(attributes["system"]), data.sizes["sample"]
    named = title or str(attributes.get("title", f"Simulations of {system}"))
    made = f"{samples} simulations by {attributes.get('distribution', 'dynsur')}"
    if ATTRIBUTE in attributes:
        made = f"{count(samples, 'recording')}, imported by dynsur"
    return About(
        title=named,
        description=description
        or f"{named}: {made}, each with its parameters, its inputs and outputs over time, and how "
        "it ended.",
        authors=authors,
        licence=licence_name,
        version=version,
        created=str(attributes.get("created", ""))[:10],
        system=system,
        samples=samples,
        attributes=attributes,
        columns=_columns(folder / TABLE),
    )


def _columns(table: Path) -> list[tuple[str, str, str, str]]:
    """Return name, unit, meaning and type of each column of the table."""
    schema = needed("pyarrow.parquet", "export", "publishing").read_schema(table)
    found = []
    for field in schema:
        notes = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
        kind = "int" if str(field.type).startswith(("int", "uint")) else "float"
        meaning = notes.get("long_name") or field.name.replace("_", " ")
        found.append((field.name, notes.get("units", "1"), meaning, kind))
    return found


def _describe(about: About, folder: Path) -> None:
    descriptions: dict[str, Any] = {
        "croissant.json": croissant(about),
        "ro-crate-metadata.json": crate(about),
        ".zenodo.json": zenodo(about),
    }
    for name, content in descriptions.items():
        text = json.dumps(content, indent=1, ensure_ascii=False)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(card(about), encoding="utf-8")
    notice = f"{about.title}\n\nLicensed under {about.licence}: {about.licence_url}\n"
    (folder / "LICENSE").write_text(notice, encoding="utf-8")
