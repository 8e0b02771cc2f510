"""What textbook formulas say of devices in equilibrium, for many devices at once."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .physics import eps_0, h_P, k_B, m_0, q

Columns = Mapping[str, np.ndarray]
TINY = 1e-60  # keeps logarithms and quotients finite where a density vanishes


@dataclass(frozen=True)
class Contact:
    """One contact in equilibrium; every field has the shape [device].

    Args:
        y: ψ/U_T at the contact, counted from the conduction band edge.
        field: E that lowers the electron barrier, in V/m.
        sheet: What the vacancies alone contribute to it, in V/m.
        n: Electron density, in m⁻³.
        p: Hole density, in m⁻³.
    """

    y: np.ndarray
    field: np.ndarray
    sheet: np.ndarray
    n: np.ndarray
    p: np.ndarray


@dataclass(frozen=True)
class Equilibrium:
    """Bulk and contacts of devices in equilibrium; every array has the shape [device].

    Args:
        U_T: Thermal voltage, in V.
        length: L, in m.
        area: W·D, in m².
        eps: ε_r ε_0/q, in 1/(V m).
        y: ψ/U_T of the neutral bulk.
        n: Electron density of the bulk, in m⁻³.
        p: Hole density, in m⁻³.
        n_a: Vacancy density, in m⁻³.
        velocity: Emission velocities by "n" and "p", in m/s.
        left: Left contact.
        right: Right contact.
    """

    U_T: np.ndarray
    length: np.ndarray
    area: np.ndarray
    eps: np.ndarray
    y: np.ndarray
    n: np.ndarray
    p: np.ndarray
    n_a: np.ndarray
    velocity: Columns
    left: Contact
    right: Contact


def fermi(eta: np.ndarray) -> np.ndarray:
    """Return F_{1/2}(η) by the fit of TeSCA, within 2 %.

    z = ln(1 + e^η): (1 + 0.16 z) z for η < 1.6107, else with z = ln(1 + e^{η^{3/4}}):
    0.3258 − (0.0321 − 0.7523 z) z.
    """
    z = np.logaddexp(0.0, eta)
    large = np.logaddexp(0.0, np.maximum(eta, 0.0) ** 0.75)
    return np.where(eta < 1.6107, (1.0 + 0.16 * z) * z, 0.3258 - (0.0321 - 0.7523 * large) * large)


@functools.cache
def _table() -> tuple[np.ndarray, np.ndarray]:
    eta = np.linspace(-80.0, 400.0, 48001)
    f = fermi(eta)
    return eta, np.concatenate([[0.0], np.cumsum(0.5 * (f[1:] + f[:-1]) * np.diff(eta))])


def fermi_integral(eta: np.ndarray) -> np.ndarray:
    """Return ∫F_{1/2} from −∞ to η, which is F_{3/2}(η)."""
    return np.interp(eta, *_table(), left=0.0)


def _densities_of_states(v: Columns) -> dict[str, np.ndarray]:
    return {
        c: 2.0 * (2.0 * np.pi * v[f"m_{c}"] * m_0 * k_B * v["T"] / h_P**2) ** 1.5
        for c in ("n", "p")
    }


def equilibrium(values: Columns) -> Equilibrium:
    """Solve the neutral bulk, and each contact as the end of a long channel.

    Neutrality z_a n_a + p − n + C = 0 gives ψ of the bulk. With Δ = √(q E/(4π ε_i ε_0)) at the
    contact, the first integral E² = (2 q/ε) ∫ (z_a n_a + p − n + C) dψ from contact to bulk is a
    scalar equation for each barrier.

    Args:
        values: Every parameter of Table 1 by name, in the table's units, each of shape [device].

    Source: Sze & Ng, Physics of Semiconductor Devices (2006), doi:10.1002/0470068329.
    """
    v = {name: np.asarray(column, float) for name, column in values.items()}
    U_T = k_B * v["T"] / q
    N = _densities_of_states(v)
    E_g, E_a, z, N_x = v["E_g"] / U_T, v["E_a"] / U_T, v["z_a"], v["N_x"]
    eps = v["eps_r"] * eps_0 / q

    def vacancies(y: np.ndarray) -> np.ndarray:
        return N_x * np.exp(-np.logaddexp(0.0, z * (y + E_a)))

    def charge(y: np.ndarray) -> np.ndarray:
        return z * vacancies(y) + N["p"] * fermi(-y - E_g) - N["n"] * fermi(y) + v["C"]

    bulk = _bisect(charge, -E_g - 60.0 - np.abs(E_a), np.full_like(E_g, 60.0), 45)

    def occupied(y: np.ndarray) -> np.ndarray:
        return N_x * (np.logaddexp(0.0, -z * (y + E_a)) - np.logaddexp(0.0, -z * (bulk + E_a)))

    def total(y: np.ndarray) -> np.ndarray:
        holes = N["p"] * (fermi_integral(-y - E_g) - fermi_integral(-bulk - E_g))
        electrons = N["n"] * (fermi_integral(bulk) - fermi_integral(y))
        return occupied(y) + holes - electrons + v["C"] * (bulk - y)

    def field(y: np.ndarray, integral: np.ndarray) -> np.ndarray:
        return np.where(y < bulk, np.sqrt(np.maximum(2.0 * U_T / eps * integral, 0.0)), 0.0)

    image = v["lowering"] * q / (4.0 * np.pi * v["eps_i"] * eps_0)

    def contact(side: str, other: str) -> Contact:
        barrier = v[f"phi_{side}"]
        across = np.maximum((barrier - v[f"phi_{other}"]) / (v["L"] * 1e-6), 0.0)

        def at(delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            y = (delta - barrier) / U_T
            return y, np.maximum(field(y, total(y)), across)

        def excess(delta: np.ndarray) -> np.ndarray:
            return np.sqrt(image * at(delta)[1]) - delta

        delta = _bisect(excess, np.zeros_like(barrier), np.full_like(barrier, 5.0), 30)
        y, strength = at(delta)
        n, p = N["n"] * fermi(y), N["p"] * fermi(-y - E_g)
        return Contact(y, strength, field(y, occupied(y)), n + TINY, p + TINY)

    return Equilibrium(
        U_T=U_T,
        length=v["L"] * 1e-6,
        area=v["W"] * v["D"] * 1e-12,
        eps=eps,
        y=bulk,
        n=N["n"] * fermi(bulk) + TINY,
        p=N["p"] * fermi(-bulk - E_g) + TINY,
        n_a=vacancies(bulk) + TINY,
        velocity={c: np.sqrt(k_B * v["T"] / (2.0 * np.pi * v[f"m_{c}"] * m_0)) for c in ("n", "p")},
        left=contact("L", "R"),
        right=contact("R", "L"),
    )


def _bisect(function, low: np.ndarray, high: np.ndarray, halvings: int) -> np.ndarray:  # noqa: ANN001
    """Return the zero of a falling function between `low` and `high`, element by element."""
    for _ in range(halvings):
        middle = 0.5 * (low + high)
        positive = function(middle) > 0.0
        low, high = np.where(positive, middle, low), np.where(positive, high, middle)
    return 0.5 * (low + high)
