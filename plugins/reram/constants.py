"""Physical constants (CODATA 2018) and quantities of a device that follow from them.

The solver and the closed form use the same formulas, in SI units.
"""

import math

import numpy as np

q = 1.602176634e-19  # elementary charge, C (SI 2019, exact)
k_B = 1.380649e-23  # Boltzmann constant, J/K (SI 2019, exact)
h_P = 6.62607015e-34  # Planck constant, J s (SI 2019, exact)
m_0 = 9.1093837139e-31  # electron mass, kg (CODATA 2022)
eps_0 = 8.8541878188e-12  # vacuum permittivity, F/m (CODATA 2022)


def thermal_voltage(T: float) -> float:
    """Return U_T = k_B T/q, in V."""
    return k_B * T / q


def density_of_states(mass: float, T: float) -> float:
    """Return N_c or N_v, 2 (2π m k_B T/h²)^{3/2}, in m⁻³, for an effective mass in kg."""
    return 2.0 * (2.0 * math.pi * mass * k_B * T / h_P**2) ** 1.5


def emission_velocity(mass: float, T: float) -> float:
    """Return v = A T²/(q N) = √(k_B T/(2π m)), in m/s, for an effective mass in kg."""
    return np.sqrt(k_B * T / (2.0 * math.pi * mass))


def image_constant(eps_i: float) -> float:
    """Return q/(4π ε_i ε_0), in V m; a field E lowers a barrier by Δ = √(q E/(4π ε_i ε_0))."""
    return q / (4.0 * math.pi * eps_i * eps_0)
