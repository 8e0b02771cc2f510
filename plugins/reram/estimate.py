"""The current along a voltage in closed form: what limits each carrier, in series."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .closed_form import Contact, Equilibrium, equilibrium
from .physics import q

Columns = Mapping[str, np.ndarray]
SMALLEST, LARGEST = 1e-20, 1e3  # A: what currents below and above are said to be
SHORTEST = 0.02  # of the duration: charge that leaves does so no faster
WEAK = 1e3  # V/m: what fields below this are said to be


def estimate(values: Columns, voltage: np.ndarray, time: np.ndarray) -> dict[str, np.ndarray]:
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

    Returns:
        `current` in A, signed, and for the same instants without sign the quantities it is made
        of, in A, V/m and 1, each of shape [device, time].

    Source: Crowell & Sze (1966), doi:10.1016/0038-1101(66)90127-4; Sze & Ng, Physics of
    Semiconductor Devices (2006), doi:10.1002/0470068329.
    """
    d = _driven(values, voltage, time, equilibrium(values))
    electrons = _electrons(d)
    holes = _holes(d, _in_series(*electrons.values()))
    rows = electrons | holes
    # Where both are injected they neutralise each other: space charge limits neither.
    plasma = np.minimum(rows["emission_n"], rows["emission_p"])
    for c in ("n", "p"):
        channel = np.maximum(rows[f"channel_{c}"], plasma)
        rows[f"current_{c}"] = _in_series(rows[f"emission_{c}"], channel, rows[f"forward_{c}"])
    drift = q * d.area * d.v["z_a"] ** 2 * d.v["mu_x"] * d.n_a * d.V / d.L
    rows["current_a"] = np.minimum(drift, q * d.area * d.n_a * d.L / d.elapsed)
    slope = np.gradient(voltage, axis=1) / np.gradient(time, axis=1)
    displacement = d.area * d.eps * q * slope / d.L
    conduction = rows["current_n"] + rows["current_p"] + rows["current_a"]
    rows["displacement"] = np.abs(displacement)
    return {
        "current": np.sign(voltage) * conduction + displacement,
        **{name: np.clip(row, SMALLEST, LARGEST) for name, row in rows.items()},
        **_contacts(d),
        **_vacancies(d, voltage, time),
    }


class _Driven(NamedTuple):
    """Devices under voltage: parameters and bulk of shape [device, 1], the rest [device, time]."""

    v: Columns
    U_T: np.ndarray
    L: np.ndarray
    eps: np.ndarray
    area: np.ndarray
    y: np.ndarray
    n: np.ndarray
    p: np.ndarray
    n_a: np.ndarray
    v_n: np.ndarray
    v_p: np.ndarray
    V: np.ndarray
    elapsed: np.ndarray
    cathode: Contact
    anode: Contact

    @property
    def charge(self) -> np.ndarray:
        """Space charge of the emptied channel, in units of q, in m⁻³."""
        return self.v["z_a"] * self.n_a + self.v["C"]

    @property
    def surplus(self) -> np.ndarray:
        """Voltage beyond what empties the channel, in V; negative before."""
        return self.V - self.charge * self.L**2 / (2.0 * self.eps)


def _driven(values: Columns, voltage: np.ndarray, time: np.ndarray, state: Equilibrium) -> _Driven:
    cathode, anode = _roles(state, voltage >= 0.0)
    return _Driven(
        v={name: np.asarray(column, float)[:, None] for name, column in values.items()},
        U_T=state.U_T[:, None],
        L=state.length[:, None],
        eps=state.eps[:, None],
        area=state.area[:, None],
        y=state.y[:, None],
        n=state.n[:, None],
        p=state.p[:, None],
        n_a=state.n_a[:, None],
        v_n=state.velocity["n"][:, None],
        v_p=state.velocity["p"][:, None],
        V=np.abs(voltage),
        elapsed=np.maximum(time, SHORTEST * time[:, -1:]),
        cathode=cathode,
        anode=anode,
    )


