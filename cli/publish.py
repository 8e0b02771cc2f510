"""`dynsur publish`: write a dataset with all that its publication needs."""

from pathlib import Path
from typing import Annotated

import typer


def publish(
    source: Annotated[str, typer.Argument(metavar="RUN|STORE", help="Run folder, or zarr store.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write.")] = Path("publication"),
    title: Annotated[
        str, typer.Option("--title", help="Title of the dataset; by default the store's.")
    ] = "",
    description: Annotated[
        str, typer.Option("--description", help="What it is, in a few sentences.")
    ] = "",
    authors: Annotated[
        list[str],
        typer.Option(
            "--author",
            metavar="NAME",
            help="'Family, Given' or 'Family, Given; ORCID'; repeatable.",
        ),
    ] = [],  # noqa: B006
    licence: Annotated[
        str, typer.Option("--license", help="Licence of the data, e.g. CC-BY-4.0 or CC0-1.0.")
    ] = "CC-BY-4.0",
    version: Annotated[
        str, typer.Option("--data-version", help="Version of the dataset.")
    ] = "1.0.0",
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing publication.")
    ] = False,
) -> None:
    """Write an archive, a table, a card and machine-readable descriptions of a dataset, offline.

    The folder is ready for Zenodo, Hugging Face or a server of your own, and
    `dynsur.datasets.open` opens it again.

    Example: dynsur publish runs/vteam --author "Curie, Marie" --out vteam-loops
    """
    from dynsur.core.publishing import publish as write

    written = write(
        source,
        out,
        title=title,
        description=description,
        authors=authors,
        licence_name=licence,
        version=version,
        force=force,
    )
    for file in written.files:
        print(f"{file.path}: {file.size / 1e6:.3g} MB")
    print(f"publication: {written.folder}, described in README.md")
