"""The device written a second time, plainly: numpy in space, scipy's BDF in time, nothing shared.

Unknowns are the densities n, p, n_a at the nodes. Poisson's equation is linear in them, so ψ and
the image-charge lowering follow explicitly: ψ_S of the un-lowered contacts by two running sums,
Δ = √(q E/(4π ε_i ε_0)) from its boundary fields, ψ = ψ_S + Δ_L (1 − x/L) + Δ_R x/L.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.constants import Boltzmann, electron_mass, elementary_charge, epsilon_0, h, pi
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline
from scipy.optimize import root

q = elementary_charge
STEP = 1e-30  # of the complex-step derivative, relative to a component's scale


def bernoulli(x):
    """Return x/(eˣ − 1)."""
    small = np.abs(x) < 1e-8
    safe = np.where(small, 1.0, np.where(x.real > 700.0, 700.0, x))
    return np.where(small, 1.0 - 0.5 * x, safe / np.expm1(safe))


def fermi_half(eta):
    """Return the fit of F_{1/2} by Bednarczyk (1978), doi:10.1016/0375-9601(78)90283-9."""
    v = eta**4 + 50.0 + 33.6 * eta * (1.0 - 0.68 * np.exp(-0.17 * (eta + 1.0) ** 2))
    return 1.0 / (np.exp(-eta) + 0.75 * np.sqrt(pi) * v**-0.375)


_eta = np.linspace(-40.0, 80.0, 6001)
_excess = CubicSpline(np.log(fermi_half(_eta)), _eta - np.log(fermi_half(_eta)))
_excess_slope = _excess.derivative()


def excess(ratio):
    """Return γ = η − log F of F_{1/2}(η) = ratio, also along the imaginary axis to first order."""
    log = np.log(np.clip(ratio.real, 1e-16, None))
    value = _excess(log)
    if not np.iscomplexobj(ratio):
        return value
    return value + 1j * _excess_slope(log) * ratio.imag / np.clip(ratio.real, 1e-16, None)


@dataclass(frozen=True)
class Plain:
    """One device on a given mesh.

    Args:
        values: Parameters in Table 1's units.
        x: Nodes, shape [node], in m.
        boltzmann: Whether electrons and holes follow Boltzmann statistics.
        one_sided: Take the contact fields from the difference over the first cell, as published,
            in place of the field at the contact.
    """

    values: dict
    x: np.ndarray
    boltzmann: bool = False
    one_sided: bool = False

    @cached_property
    def U_T(self):
        """Thermal voltage, in V."""
        return Boltzmann * self.values["T"] / q

    @cached_property
    def eps(self):
        """Permittivity, in F/m."""
        return self.values["eps_r"] * epsilon_0

    @cached_property
    def h(self):
        """Edge lengths, in m."""
        return np.diff(self.x)

    @cached_property
    def cell(self):
        """Control volumes, in m."""
        return np.append(self.h, 0.0) / 2 + np.insert(self.h, 0, 0.0) / 2

    @cached_property
    def area(self):
        """Cross section W·D, in m²."""
        return self.values["W"] * self.values["D"] * 1e-12

    def band(self, carrier):
        """Return density of states, in m⁻³, and emission velocity, in m/s, of "n" or "p"."""
        mass, heat = self.values[f"m_{carrier}"] * electron_mass, Boltzmann * self.values["T"]
        return 2.0 * (2.0 * pi * mass * heat / h**2) ** 1.5, np.sqrt(heat / (2.0 * pi * mass))

    def densities(self, psi):
        """Return n, p, n_a where all quasi-Fermi potentials vanish."""
        v, U_T = self.values, self.U_T
        law = np.exp if self.boltzmann else fermi_half
        n = self.band("n")[0] * law(psi / U_T)
        p = self.band("p")[0] * law((-psi - v["E_g"]) / U_T)
        return n, p, v["N_x"] / (1.0 + np.exp(v["z_a"] * (psi + v["E_a"]) / U_T))

    def charge(self, n, p, a):
        """Return the space charge of mobile carriers, in C/m³."""
        return q * (self.values["z_a"] * a + p - n)

    def displacement(self, charge, left, right):
        """Return D over the edges for given space charge and contact potentials."""
        inside = np.cumsum(self.cell[1:-1] * charge[..., 1:-1], axis=-1)
        inside = np.concatenate([0.0 * charge[..., :1], inside], axis=-1)
        drop = (inside * self.h).sum(-1) / self.eps
        first = (left - right - drop) * self.eps / self.x[-1]
        return inside + np.expand_dims(first, -1)

    def contact_fields(self, D, charge):
        """Return the fields that lower the left and the right barrier, in V/m."""
        left, right = D[..., 0], D[..., -1]
        if not self.one_sided:
            left = left - self.cell[0] * charge[..., 0]
            right = right + self.cell[-1] * charge[..., -1]
        return -left / self.eps, right / self.eps

    def lowering(self, field):
        """Return Δ = √(q E/(4π ε_i ε_0)), 0 for E ≤ 0, and dΔ/dE."""
        image = self.values["lowering"] * q / (4.0 * pi * self.values["eps_i"] * epsilon_0)
        positive = np.where(field.real > 0.0, field, 1e-20)
        delta = np.where(field.real > 0.0, np.sqrt(image * positive), 0.0)
        return delta, np.where(field.real > 0.0, 0.5 * delta / positive, 0.0)

    def field(self, n, p, a, voltage):
        """Return D over the edges, and ∂Δ/∂E and Δ of both contacts."""
        v = self.values
        charge = self.charge(n, p, a) + q * v["C"]
        D = self.displacement(charge, -v["phi_L"], voltage - v["phi_R"])
        (left, slope_left), (right, slope_right) = map(
            self.lowering, self.contact_fields(D, charge)
        )
        D = D - self.eps * np.expand_dims((right - left) / self.x[-1], -1)
        return D, (slope_left, slope_right), (left, right)

    def fluxes(self, n, p, a, D):
        """Return the fluxes of n, p and n_a over the edges, in 1/(m² s)."""
        v = self.values
        dy = -D * self.h / self.eps / self.U_T
        gamma_a = -np.log1p(-a / v["N_x"])
        rows = []
        for density, carrier, z in ((n, "n", -1.0), (p, "p", 1.0), (a, "x", v["z_a"])):
            Q = z * dy
            if carrier == "x":
                Q = Q + np.diff(gamma_a)
            elif not self.boltzmann:
                Q = Q + np.diff(excess(density / self.band(carrier)[0]))
            both = bernoulli(Q) * density[..., :-1] - bernoulli(-Q) * density[..., 1:]
            rows.append(v[f"mu_{carrier}"] * self.U_T / self.h * both)
        return rows

    def rates(self, y, voltage, rest):
        """Return dn/dt, dp/dt, dn_a/dt for a state y of shape [..., 3, node]."""
        n, p, a = (y[..., i, :] for i in range(3))
        flux = self.fluxes(n, p, a, self.field(n, p, a, voltage)[0])
        result = np.zeros_like(y)
        for i, carrier in enumerate("npx"):
            ends = np.zeros((*y.shape[:-2], 1), y.dtype), np.zeros((*y.shape[:-2], 1), y.dtype)
            if carrier != "x":
                out = self.band(carrier)[1] * (y[..., i, ::-1][..., [-1, 0]] - rest[i, [0, -1]])
                ends = -out[..., :1], out[..., 1:]
            full = np.concatenate([ends[0], flux[i], ends[1]], axis=-1)
            result[..., i, :] = -np.diff(full, axis=-1) / self.cell
        return result

    def current(self, y, voltage, slope, rest):
        """Return the current into the right contact over every edge, in A, shape [edge].

        I = −A (j_n + j_p + j_a + ∂D/∂t), the last by applying Poisson's equation to the rates.
        """
        D, slopes, _ = self.field(*y, voltage)
        rates = self.charge(*self.rates(y, voltage, rest))
        change = self.displacement(rates, 0.0, slope)
        fields = self.contact_fields(change, rates)
        change -= self.eps * (slopes[1] * fields[1] - slopes[0] * fields[0]) / self.x[-1]
        n, p, a = self.fluxes(*y, D)
        return -self.area * (q * (p - n + self.values["z_a"] * a) + change)

    def potential(self, y, voltage=0.0):
        """Return ψ at the nodes for densities y, in V."""
        D, _, lowered = self.field(*y, voltage)
        start = lowered[0] - self.values["phi_L"]
        return start + np.concatenate([[0.0], np.cumsum(-D * self.h / self.eps)])

    def equilibrium(self):
        """Return n, p, n_a of equilibrium, shape [3, node], by Newton's method on ψ.

        Around it `scipy.optimize.root` solves Δ² = q E/(4π ε_i ε_0) for both contacts.
        """
        psi = np.full(self.x.size, -0.5 * self.values["E_a"])
        image = self.values["lowering"] * q / (4.0 * pi * self.values["eps_i"] * epsilon_0)
        if image == 0.0:
            return np.array(self.densities(self._poisson_boltzmann(psi, np.zeros(2))))

        def misfit(delta):
            densities = self.densities(self._poisson_boltzmann(psi, np.maximum(delta, 0.0)))
            charge = self.charge(*densities) + q * self.values["C"]
            D = self.displacement(charge, -self.values["phi_L"], -self.values["phi_R"])
            return delta * np.abs(delta) - image * np.array(self.contact_fields(D, charge))

        found = root(misfit, np.full(2, 0.01), tol=1e-14)
        return np.array(self.densities(self._poisson_boltzmann(psi, np.maximum(found.x, 0.0))))

    def _poisson_boltzmann(self, psi, delta):
        v = self.values
        ends = delta - np.array([v["phi_L"], v["phi_R"]])
        for _ in range(400):
            charge = self.charge(*self.densities(psi)) + q * v["C"]
            up, down = (self.charge(*self.densities(psi + s)) for s in (1e-7, -1e-7))
            D = -self.eps * np.diff(psi) / self.h
            misfit = np.diff(D) - (self.cell * charge)[1:-1]
            stiff = self.eps / self.h
            matrix = np.diag(np.append(stiff, 0) + np.insert(stiff, 0, 0))
            matrix -= np.diag(stiff, 1) + np.diag(stiff, -1)
            matrix -= np.diag(self.cell * (up - down) / 2e-7)
            matrix[[0, -1]] = np.eye(psi.size)[[0, -1]]
            right = np.concatenate([[ends[0] - psi[0]], -misfit, [ends[1] - psi[-1]]])
            step = np.linalg.solve(matrix, right)
            psi = psi + np.clip(step, -2 * self.U_T, 2 * self.U_T)
            if np.abs(step).max() < 1e-13:
                return psi
        raise RuntimeError("Newton's method found no equilibrium")

    def sweep(self, waveform, time, rtol=1e-6, method="BDF", longest=np.inf):
        """Follow a piecewise-linear voltage from equilibrium.

        Args:
            waveform: `times` of its kinks, in s, and `values` there, in V.
            time: Instants wanted, increasing, in s.
            rtol: Relative tolerance of `scipy.integrate.solve_ivp`.
            method: An implicit one of its methods.
            longest: Largest step, in s.

        Returns:
            The current at these instants, in A, and the densities there, shape [time, 3, node].
        """
        rest = self.equilibrium()
        scale = np.abs(rest).mean(axis=1)
        tolerance = (np.ones_like(rest) * np.array([1e8, 1e8, rtol * scale[2]])[:, None]).ravel()
        shape, state = rest.shape, rest.ravel()
        current, states = np.zeros(time.size), np.zeros((time.size, *shape))
        states[time == waveform.times[0]] = rest
        kinks = zip(waveform.times, waveform.times[1:], waveform.values, waveform.values[1:],
                    strict=False)  # fmt: skip
        for start, end, first, last in kinks:
            slope = (last - first) / (end - start)

            def voltage(t, start=start, first=first, slope=slope):
                return first + slope * (t - start)

            def rates(t, y, voltage=voltage):
                return self.rates(y.reshape(shape), voltage(t), rest).ravel()

            def jacobian(t, y, voltage=voltage):
                size = STEP * (np.abs(y) + tolerance)
                nudged = (y + 1j * np.diag(size)).reshape(-1, *shape)
                change = self.rates(nudged, voltage(t), rest).imag
                return change.reshape(y.size, y.size).T / size

            inside = (time > start) & (time <= end * (1 + 1e-12))
            wanted = np.minimum(time[inside], end)
            done = solve_ivp(rates, (start, end), state, method, dense_output=True, rtol=rtol,
                             atol=tolerance, jac=jacobian, max_step=longest)  # fmt: skip
            if not done.success:
                raise RuntimeError(f"t = {done.t[-1]:g} s: {done.message}")
            state = done.y[:, -1]
            states[inside] = done.sol(wanted).T.reshape(-1, *shape)
            current[inside] = [
                self.current(y, voltage(t), slope, rest).mean()
                for t, y in zip(wanted, states[inside], strict=True)
            ]
        return current, states
