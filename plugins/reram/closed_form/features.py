"""Scalars of a device in closed form, as features for models."""

from collections.abc import Mapping

import numpy as np

from .equilibrium import equilibrium


def features(values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return quantities that determine the regime of a device.

    They are the same for a device and its mirror image.

    Args:
        values: Every parameter of Table 1 by name, in the table's units, each of shape [device].

    Returns:
        Quantities of shape [device]: band gap and vacancy level in eV, mobilities in m²/(V s),
        bulk densities in m⁻³, the Debye length in m, the voltage that depletes the channel in V,
        and the drift of vacancies in a period in channel lengths.
    """
    state = equilibrium(values)
    charge = values["z_a"] * state.n_a + values["C"]
    screening = state.eps * state.U_T / (state.n + state.p + state.n_a)
    drift = values["mu_x"] * np.abs(values["U_max"]) * np.abs(values["t_p"])
    return {
        **{name: np.asarray(values[name], float) for name in ("E_g", "E_a", "mu_n", "mu_p")},
        "n_bulk": np.maximum(state.n, 1.0),
        "p_bulk": np.maximum(state.p, 1.0),
        "n_a_bulk": np.maximum(state.n_a, 1.0),
        "debye_length": np.sqrt(screening),
        "punch_through": charge * state.length**2 / (2.0 * state.eps),
        "vacancy_transits": drift / state.length**2,
    }
