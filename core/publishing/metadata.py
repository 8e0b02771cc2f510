"""Describe a publication for machines: Croissant, RO-Crate and Zenodo.

Croissant: Akhtar et al. (2024), doi:10.1145/3650203.3663326. RO-Crate: Soiland-Reyes et al. (2022),
doi:10.3233/DS-210053.
"""

from typing import Any

from .about import About, Author

TABLE = "parameters.parquet"
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataBiases": "cr:dataBiases",
    "dataCollection": "cr:dataCollection",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "personalSensitiveInformation": "cr:personalSensitiveInformation",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(about: About) -> dict[str, Any]:
    """Return the description in Croissant 1.0, with a record for each simulation."""
    files = [
        {
            "@type": "cr:FileObject",
            "@id": file.path,
            "name": file.path,
            "description": file.about,
            "contentUrl": file.path,
            "contentSize": f"{file.size} B",
            "encodingFormat": file.media,
            "sha256": file.sha256,
        }
        for file in about.files
    ]
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"simulations/{name}",
            "name": f"simulations/{name}",
            "description": meaning if unit == "1" else f"{meaning} ({unit})",
            "dataType": "sc:Integer" if kind == "int" else "sc:Float",
            "source": {"fileObject": {"@id": TABLE}, "extract": {"column": name}},
        }
        for name, unit, meaning, kind in about.columns
    ]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": about.title,
        "description": about.description,
        "citeAs": citation(about),
        "license": about.licence_url,
        "version": about.version,
        "datePublished": about.created,
        "creator": [_person(a) for a in about.authors],
        "distribution": files,
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "simulations",
                "name": "simulations",
                "description": "The parameters and figures of merit of each simulation.",
                "field": fields,
            }
        ],
    }


def crate(about: About) -> dict[str, Any]:
    """Return the description as an RO-Crate 1.1."""
    people = [{**_person(a), "@id": _identity(a)} for a in about.authors]
    software = about.attributes.get("distribution", "dynsur")
    files = [
        {
            "@id": file.path,
            "@type": "File",
            "name": file.path,
            "description": file.about,
            "contentSize": str(file.size),
            "encodingFormat": file.media,
            "sha256": file.sha256,
        }
        for file in about.files
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": about.description,
        "datePublished": about.created,
        "version": about.version,
        "license": {"@id": about.licence_url},
        "creator": [{"@id": person["@id"]} for person in people],
        "hasPart": [{"@id": file["@id"]} for file in files],
        "mentions": [{"@id": "#software"}],
    }
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "about": {"@id": "./"},
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            },
            root,
            *files,
            *people,
            {"@id": about.licence_url, "@type": "CreativeWork", "name": about.licence},
            {"@id": "#software", "@type": "SoftwareApplication", "name": str(software)},
        ],
    }


def zenodo(about: About) -> dict[str, Any]:
    """Return the description as Zenodo reads it from .zenodo.json."""
    return {
        "upload_type": "dataset",
        "title": about.title,
        "description": about.description,
        "creators": [
            {"name": a.name, **({"orcid": a.orcid} if a.orcid else {})} for a in about.authors
        ],
        "license": about.licence.lower(),
        "access_right": "open",
        "version": about.version,
        "keywords": ["simulation", "surrogate model", "zarr", about.system],
    }


def citation(about: About) -> str:
    """Return how the dataset is cited, as BibTeX."""
    authors = " and ".join(a.name for a in about.authors) or "{The authors}"
    return (
        f"@misc{{{about.system}-{about.version}, author={{{authors}}}, title={{{about.title}}}, "
        f"year={{{about.created[:4]}}}, version={{{about.version}}}}}"
    )


def _person(who: Author) -> dict[str, Any]:
    return {
        "@type": "Person",
        "name": who.name,
        **({"identifier": f"https://orcid.org/{who.orcid}"} if who.orcid else {}),
    }


def _identity(who: Author) -> str:
    return f"https://orcid.org/{who.orcid}" if who.orcid else f"#{who.name.replace(' ', '_')}"
