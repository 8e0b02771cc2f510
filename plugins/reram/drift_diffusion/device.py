"""The device in reduced form: constants, densities of states, velocities and mesh."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..constants import (
    density_of_states,
    emission_velocity,
    eps_0,
    image_constant,
    m_0,
    q,
    thermal_voltage,
)


class Device(NamedTuple):
    """One device, in SI units with potentials in units of U_T where marked reduced.

    Args:
        U_T: Thermal voltage k_B T/q, in V.
        eps: ε_r ε_0 / q, in 1/(V m).
        N_c: Effective density of states of the conduction band, in m⁻³.
        N_v: The same of the valence band, in m⁻³.
        N_x: Largest vacancy density, in m⁻³.
        C: Background donor density, in m⁻³.
        E_g: Band gap, reduced.
        E_a: Vacancy level below the conduction band edge, reduced.
        z_a: Vacancy charge number.
        D_n: μ_n U_T, in m²/s.
        D_p: μ_p U_T, in m²/s.
        D_x: μ_x U_T, in m²/s.
        v_n: Emission velocity A_n T²/(q N_c) of electrons, in m/s.
        v_p: The same of holes, in m/s.
        phi_L: Left barrier, in V.
        phi_R: Right barrier, in V.
        image: q/(4π ε_i ε_0) in V m, so that Δ = √(image·E); 0 switches lowering off.
        boltzmann: Whether electrons and holes follow Boltzmann statistics.
        area: W·D, in m².
        x: Nodes, in m.
        h: Edge lengths, in m.
        cell: Control volumes, in m.
    """

    U_T: float
    eps: float
    N_c: float
    N_v: float
    N_x: float
    C: float
    E_g: float
    E_a: float
    z_a: float
    D_n: float
    D_p: float
    D_x: float
    v_n: float
    v_p: float
    phi_L: float
    phi_R: float
    image: float
    boltzmann: bool
    area: float
    x: np.ndarray
    h: np.ndarray
    cell: np.ndarray


def make_device(values: Mapping[str, float], x: np.ndarray, boltzmann: bool = False) -> Device:
    """Reduce a device given in Table 1's units.

    Args:
        values: One value per parameter of Table 1's space.
        x: Nodes, shape [node], in m.
        boltzmann: Whether to use Boltzmann statistics for electrons and holes.
    """
    h = np.diff(x)
    cell = np.zeros(x.size)
    cell[:-1] += 0.5 * h
    cell[1:] += 0.5 * h
    return Device(**reduced(values), boltzmann=boltzmann, x=x, h=h, cell=cell)


def reduced(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constants of `Device` by name, without its statistics.

    Args:
        values: Every parameter of Table 1 by name, in its units, numbers or arrays of one shape.
    """
    T = values["T"]
    U_T = thermal_voltage(T)
    mass_n, mass_p = values["m_n"] * m_0, values["m_p"] * m_0
    return {
        "U_T": U_T,
        "eps": values["eps_r"] * eps_0 / q,
        "N_c": density_of_states(mass_n, T),
        "N_v": density_of_states(mass_p, T),
        "N_x": values["N_x"],
        "C": values["C"],
        "E_g": values["E_g"] / U_T,
        "E_a": values["E_a"] / U_T,
        "z_a": values["z_a"],
        "D_n": values["mu_n"] * U_T,
        "D_p": values["mu_p"] * U_T,
        "D_x": values["mu_x"] * U_T,
        "v_n": emission_velocity(mass_n, T),
        "v_p": emission_velocity(mass_p, T),
        "phi_L": values["phi_L"],
        "phi_R": values["phi_R"],
        "image": values["lowering"] * image_constant(values["eps_i"]),
        "area": values["W"] * values["D"] * 1e-12,
    }
