"""What is known of a device in closed form before it is simulated."""

from collections.abc import Mapping

import numpy as np

from .physics import eps_0, h_P, k_B, m_0, q

Columns = dict[str, np.ndarray]
TINY = 1e-60  # keeps logarithms finite where a density vanishes


def features(values: Mapping[str, np.ndarray]) -> Columns:
    """Return densities, length and time scales and current estimates of devices.

    The currents are those of textbook limits: a reverse-biased Schottky contact
    I = A q v n_0 e^{Δ/U_T}, with and without the image-charge lowering Δ; an ohmic bar
    I = A q μ n U/L; space charge I = 9/8 A ε μ U²/L³; displacement I = 4 A ε U/(L t_p).
    `I_plus` and `I_minus` combine them for both signs of U: what limits electrons in series,
    the same for holes, and their sum with displacement.

    Args:
        values: Every parameter of Table 1 by name, in the table's units, each of shape [device].

    Returns:
        Quantities of shape [device]; densities in m⁻³, currents in A, lengths in m.

    Source: Sze & Ng, Physics of Semiconductor Devices (2006), doi:10.1002/0470068329.
    """
    v = {name: np.asarray(column, float) for name, column in values.items()}
    U_T = k_B * v["T"] / q
    length, area = v["L"] * 1e-6, v["W"] * v["D"] * 1e-12
    eps = v["eps_r"] * eps_0
    bulk = _bulk(v, U_T)
    screening = np.sqrt(eps * U_T / (q * (bulk["n"] + bulk["p"] + bulk["ionised"])))
    contacts = {side: _contact(v, U_T, bulk, side, area, length) for side in ("L", "R")}
    scale = 9 / 8 * area * eps * v["U_max"] ** 2 / length**3
    displacement = 4 * area * eps * np.abs(v["U_max"]) / (length * np.abs(v["t_p"]))
    result = {
        "n_bulk": bulk["n"],
        "p_bulk": bulk["p"],
        "n_a_bulk": bulk["vacancies"],
        "psi_bulk": bulk["psi"],
        "debye_length": screening,
        "built_in_L": bulk["psi"] + v["phi_L"],
        "built_in_R": bulk["psi"] + v["phi_R"],
        "vacancy_transits": v["mu_x"] * np.abs(v["U_max"]) * v["t_p"] / length**2,
        "vacancy_charge": q * bulk["vacancies"] * length**2 / (eps * np.abs(v["U_max"])),
        "I_displacement": displacement,
    }
    total_plus, total_minus = displacement, displacement
    for carrier in ("n", "p"):
        mobility = v[f"mu_{carrier}"]
        ohmic = q * area * mobility * bulk[carrier] * np.abs(v["U_max"]) / length
        channel = np.maximum(ohmic, scale * mobility)
        result |= {f"I_ohmic_{carrier}": ohmic, f"I_space_{carrier}": scale * mobility}
        for side, contact in contacts.items():
            result[f"I_{carrier}_{side}"] = contact[carrier]
            result[f"I_{carrier}_{side}_lowered"] = contact[f"{carrier}_lowered"]
        # Positive U raises the right contact: electrons enter from the left, holes from the right.
        enters = ("L", "R") if carrier == "n" else ("R", "L")
        through = [_in_series(contacts[side][f"{carrier}_lowered"], channel) for side in enters]
        total_plus, total_minus = total_plus + through[0], total_minus + through[1]
    return {**result, "I_plus": total_plus, "I_minus": total_minus}


def _in_series(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return first * second / np.maximum(first + second, TINY)


def _bulk(v: Columns, U_T: np.ndarray) -> Columns:
    """Solve charge neutrality z_a n_a + p − n + C = 0 for ψ by bisection, Boltzmann carriers."""
    N = {c: 2 * (2 * np.pi * v[f"m_{c}"] * m_0 * k_B * v["T"] / h_P**2) ** 1.5 for c in ("n", "p")}
    low, high = -v["E_g"] - np.abs(v["E_a"]) - 2.0, np.full_like(v["E_g"], 1.0)
    for _ in range(60):
        psi = 0.5 * (low + high)
        densities = _densities(v, U_T, N, psi)
        positive = v["z_a"] * densities["vacancies"] + densities["p"] - densities["n"] + v["C"] > 0
        low, high = np.where(positive, psi, low), np.where(positive, high, psi)
    psi = 0.5 * (low + high)
    densities = _densities(v, U_T, N, psi)
    ionised = v["z_a"] ** 2 * densities["vacancies"] * (1 - densities["vacancies"] / v["N_x"])
    return {**densities, "psi": psi, "ionised": ionised}


def _densities(v: Columns, U_T: np.ndarray, N: Columns, psi: np.ndarray) -> Columns:
    eta = -v["z_a"] * (psi + v["E_a"]) / U_T
    return {
        "n": N["n"] * np.exp(np.minimum(psi / U_T, 60.0)) + TINY,
        "p": N["p"] * np.exp(np.minimum((-psi - v["E_g"]) / U_T, 60.0)) + TINY,
        "vacancies": v["N_x"] / (1 + np.exp(np.clip(-eta, -700.0, 700.0))) + TINY,
    }


def _contact(
    v: Columns, U_T: np.ndarray, bulk: Columns, side: str, area: np.ndarray, length: np.ndarray
) -> Columns:
    """Emission currents of a contact into the channel, without and with lowering."""
    barrier = v[f"phi_{side}"]
    charge = bulk["vacancies"] * v["z_a"] + v["C"]
    depletion = q * charge * (np.abs(v["U_max"]) + np.abs(bulk["psi"] + barrier))
    field = np.maximum(np.sqrt(2 * depletion / (v["eps_r"] * eps_0)), np.abs(v["U_max"]) / length)
    field = np.minimum(field, 1e10)
    lowering = v["lowering"] * np.sqrt(q * field / (4 * np.pi * v["eps_i"] * eps_0))
    result = {}
    for carrier, sign in (("n", 1.0), ("p", -1.0)):
        mass = v[f"m_{carrier}"] * m_0
        density = 2 * (2 * np.pi * mass * k_B * v["T"] / h_P**2) ** 1.5
        velocity = np.sqrt(k_B * v["T"] / (2 * np.pi * mass))
        height = barrier if carrier == "n" else v["E_g"] - barrier
        scale = q * area * velocity * density
        result[carrier] = scale * np.exp(-np.clip(height / U_T, 0.0, 200.0))
        lowered = np.clip((height - sign * lowering) / U_T, 0.0, 200.0)
        result[f"{carrier}_lowered"] = scale * np.exp(-lowered)
    return result
