"""Validate the offers of plugins and report each mistake in one line."""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import DynsurError, unknown_name
from . import hookspecs

OFFERED = {  # what each hook's offers must have
    "dynsur_simulators": (
        "name", "description", "space", "inputs", "outputs", "points", "simulate",
    ),
    "dynsur_datasets": ("name", "description", "prepare"),
    "dynsur_models": ("name", "description", "build"),
    "dynsur_losses": ("name", "description", "__call__"),
    "dynsur_experiments": ("name", "description", "simulator", "dataset", "model", "loss"),
}  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """An offer of a plugin, with the plugin's name and distribution."""

    name: str
    value: Any
    plugin: str
    distribution: str

    @property
    def owner(self) -> str:
        """The plugin and the distribution that make the offer."""
        return f"plugin '{self.plugin}' of {self.distribution}"


@dataclass(frozen=True)
class BrokenPlugin:
    """A plugin that could not be loaded or whose hook failed, and why."""

    plugin: str
    distribution: str
    reason: str

    def __str__(self) -> str:
        return f"plugin '{self.plugin}' of {self.distribution} is broken: {self.reason}"


def offered_twice(hook: str, offers: Iterable[Offer]) -> DynsurError:
    """Return the error for a name that several plugins offer."""
    several = list(offers)
    owners = " and by ".join(offer.owner for offer in several)
    return DynsurError(
        f"{hook} offers '{several[0].name}' twice: by {owners}; uninstall or rename one of them."
    )


def named(hook: str, answer: object) -> Iterator[tuple[str, Any]]:
    """Yield the name and the value of each offer of a plugin through a hook.

    Raises:
        DynsurError: The answer is not a list, or an offer lacks what the hook requires.
    """
    wanted = f"expected a list of objects with {', '.join(OFFERED[hook])}."
    if isinstance(answer, str) or not hasattr(answer, "__iter__"):
        raise DynsurError(f"returns {_shown(answer)}, which is not a list; {wanted}")
    for value in answer:  # type: ignore[attr-defined]
        lacking = [name for name in OFFERED[hook] if not hasattr(value, name)]
        if lacking:
            raise DynsurError(
                f"offers {_shown(value)}, which has no {' and no '.join(lacking)}; {wanted}"
            )
        yield str(value.name), value


def check_hooks(module: object) -> None:
    """Refuse a misspelt or unmarked hook, which pluggy alone would ignore silently.

    Raises:
        DynsurError: A function is named like a hook but is not one.
    """
    known = [name for name in vars(hookspecs) if name.startswith("dynsur_")]
    for name, value in vars(module).items():
        if not name.startswith("dynsur_") or inspect.ismodule(value):
            continue
        if name not in known:
            raise unknown_name("hook", name, known)
        if not hasattr(value, "dynsur_impl"):
            raise DynsurError(f"the hook {name} lacks @hookimpl; write it above its definition.")


def one_line(error: BaseException) -> str:
    """Return the message of an error in one line, with its type unless it is a DynsurError."""
    text = " ".join(str(error).split())
    return text if isinstance(error, DynsurError) else f"{type(error).__name__}: {text}"


def _shown(value: object) -> str:
    return f"{' '.join(repr(value).split()):.60}"
