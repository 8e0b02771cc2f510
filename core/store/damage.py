"""Find the damaged chunk of a store and name its file in one line."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from .location import child
from .zarr_group import array_of, open_group


@contextlib.contextmanager
def reading(store: str | Path | None) -> Iterator[None]:
    """Name the damaged chunk where reading a store fails; any other error is left as it is.

    Args:
        store: Folder or URL of the store; None where data in memory have none.

    Raises:
        DynsurError: A chunk cannot be read.
    """
    try:
        yield
    except DynsurError:
        raise
    except Exception as error:  # a damaged chunk may fail in any codec
        found = None if store is None else _first_damage(store)
        if found is None:
            raise
        raise DynsurError(
            f"the store '{store}' is damaged: '{found}' cannot be read "
            f"({' '.join(str(error).split())}); `dynsur verify {store} --repair` mends it."
        ) from None


def _first_damage(store: str | Path) -> str | None:
    """Return where the first chunk lies that cannot be read, or None."""
    group = open_group(store, "r")
    for name in sorted(group.array_keys()):
        array = array_of(group, name)
        for index in np.ndindex(array.cdata_shape):
            try:
                array.blocks[index]
            except Exception:  # as above
                return child(child(store, name), array.metadata.encode_chunk_key(index))
    return None
