"""The plugin host, which finds plugins, isolates broken ones and looks up names."""

import functools
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pluggy

from ..errors import DynsurError, unknown_name
from ..systems.simulator import Simulator
from . import hookspecs
from .interfaces import Dataset, Experiment, Loss, Model
from .recorded import needs_simulator, store_named
from .validation import (
    OFFERED,
    BrokenPlugin,
    Offer,
    check_hooks,
    named,
    offered_twice,
    one_line,
)

GROUP = "dynsur"


class Host:
    """The loaded plugins.

    A plugin that fails to import does not stop the program; it is listed in `broken`. The error
    for an unknown name also shows these failures, since a broken plugin may offer the name.

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
            check_hooks(module)
            self._register(module, point.name)
            self.distributions[point.name] = distribution
        except (Exception, SystemExit) as error:  # however a plugin fails, we go on
            self.broken.append(BrokenPlugin(point.name, distribution, one_line(error)))

    def _register(self, module: Any, name: str) -> None:
        try:
            self.manager.register(module, name=name)
        except Exception:
            self.manager.unregister(name=name)  # pluggy keeps the hooks before the faulty one
            raise

    def add_commands(self, app: Any) -> None:
        """Let plugins add commands to a typer app; a plugin that fails is marked as broken."""
        for _ in self._answers("dynsur_commands", app=app):
            pass

    def client(self, scheduler: str | None, workers: int) -> Any:
        """Return the dask client that a plugin supplies, or None.

        Raises:
            DynsurError: A plugin has the hook, but it failed.
        """
        known = len(self.broken)
        for _, client in self._answers("dynsur_client", scheduler=scheduler, workers=workers):
            return client
        for broken in self.broken[known:]:  # to run elsewhere instead would surprise
            raise DynsurError(f"{broken}")
        return None

    def offers(self, hook: str) -> dict[str, Offer]:
        """Return everything that plugins offer through one hook by name, without `clashes`."""
        return {name: found[0] for name, found in self._found(hook).items() if len(found) == 1}

    def clashes(self, hook: str) -> dict[str, DynsurError]:
        """Return the names that are offered twice through one hook, each with its error.

        Neither of two offers of the same name is used.
        """
        found = self._found(hook)
        return {name: offered_twice(hook, two) for name, two in found.items() if len(two) > 1}

    def owner(self, name: str) -> str:
        """Return who offers a plugin, a system or an experiment of that name, or ""."""
        for hook in ("dynsur_simulators", "dynsur_experiments"):
            for offer in self._found(hook).get(name, []):
                return offer.owner
        known = self.distributions | {b.plugin: b.distribution for b in self.broken}
        return f"plugin '{name}' of {known[name]}" if name in known else ""

    def _found(self, hook: str) -> dict[str, list[Offer]]:
        found: dict[str, list[Offer]] = {}
        for plugin, answer in self._answers(hook):
            try:
                offers = list(named(hook, answer))
            except (Exception, SystemExit) as error:  # an iterator may fail as well
                self._mark_broken(plugin, f"{hook}: {one_line(error)}")
                continue
            for name, value in offers:
                offer = Offer(name, value, plugin, self.distributions[plugin])
                found.setdefault(name, []).append(offer)
        return found

    def _answers(self, hook: str, **arguments: Any) -> Iterator[tuple[str, Any]]:
        """Yield the name and the answer of each plugin; one that fails is marked as broken."""
        implementations = getattr(self.manager.hook, hook).get_hookimpls()
        if hook not in OFFERED:
            implementations.reverse()  # pluggy's order of those that ask for the first answer
        for implementation in implementations:
            given = {name: arguments[name] for name in implementation.argnames}
            plugin = implementation.plugin_name
            try:
                answer = implementation.function(**given)
            except (Exception, SystemExit) as error:  # as above
                self._mark_broken(plugin, f"{hook}: {one_line(error)}")
                continue
            if answer is not None or hook in OFFERED:
                yield plugin, answer

    def _mark_broken(self, plugin: str, reason: str) -> None:
        broken = BrokenPlugin(plugin, self.distributions[plugin], reason)
        if broken not in self.broken:
            self.broken.append(broken)

    def _one(self, hook: str, kind: str, name: str) -> Any:
        found = self._found(hook)
        if name not in found:
            raise self.unknown(kind, name, found)
        if len(found[name]) > 1:
            raise offered_twice(hook, found[name])
        return found[name][0].value

    def unknown(self, kind: str, name: str, known: Iterable[str]) -> DynsurError:
        """Return the error for an unknown name, which also lists the broken plugins."""
        if recorded := store_named(name):
            return needs_simulator(recorded)
        error = unknown_name(kind, name, known)
        notes = "".join(f" Note: {str(broken).rstrip('.')}." for broken in self.broken)
        return DynsurError(f"{error}{notes}")

    def pretrained(self, name: str) -> Path | None:
        """Return the folder of the trained model that ships with an experiment, or None."""
        offer = self.offers("dynsur_experiments").get(name)
        return None if offer is None else getattr(offer.value, "pretrained", None)

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
        hook = "dynsur_experiments"
        experiments, simulators = self._found(hook), self._found("dynsur_simulators")
        if name in experiments:
            return self._one(hook, "experiment", name)
        if name not in simulators:
            raise self.unknown("system", name, {*experiments, *simulators})
        return self._default_experiment(self.simulator(name))

    def _default_experiment(self, simulator: Simulator) -> Experiment:
        hook = "dynsur_default_experiment"
        for plugin, answer in self._answers(hook, simulator=simulator):
            if isinstance(answer, Experiment):
                return answer
            kind = type(answer).__name__
            self._mark_broken(plugin, f"{hook}: returns a {kind}; expected an Experiment or None.")
        raise DynsurError(
            f"no experiment is named '{simulator.name}' and no plugin supplies a default for it."
        )


@functools.cache
def host() -> Host:
    """Return the host of all installed plugins, loaded once per process."""
    return Host(entry_points(group=GROUP))
