"""The plugin host: finds plugins, isolates broken ones, answers by name."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from . import hookspecs
from .errors import DynsurError, unknown_name
from .types import Dataset, Experiment, Loss, Model, Simulator

GROUP = "dynsur"
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
    """Something a plugin offers, with the plugin's name and distribution."""

    name: str
    value: Any
    plugin: str
    distribution: str


@dataclass(frozen=True)
class BrokenPlugin:
    """A plugin that could not be loaded or whose hook failed, and why."""

    plugin: str
    distribution: str
    reason: str

    def __str__(self) -> str:
        return f"plugin '{self.plugin}' of {self.distribution} is broken: {self.reason}"


class Host:
    """The loaded plugins.

    A plugin that fails to import is kept in `broken` and never takes the program down; asking
    for a name nobody offers shows these failures beside the names that exist.

    Args:
        points: The entry points to load.
    """

    def __init__(self, points: Iterable[EntryPoint]) -> None:
        self.manager = pluggy.PluginManager(GROUP)
        self.manager.add_hookspecs(hookspecs)
        self.distributions: dict[str, str] = {}
        self.broken: list[BrokenPlugin] = []
        for point in sorted(points, key=lambda p: p.name):
            self._load(point)

    def _load(self, point: EntryPoint) -> None:
        distribution = f"{point.dist.name} {point.dist.version}" if point.dist else "unknown"
        try:
            if point.name in self.distributions:
                raise DynsurError(
                    f"{self.distributions[point.name]} has a plugin of that name too; rename or "
                    "uninstall one of them."
                )
            module = point.load()
            _check_hook_names(module)
            self.manager.register(module, name=point.name)
            self.distributions[point.name] = distribution
        except (Exception, SystemExit) as error:  # however a plugin fails, we go on
            self.broken.append(BrokenPlugin(point.name, distribution, _one_line(error)))

    def add_commands(self, app: Any) -> None:
        """Let plugins add commands to a typer app; one that fails is marked broken."""
        for implementation in self.manager.hook.dynsur_commands.get_hookimpls():
            try:
                implementation.function(app=app)
            except Exception as error:  # as above
                reason = f"dynsur_commands: {_one_line(error)}"
                self._mark_broken(implementation.plugin_name, reason)

    def offers(self, hook: str) -> dict[str, Offer]:
        """Collect what all plugins offer through one hook, by name.

        Raises:
            DynsurError: Two plugins offer the same name.
        """
        found: dict[str, Offer] = {}
        caller = getattr(self.manager.hook, hook)
        for implementation in caller.get_hookimpls():
            plugin = implementation.plugin_name
            try:
                values = list(implementation.function())
                names = [_named(hook, value) for value in values]
            except Exception as error:  # as above
                self._mark_broken(plugin, f"{hook}: {_one_line(error)}")
                continue
            for name, value in zip(names, values, strict=True):
                if name in found:
                    raise DynsurError(
                        f"{hook} offers '{name}' twice: by plugin '{found[name].plugin}' of "
                        f"{found[name].distribution} and by plugin '{plugin}' of "
                        f"{self.distributions[plugin]}; uninstall one of them."
                    )
                found[name] = Offer(name, value, plugin, self.distributions[plugin])
        return found

    def _mark_broken(self, plugin: str, reason: str) -> None:
        broken = BrokenPlugin(plugin, self.distributions[plugin], reason)
        if broken not in self.broken:
            self.broken.append(broken)

    def _one(self, hook: str, kind: str, name: str) -> Any:
        offers = self.offers(hook)
        if name not in offers:
            raise self._unknown(kind, name, offers)
        return offers[name].value

    def _unknown(self, kind: str, name: str, known: Iterable[str]) -> DynsurError:
        error = unknown_name(kind, name, known)
        notes = "".join(f" Note: {str(broken).rstrip('.')}." for broken in self.broken)
        return DynsurError(f"{error}{notes}")

    def simulator(self, name: str) -> Simulator:
        """Return the simulator of that name, or raise DynsurError."""
        return self._one("dynsur_simulators", "system", name)

    def dataset(self, name: str) -> Dataset:
        """Return the dataset of that name, or raise DynsurError."""
        return self._one("dynsur_datasets", "dataset", name)

    def model(self, name: str) -> Model:
        """Return the model of that name, or raise DynsurError."""
        return self._one("dynsur_models", "model", name)

    def loss(self, name: str) -> Loss:
        """Return the loss of that name, or raise DynsurError."""
        return self._one("dynsur_losses", "loss", name)

    def experiment(self, name: str) -> Experiment:
        """Return the experiment of that name, or the default one of the system of that name."""
        experiments = self.offers("dynsur_experiments")
        if name in experiments:
            return experiments[name].value
        simulators = self.offers("dynsur_simulators")
        if name not in simulators:
            raise self._unknown("system", name, {*experiments, *simulators})
        default = self.manager.hook.dynsur_default_experiment(simulator=simulators[name].value)
        if default is None:
            raise DynsurError(
                f"no experiment is named '{name}' and no plugin supplies a default for it."
            )
        return default


def _check_hook_names(module: object) -> None:
    """Refuse a misspelt hook, which pluggy alone would ignore in silence."""
    known = [n for n in vars(hookspecs) if n.startswith("dynsur_")]
    for name in vars(module):
        if name.startswith("dynsur_") and name not in known:
            raise unknown_name("hook", name, known)


def _named(hook: str, value: object) -> str:
    """Return the name of what a plugin offers, or say what it lacks."""
    lacking = [name for name in OFFERED[hook] if not hasattr(value, name)]
    if lacking:
        raise DynsurError(
            f"offers {value!r:.60}, which has no {' and no '.join(lacking)}; expected a list of "
            f"objects with {', '.join(OFFERED[hook])}."
        )
    return str(value.name)  # type: ignore[attr-defined]


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, DynsurError) else f"{type(error).__name__}: {text}"


@functools.cache
def host() -> Host:
    """Return the host of all installed plugins, loaded once per process."""
    return Host(entry_points(group=GROUP))
