"""A simulator whose outputs are the vacancies and the potential at fixed places."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from dynsur.core import Variable, failed_trajectory, trajectory

from .simulator import ReRAM

if TYPE_CHECKING:
    import xarray as xr

PROBES = 12
# Chebyshev's points, as shares of L: close to one another at the contacts, where the state bends.
PLACES = 0.5 - 0.5 * np.cos(np.pi * (np.arange(PROBES) + 0.5) / PROBES)
FEWEST = 1e18  # m⁻³, less than one vacancy in a device of 1 µm × 10 µm × 15 nm


def _at(k: int) -> str:
    return f"at x = {PLACES[k]:.3f} L"


VACANCIES = tuple(
    Variable(f"vacancies_{k + 1}", "1", f"log₁₀ of the vacancy density in m⁻³ {_at(k)}")
    for k in range(PROBES)
)
POTENTIALS = tuple(
    Variable(f"potential_{k + 1}", "V", f"electrostatic potential {_at(k)}") for k in range(PROBES)
)


@dataclass(frozen=True, repr=False)
class ReRAMState(ReRAM):
    """The devices of `ReRAM`, whose outputs are log₁₀ n_a and ψ at twelve places along the device.

    The places are x_k/L = ½ − ½ cos(π (k − ½)/12), k = 1 … 12. The fields are recorded at the
    instants of the trajectory and interpolated between the nodes of the mesh. Densities below
    1e18 m⁻³, less than one vacancy in a device, are set to this value.
    """

    points: int = 101

    name = "reram-state"
    description = "vacancy density and potential along a two-dimensional memristive device"
    outputs = (*VACANCIES, *POTENTIALS)
    # Those of `ReRAM` are of the current.
    coarse = simulate_batch = None  # type: ignore[assignment]

    def simulate(self, parameters: Mapping[str, float]) -> "xr.Dataset":
        """Simulate one device.

        Args:
            parameters: Values in Table 1's units; other parameters have their defaults.

        Returns:
            `time`, `voltage`, `vacancies_1` … and `potential_1` …, `status` and `reason`.

        Raises:
            DynsurError: A parameter is unknown or outside of its domain.
        """
        from .profiles import profiles
        from .solve import solve

        values = self.space.values(parameters)
        waveform = self.drive(values)
        time = waveform.grid(self.points)
        solution = solve(self.options, values, waveform, time)
        if solution.reason:
            return failed_trajectory(self, solution.reason, parameters=values)
        kept = profiles(solution, time)
        place = kept["x"].values / kept["x"].values[-1]
        density = np.log10(np.maximum(kept["vacancy_density"].values, FEWEST))
        series = {
            **_probed(VACANCIES, place, density),
            **_probed(POTENTIALS, place, kept["potential"].values),
        }
        return trajectory(self, time, {"voltage": waveform(time), **series}, values)


def _probed(
    variables: tuple[Variable, ...], place: np.ndarray, profile: np.ndarray
) -> dict[str, np.ndarray]:
    """Interpolate a profile [time, node] at the probes."""
    columns = np.stack([np.interp(PLACES, place, row) for row in profile], axis=1)
    return {v.name: columns[k] for k, v in enumerate(variables)}
