"""The current along a voltage in closed form: what limits each carrier, in series."""

from collections.abc import Mapping

import numpy as np

from .closed_form import Contact, Equilibrium, equilibrium
from .physics import q

Columns = Mapping[str, np.ndarray]
SMALLEST, LARGEST = 1e-20, 1e3  # A: what currents below and above are said to be
SHORTEST = 0.02  # of the duration: charge that leaves does so no faster
WEAK = 1e3  # V/m: what fields below this are said to be


def estimate(
    values: Columns, voltage: np.ndarray, time: np.ndarray, state: Equilibrium | None = None
) -> dict[str, np.ndarray]:
    """Estimate the current of devices along a voltage, and give what it is made of.

    At each instant the contact that injects electrons is the cathode, the other one the anode:
    an estimate does not know left from right. Each carrier's current is the series connection
    of emission q A n_eq v v_d/(v + v_d) with the drift velocity v_d = μ E at the contact (Crowell
    & Sze 1966), of the channel, ohmic q A μ n U/L or space-charge limited 9/8 A ε μ U²/L³, and
    of the far contact in forward direction, q A v n_eq (e^{U/U_T} − 1). Holes meet the anode's
    built-in barrier too, less what the electrons' current and punch-through take off it.
    Vacancies drift; the displacement current is ε A dU/dt/L. Vacancies stay where they are.

    Args:
        values: Every parameter of Table 1 by name, in the table's units, each of shape [device].
        voltage: U of the right contact, shape [device, time], in V.
        time: Instants, shape [device, time], in s.
        state: The devices in equilibrium, if known already.

    Returns:
        `current` in A, signed, and for the same instants without sign the quantities it is made
        of, in A, V/m and 1, each of shape [device, time].

    Source: Crowell & Sze (1966), doi:10.1016/0038-1101(66)90127-4; Sze & Ng, Physics of
    Semiconductor Devices (2006), doi:10.1002/0470068329.
    """
    state = state or equilibrium(values)
    v = {name: np.asarray(column, float)[:, None] for name, column in values.items()}
    U_T, L, eps, area, y, n, p, n_a = (
        np.asarray(c, float)[:, None]
        for c in (state.U_T, state.length, state.eps, state.area, state.y, state.n, state.p,
                  state.n_a)
    )  # fmt: skip
    cathode, anode = _roles(state, voltage >= 0.0)
    v_n, v_p = state.velocity["n"][:, None], state.velocity["p"][:, None]
    V, charge = np.abs(voltage), v["z_a"] * n_a + v["C"]
    thermal, punch_through = U_T / L, charge * L**2 / (2.0 * eps)
    on = -np.expm1(-V / U_T)
    forward = np.expm1(np.minimum(V / U_T, 300.0))
    spread = np.maximum(V / L + charge * L / (2.0 * eps), cathode.field)
    field = np.minimum(np.sqrt(cathode.field**2 + 2.0 * charge * V / eps), spread)
    space_charge = 9.0 / 8.0 * area * eps * q * V**2 / L**3
    rows = {
        "emission_n": q * area * cathode.n * on
        * _in_series(v_n, v["mu_n"] * np.maximum(field, thermal)),
        "channel_n": np.maximum(q * area * v["mu_n"] * n * V / L, v["mu_n"] * space_charge),
        "forward_n": q * area * v_n * anode.n * forward,
    }  # fmt: skip
    elapsed = np.maximum(time, SHORTEST * time[:, -1:])
    leaving = _in_series(*rows.values()) + q * area * n * L / elapsed
    taken_off = np.maximum(U_T * np.log1p(leaving / (q * area * v_n * anode.n)), V - punch_through)
    barrier = np.clip((y - anode.y) * U_T - np.minimum(taken_off, V), 0.0, 600.0 * U_T)
    injected = np.maximum(np.maximum(V - punch_through, 0.0) / L, thermal)
    rows |= {
        "emission_p": q * area * anode.p * np.exp(-barrier / U_T) * on
        * _in_series(v_p, v["mu_p"] * injected),
        "channel_p": np.maximum(q * area * v["mu_p"] * p * V / L, v["mu_p"] * space_charge),
        "forward_p": q * area * v_p * cathode.p * forward,
    }  # fmt: skip
    plasma = np.minimum(rows["emission_n"], rows["emission_p"])
    carried = {
        c: _in_series(
            rows[f"emission_{c}"], np.maximum(rows[f"channel_{c}"], plasma), rows[f"forward_{c}"]
        )
        for c in ("n", "p")
    }
    drift = q * area * v["z_a"] ** 2 * v["mu_x"] * n_a * V / L
    rows |= {
        "current_n": carried["n"],
        "current_p": carried["p"],
        "current_a": np.minimum(drift, q * area * n_a * L / elapsed),
    }
    slope = np.gradient(voltage, axis=1) / np.gradient(time, axis=1)
    displacement = area * eps * q * slope / L
    conduction = rows["current_n"] + rows["current_p"] + rows["current_a"]
    rows["displacement"] = np.abs(displacement)
    return {
        "current": np.sign(voltage) * conduction + displacement,
        **{name: np.clip(row, SMALLEST, LARGEST) for name, row in rows.items()},
        **_contacts(cathode, anode, y, U_T),
        **_vacancies(v, voltage, time, L, eps, n_a),
    }


def _roles(state: Equilibrium, left: np.ndarray) -> tuple[Contact, Contact]:
    """Return cathode and anode at each instant; the left contact is the cathode where told."""

    def pick(where: np.ndarray) -> Contact:
        pairs = ((getattr(state.left, f), getattr(state.right, f)) for f in Contact.__annotations__)
        return Contact(*(np.where(where, a[:, None], b[:, None]) for a, b in pairs))

    return pick(left), pick(~left)


def _in_series(*currents: np.ndarray) -> np.ndarray:
    total = sum(1.0 / (current + 1e-100) for current in currents)
    return 1.0 / np.asarray(total)


def _contacts(
    cathode: Contact, anode: Contact, y: np.ndarray, U_T: np.ndarray
) -> dict[str, np.ndarray]:
    return {
        "bending_cathode": (y - cathode.y) * U_T,
        "bending_anode": (y - anode.y) * U_T,
        "sheet_cathode": cathode.sheet + WEAK,
        "sheet_anode": anode.sheet + WEAK,
        "density_cathode": np.maximum(cathode.n, 1.0),
        "density_anode": np.maximum(anode.p, 1.0),
    }


def _vacancies(
    v: Columns, voltage: np.ndarray, time: np.ndarray, L: np.ndarray, eps: np.ndarray,
    n_a: np.ndarray,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Describe how far vacancies have drifted, in channel lengths, and what they could screen."""
    V = np.abs(voltage)
    steps = 0.5 * (voltage[:, 1:] + voltage[:, :-1]) * np.diff(time, axis=1)
    first = 0.5 * voltage[:, :1] * time[:, :1]
    flux = np.concatenate([first, first + np.cumsum(steps, axis=1)], axis=1)
    drift = v["mu_x"] / L**2 * flux
    along = np.where(voltage >= 0.0, drift, -drift)
    piled = np.minimum(V / L + n_a * L / eps, np.sqrt(2.0 * v["N_x"] * V / eps))
    return {
        "drift": np.tanh(along),
        "drift_small": np.arcsinh(10.0 * along),
        "drift_reach": np.maximum.accumulate(np.abs(drift), axis=1) + 1e-4,
        "field_piled": piled + WEAK,
        "screening": n_a * L**2 / (eps * (V + 0.1)) + 1e-4,
    }
