"""The Doyle–Fuller–Newman model of a lithium-ion cell, and its single-particle model as a base."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .battery import Battery


@dataclass(frozen=True, repr=False)
class BatteryDFN(Battery):
    """A cell as `Battery`, by the model of Doyle, Fuller & Newman (1993), doi:10.1149/1.2221597.

    Lithium diffuses in a particle at every depth of both electrodes, and ions in the electrolyte
    between them. PyBaMM solves the equations; see docs/pybamm.md.
    """

    model = "DFN"
    name = "battery-dfn"
    description = "PyBaMM's Doyle–Fuller–Newman model of a lithium-ion cell, discharged in pulses"

    def coarse(
        self,
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        time: np.ndarray,
        wanted: np.ndarray,
    ) -> dict[str, np.ndarray]:
        """Return the voltage by the single-particle model along any current, see `coarse.coarse`.

        Args:
            parameters: Every parameter by name, each of shape [n].
            series: `current`, shape [n, time], in A, linear between the instants.
            time: Instants, shape [n, time], in s.
            wanted: Instants at which the voltage is wanted, shape [n, instant], in s.
        """
        from .coarse import coarse

        return coarse(parameters, series["current"], time, wanted)
