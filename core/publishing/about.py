"""What a publication says about itself, from which each description is written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import DynsurError
from .archive import File

LICENCES = {  # those that hubs know for data, by their SPDX identifiers
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "MIT": "https://opensource.org/licenses/MIT",
}
ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


@dataclass(frozen=True)
class Author:
    """A person who made a dataset.

    Args:
        name: "Family, Given".
        orcid: ORCID identifier, or "".
    """

    name: str
    orcid: str = ""


@dataclass(frozen=True)
class About:
    """What a publication says about itself.

    Args:
        title: Title of the dataset.
        description: What it is, in a few sentences.
        authors: Who made it.
        licence: SPDX identifier of its licence.
        version: Version of the dataset.
        created: Day on which its simulations were made, YYYY-MM-DD.
        system: Name of the system.
        samples: Number of simulations.
        attributes: The attributes of the store.
        columns: For each column of the table its name, unit, meaning and type ("float" or "int").
        files: Its files.
    """

    title: str
    description: str
    authors: tuple[Author, ...]
    licence: str
    version: str
    created: str
    system: str
    samples: int
    attributes: Mapping[str, Any]
    columns: Sequence[tuple[str, str, str, str]]
    files: Sequence[File] = ()

    @property
    def licence_url(self) -> str:
        """The address of the licence's text."""
        return LICENCES[self.licence]


def author(text: str) -> Author:
    """Read "Family, Given" or "Family, Given; ORCID".

    Raises:
        DynsurError: The ORCID is none.

    >>> author("Curie, Marie; 0000-0002-1825-0097")
    Author(name='Curie, Marie', orcid='0000-0002-1825-0097')
    """
    name, _, orcid = (part.strip() for part in text.partition(";"))
    if not name or (orcid and not ORCID.fullmatch(orcid)):
        raise DynsurError(
            f"an author is 'Family, Given' or 'Family, Given; 0000-0000-0000-0000'; got '{text}'."
        )
    return Author(name, orcid)


def licence(text: str) -> str:
    """Return a licence's identifier as it is written, or raise DynsurError."""
    for known in LICENCES:
        if known.lower() == text.lower():
            return known
    raise DynsurError(f"unknown licence '{text}'; expected one of {', '.join(LICENCES)}.")
