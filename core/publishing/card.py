"""Write the card of a publication: what is in it, where it comes from, how it is read."""

from .about import About

READ = """```python
import dynsur.datasets

data = dynsur.datasets.open("FOLDER")  # this folder, or its data.zip
```

Without dynsur, xarray and pandas read the same files:

```python
import pandas
import xarray

data = xarray.open_zarr("zip://::data.zip")
data = data.isel(sample=(data.status == 1).values)  # finished samples
table = pandas.read_parquet("parameters.parquet")
```
"""
REPEAT = {
    False: "The attribute `configuration` of the store holds every setting of the simulator. With "
    "the same version of the software, `dynsur verify` repeats some simulations and compares.",
    True: "The attribute `records` of the store names every file with its SHA-256. `dynsur verify` "
    "compares the values with their checksum.",
}
SEVERAL = """The store is split. Unpack every data-N.zip into a folder, e.g. data.zarr, and open it:

```python
import xarray

data = xarray.open_zarr("data.zarr")
```
"""


def card(about: About, licence_note: str = "") -> str:
    """Return the card in Markdown, with the front matter that hubs read."""
    authors = "; ".join(a.name + (f" ({a.orcid})" if a.orcid else "") for a in about.authors)
    files = "\n".join(f"| `{f.path}` | {f.size:,} | {f.about} |" for f in about.files)
    columns = "\n".join(
        f"| `{name}` | {meaning} | {'' if unit == '1' else unit} |"
        for name, unit, meaning, _ in about.columns
    )
    archives = [file for file in about.files if file.path.startswith("data")]
    origin = _origin(about)
    is_recorded = "recorded" in about.attributes
    what, tag = ("record", "measurement") if is_recorded else ("simulation", "simulation")
    return f"""---
license: {about.licence.lower()}
pretty_name: "{about.title.replace('"', "'")}"
tags: [{tag}, zarr, {about.system}]
---

# {about.title}

{about.description}

Authors: {authors or "not named"}. Version {about.version}. Licence: \
[{about.licence}]({about.licence_url}).{licence_note}

## Files

| file | bytes | content |
|---|---|---|
{files}

## Read it

{READ if len(archives) == 1 else SEVERAL}
## The table

`parameters.parquet` has a row for each finished {what}.

| column | meaning | unit |
|---|---|---|
{columns}

## Where it comes from

| | |
|---|---|
{origin}

{REPEAT[is_recorded]}
"""


def _origin(about: About) -> str:
    """Return the rows of the table that says where a dataset comes from."""
    names = ("system", "origin", "clock", "distribution", "seed", "created", "identity")
    held = ((name, about.attributes.get(name)) for name in (*names, "fingerprint"))
    return "\n".join(f"| {name} | {value} |" for name, value in held if value is not None)
