"""List the trainings of a reproduction: two protocols, several runs, and shares of the data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import DynsurError
from ..registry.configuration import Setup, configure
from ..registry.host import Host
from ..registry.interfaces import Published
from ..training.subset import Fewer

PUBLISHED, OWN = "published", "default"
SHARES = (1 / 7, 2 / 7, 4 / 7)  # of the training simulations: 100, 200 and 400 of 700


@dataclass(frozen=True)
class Trial:
    """A training of a reproduction.

    Args:
        protocol: `PUBLISHED` or `OWN`.
        run: Number of the run, counted from 0; each has its own seed.
        share: Share of the training simulations that is used.
        setup: The setup of the training, with the seed of the run.
    """

    protocol: str
    run: int
    share: float
    setup: Setup

    @property
    def name(self) -> str:
        """The folder of the training within that of the reproduction."""
        part = "" if self.share == 1 else f"-share-{self.share:.3f}"
        return f"{self.protocol}/seed-{self.setup.seed}{part}"


def published_of(host: Host, name: str) -> Published:
    """Return the published results of an experiment.

    Raises:
        DynsurError: The experiment is unknown or has no published results.
    """
    published = getattr(host.experiment(name), "published", None)
    if published is None:
        offers = host.offers("dynsur_experiments")
        known = [n for n, o in sorted(offers.items()) if getattr(o.value, "published", None)]
        raise DynsurError(
            f"experiment '{name}' names no published figures to compare with; those that do: "
            f"{', '.join(known) or 'none'}; `dynsur run {name}` trains and judges it."
        )
    return published


def protocols(
    host: Host,
    name: str,
    settings: Mapping[str, Any] | None = None,
    samples: int | None = None,
    seed: int = 0,
) -> dict[str, Setup]:
    """Configure the published protocol and the experiment's own.

    Args:
        host: The installed plugins.
        name: Name of an experiment with published results.
        settings: Settings as for `configure`; they hold for both protocols.
        samples: Number of simulations; by default that of the experiment.
        seed: Seed of the simulations and of the first run.
    """
    published, given = published_of(host, name), dict(settings or {})
    theirs = {**published.settings, **given, "dataset": published.dataset}
    return {
        PUBLISHED: configure(host, name, theirs, samples, seed),
        OWN: configure(host, name, given, samples, seed),
    }


def trials(setups: Mapping[str, Setup], runs: int) -> list[Trial]:
    """Return the trainings: every run of both protocols, then those with a share of the data."""
    return [
        Trial(protocol, run, share, _at(setup, run, share))
        for shares in ((1.0,), SHARES)
        for run in range(runs)
        for protocol, setup in setups.items()
        for share in shares
    ]


def _at(setup: Setup, run: int, share: float) -> Setup:
    dataset = setup.dataset if share == 1 else Fewer(setup.dataset, share)
    return replace(setup, dataset=dataset, seed=setup.seed + run)
