"""Pack a store into zip archives that are read without unpacking."""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

LARGEST = 2_000_000_000  # bytes of an archive, which hubs still take
BLOCK = 2**20
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same store gives the same archive


@dataclass(frozen=True)
class File:
    """A file of a publication.

    Args:
        path: Its path, relative to the publication.
        size: Its size in bytes.
        sha256: The hash of its content.
        media: Its media type.
        about: What it holds, in a sentence.
    """

    path: str
    size: int
    sha256: str
    media: str
    about: str


def pack(store: Path, folder: Path, largest: int = LARGEST) -> list[Path]:
    """Write the files of a store, which are compressed already, into archives and return these.

    One archive is called data.zip. Where the store is larger than `largest` there are several,
    data-1.zip, data-2.zip, …, which together unpack into one store.

    Args:
        store: Folder of the store.
        folder: Where the archives go.
        largest: Bytes of an archive.
    """
    parts: list[list[Path]] = [[]]
    room = largest
    for file in sorted(path for path in store.rglob("*") if path.is_file()):
        size = file.stat().st_size
        if size > room and parts[-1]:
            parts.append([])
            room = largest
        parts[-1].append(file)
        room -= size
    names = ["data.zip"] if len(parts) == 1 else [f"data-{k + 1}.zip" for k in range(len(parts))]
    for name, files in zip(names, parts, strict=True):
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_STORED) as archive:
            for file in files:
                entry = zipfile.ZipInfo(file.relative_to(store).as_posix(), EPOCH)
                archive.writestr(entry, file.read_bytes())
    return [folder / name for name in names]


def described(path: Path, folder: Path, media: str, about: str) -> File:
    """Return what there is to say of a file in the folder of a publication."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    name = path.relative_to(folder).as_posix()
    return File(name, path.stat().st_size, digest.hexdigest(), media, about)
