"""The weights of a member as arrays, and back."""

import numpy as np
import torch

from .module import SYMBOLS, Network


def arrays(member: Network) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Return the weights in the order of `sensitivities`, and X; idle units are left out."""
    held = {name: getattr(member, name).detach().cpu().numpy() for name in (*SYMBOLS, "X")}
    if member.used < len(held["e"]):
        held |= {name: np.ascontiguousarray(held[name][: member.used]) for name in "EFe"}
        held["w"] = np.ascontiguousarray(held["w"][:, : member.used])
    found = list(held.values())
    return tuple(found[:-1]), found[-1]


def split(values: np.ndarray, like: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    """Return one vector as arrays of the given shapes."""
    parts = np.split(values, np.cumsum([a.size for a in like])[:-1])
    return [
        np.ascontiguousarray(part.reshape(a.shape)) for part, a in zip(parts, like, strict=True)
    ]


@torch.no_grad()
def put(member: Network, pieces: list[np.ndarray]) -> None:
    """Set the weights and X of a member; `pieces` may leave out the last units of the output."""
    for name, piece in zip((*SYMBOLS, "X"), pieces, strict=True):
        places = tuple(slice(0, size) for size in piece.shape)
        getattr(member, name)[places] = torch.from_numpy(piece)
