"""Keep the state of a training in one file of tensors and JSON, replaced atomically."""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..files import replacing_file

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from ..registry.interfaces import Taught

FILE = "training.safetensors"
CHECKSUM = "sha256"  # the entry of a file's metadata that loading compares


@dataclass
class Progress:
    """The progress of a training.

    Args:
        history: One row per finished epoch.
        best_loss: Lowest validation loss so far.
        best_epoch: Epoch at which it was reached.
        best: The weights at that epoch.
        setbacks: Number of diverged epochs that were undone; each halved the learning rate.
    """

    history: list[dict[str, Any]] = field(default_factory=list)
    best_loss: float = float("inf")
    best_epoch: int = 0
    best: "dict[str, Tensor]" = field(default_factory=dict)
    setbacks: int = 0


def write_tensors(path: Path, tensors: "dict[str, Tensor]", note: dict[str, Any]) -> None:
    """Write tensors and JSON to one file, which appears complete or not at all.

    Raises:
        DynsurError: The file cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    kept = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    text = json.dumps(note)
    with replacing_file(path) as partial, _as_os_error(SafetensorError):
        save_file(kept, partial, metadata={"dynsur": text, CHECKSUM: checksum(kept, text)})


@contextlib.contextmanager
def _as_os_error(kind: type[Exception]) -> Iterator[None]:
    """Raise what a library calls its own, such as a full disk, as the error that it is."""
    try:
        yield
    except kind as error:
        raise OSError(str(error)) from None


def checksum(tensors: "dict[str, Tensor]", text: str) -> str:
    """Return the SHA-256 of a text and of tensors with their names, types and shapes."""
    import torch

    digest = hashlib.sha256(text.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"\0{name} {tensor.dtype} {tuple(tensor.shape)}\0".encode())
        digest.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def read_tensors(path: Path) -> "tuple[dict[str, Tensor], dict[str, Any]]":
    """Read a file of `write_tensors`; files of earlier versions have no checksum.

    Raises:
        DynsurError: The file is missing or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        text = metadata["dynsur"]
        note = json.loads(text)
        expected = metadata.get(CHECKSUM)
        if expected is None and not metadata.keys() <= {"dynsur"}:
            raise ValueError("its metadata are damaged")
        if expected is not None and checksum(tensors, text) != expected:
            raise ValueError("its checksum does not match its content")
        return tensors, note
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise DynsurError(
            f"cannot read the weights '{path}' ({' '.join(str(error).split())}); expected a file "
            "written by dynsur; train the model again."
        ) from None


def save(
    folder: Path,
    key: str,
    module: "nn.Module",
    optimizer: "torch.optim.Optimizer | Taught",
    progress: Progress,
) -> None:
    """Write everything on which the next epoch depends."""
    tensors = {f"module.{n}": t for n, t in module.state_dict().items()}
    tensors |= {f"best.{n}": t for n, t in progress.best.items()}
    for index, entries in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{n}": t for n, t in entries.items()}
    note = {
        "key": key,
        "history": progress.history,
        "best_loss": progress.best_loss,
        "best_epoch": progress.best_epoch,
        "setbacks": progress.setbacks,
    }
    write_tensors(folder / FILE, tensors, note)


def unreadable(folder: Path) -> str:
    """Say why the state that a folder keeps of a training cannot be continued, or nothing."""
    if not (folder / FILE).exists():
        return ""
    try:
        read_tensors(folder / FILE)
    except DynsurError as error:
        return str(error).partition("; expected")[0] + "."
    return ""


def restore(
    folder: Path, key: str, module: "nn.Module", optimizer: "torch.optim.Optimizer | Taught"
) -> Progress:
    """Restore the state that `save` wrote under the same key, or start anew."""
    try:
        tensors, note = read_tensors(folder / FILE)
    except DynsurError:
        return Progress()
    if note.get("key") != key:
        return Progress()
    module.load_state_dict(_under(tensors, "module."))
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _under(tensors, "optimizer.").items():
        index, entry = name.split(".", 1)
        state.setdefault(int(index), {})[entry] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    return Progress(
        note["history"],
        note["best_loss"],
        note["best_epoch"],
        _under(tensors, "best."),
        note["setbacks"],
    )


def best_weights(folder: Path) -> "dict[str, Tensor]":
    """Return the weights of the best epoch of the training in `folder`."""
    return _under(read_tensors(folder / FILE)[0], "best.")


def _under(tensors: "dict[str, Tensor]", prefix: str) -> "dict[str, Tensor]":
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