def _electrons(d: _Driven) -> dict[str, np.ndarray]:
    """Return what limits electrons, each in A: the cathode, the channel, the anode."""
    mobility = d.v["mu_n"]
    spread = np.maximum(d.V / d.L + d.charge * d.L / (2.0 * d.eps), d.cathode.field)
    depleted = np.sqrt(d.cathode.field**2 + 2.0 * d.charge * d.V / d.eps)
    drift = mobility * np.maximum(np.minimum(depleted, spread), d.U_T / d.L)
    return {
        "emission_n": q * d.area * d.cathode.n * _in_series(d.v_n, drift) * -np.expm1(-d.V / d.U_T),
        "channel_n": _channel(d, mobility, d.n),
        "forward_n": q * d.area * d.v_n * d.anode.n * _forward(d),
    }


def _holes(d: _Driven, electrons: np.ndarray) -> dict[str, np.ndarray]:
    """Return what limits holes, each in A: the anode behind its barrier, channel, cathode.

    The anode's built-in barrier is lower by what it takes to let the electrons' current out, and
    those that the channel holds, or by the voltage beyond punch-through.
    """
    leaving = electrons + q * d.area * d.n * d.L / d.elapsed
    opened = d.U_T * np.log1p(leaving / (q * d.area * d.v_n * d.anode.n))
    taken_off = np.minimum(np.maximum(opened, d.surplus), d.V)
    barrier = np.clip((d.y - d.anode.y) * d.U_T - taken_off, 0.0, 600.0 * d.U_T)
    drift = d.v["mu_p"] * np.maximum(np.maximum(d.surplus, 0.0) / d.L, d.U_T / d.L)
    injected = d.anode.p * np.exp(-barrier / d.U_T)
    return {
        "emission_p": q * d.area * injected * _in_series(d.v_p, drift) * -np.expm1(-d.V / d.U_T),
        "channel_p": _channel(d, d.v["mu_p"], d.p),
        "forward_p": q * d.area * d.v_p * d.cathode.p * _forward(d),
    }


def _channel(d: _Driven, mobility: np.ndarray, density: np.ndarray) -> np.ndarray:
    ohmic = q * d.area * mobility * density * d.V / d.L
    space_charge = 9.0 / 8.0 * d.area * d.eps * q * mobility * d.V**2 / d.L**3
    return np.maximum(ohmic, space_charge)


def _forward(d: _Driven) -> np.ndarray:
    return np.expm1(np.minimum(d.V / d.U_T, 300.0))


def _roles(state: Equilibrium, left: np.ndarray) -> tuple[Contact, Contact]:
    """Return cathode and anode at each instant; the left contact is the cathode where told."""

    def pick(where: np.ndarray) -> Contact:
        pairs = ((getattr(state.left, f), getattr(state.right, f)) for f in Contact.__annotations__)
        return Contact(*(np.where(where, a[:, None], b[:, None]) for a, b in pairs))

    return pick(left), pick(~left)


def _in_series(*currents: np.ndarray) -> np.ndarray:
    total = sum(1.0 / (current + 1e-100) for current in currents)
    return 1.0 / np.asarray(total)


def _contacts(d: _Driven) -> dict[str, np.ndarray]:
    return {
        "bending_cathode": (d.y - d.cathode.y) * d.U_T,
        "bending_anode": (d.y - d.anode.y) * d.U_T,
        "sheet_cathode": d.cathode.sheet + WEAK,
        "sheet_anode": d.anode.sheet + WEAK,
        "density_cathode": np.maximum(d.cathode.n, 1.0),
        "density_anode": np.maximum(d.anode.p, 1.0),
    }


def _vacancies(d: _Driven, voltage: np.ndarray, time: np.ndarray) -> dict[str, np.ndarray]:
    """Describe how far vacancies have drifted, in channel lengths, and what they could screen."""
    steps = 0.5 * (voltage[:, 1:] + voltage[:, :-1]) * np.diff(time, axis=1)
    first = 0.5 * voltage[:, :1] * time[:, :1]
    flux = np.concatenate([first, first + np.cumsum(steps, axis=1)], axis=1)
    drift = d.v["mu_x"] / d.L**2 * flux
    along = np.where(voltage >= 0.0, drift, -drift)
    piled = np.minimum(d.V / d.L + d.n_a * d.L / d.eps, np.sqrt(2.0 * d.v["N_x"] * d.V / d.eps))
    return {
        "drift": np.tanh(along),
        "drift_small": np.arcsinh(10.0 * along),
        "drift_reach": np.maximum.accumulate(np.abs(drift), axis=1) + 1e-4,
        "field_piled": piled + WEAK,
        "screening": d.n_a * d.L**2 / (d.eps * (d.V + 0.1)) + 1e-4,
    }
