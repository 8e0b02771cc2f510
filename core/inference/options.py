"""How a posterior is drawn."""

from dataclasses import dataclass

from ..errors import DynsurError


@dataclass(frozen=True)
class FitOptions:
    """How a posterior is drawn.

    Args:
        particles: Draws of each chain.
        chains: Independent populations, whose agreement says whether the draws can be trusted.
        checks: Draws that the solver simulates again; 0 for none.
        seed: Seed of all draws.
    """

    particles: int = 500
    chains: int = 2
    checks: int = 400
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("particles", 100), ("chains", 1), ("checks", 0), ("seed", 0)):
            if getattr(self, name) < least:
                raise DynsurError(f"{name} must be at least {least}; got {getattr(self, name)}.")
