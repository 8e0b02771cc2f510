"""Another simulator on the same case: a Schottky diode in steady state by DEVSIM.

Electrons and immobile donors between two emitting contacts, Boltzmann or Fermi–Dirac statistics.
DEVSIM has its own mesh generator, symbolic differentiation, assembly and linear solver; it is given
the equations as text. Unknowns are ψ and φ_n.

Source: Sanchez (2022), DEVSIM: a TCAD semiconductor device simulator, doi:10.21105/joss.03898.
"""

import devsim_openblas
import numpy as np
from dynsur.core import Waveform
from dynsur.plugins.reram import ReRAM

from .devices import IMMOBILE, S1, mesh, ramp, values_of
from .plain import Plain, q

devsim_openblas.configure()
import devsim  # noqa: E402  (it looks for BLAS when it is imported)

DIODE = {
    **S1, "E_g": 3.0, "E_a": 3.0, "mu_x": IMMOBILE, "C": 2e23, "phi_L": 0.3, "phi_R": 0.05,
    "mu_n": 1e-2, "L": 0.5,
}  # fmt: skip
PANELS, CELLS = 2, (25, 50, 100, 200)
VOLTAGES = np.array([-0.4, -0.2, -0.1, 0.1, 0.2, 0.3, 0.4])


BOLTZMANN = {"F": "exp(eta)", "dF": "F"}
FERMI = {  # the fit that both simulators use, and its derivative
    "gauss": "0.68*exp(-0.17*(eta + 1)^2)",
    "v": "eta^4 + 50 + 33.6*eta*(1 - gauss)",
    "dv": "4*eta^3 + 33.6*(1 - gauss) + 33.6*eta*gauss*0.34*(eta + 1)",
    "zeta": f"{0.75 * np.sqrt(np.pi):.17g}*v^(-0.375)",
    "F": "1/(exp(-eta) + zeta)",
    "dF": "F^2*(exp(-eta) + 0.375*zeta*dv/v)",
}


def _mesh(name, length, cells):
    """Make a mesh graded to both contacts, with that many cells of the largest size."""
    devsim.create_1d_mesh(mesh=name)
    coarse = length / cells
    lines = ((0.0, 0.1, "left"), (0.5, 1.0, "middle"), (1.0, 0.1, "right"))
    for position, fineness, tag in lines:
        devsim.add_1d_mesh_line(mesh=name, pos=position * length, ps=fineness * coarse, tag=tag)
    for side in ("left", "right"):
        devsim.add_1d_contact(mesh=name, name=side, tag=side, material="metal")
    devsim.add_1d_region(mesh=name, material="oxide", region="channel", tag1="left", tag2="right")
    devsim.finalize_mesh(mesh=name)
    devsim.create_device(mesh=name, device=name)


class Equations:
    """Enter the drift–diffusion model of one device into DEVSIM."""

    def __init__(self, name, values, boltzmann):
        self.place = {"device": name, "region": "channel"}
        self.plain = Plain(values, np.linspace(0.0, 1.0, 3), boltzmann)
        self.statistics = BOLTZMANN if boltzmann else FERMI
        for variable in ("psi", "phi"):
            devsim.node_solution(name=variable, **self.place)
            devsim.edge_from_node_model(node_model=variable, **self.place)
        self._bulk(values)
        self._contacts(values)

    def _bulk(self, values):
        U_T, N_c = self.plain.U_T, self.plain.band("n")[0]
        devsim.node_model(name="eta", equation=f"(psi - phi)/{U_T:.17g}", **self.place)
        for name, text in self.statistics.items():
            devsim.node_model(name=name, equation=text, **self.place)
        self._node("n", f"{N_c:.17g}*F", f"{N_c / U_T:.17g}*dF", f"-{N_c / U_T:.17g}*dF")
        excess = f"(1 - dF/F)/{U_T:.17g}"
        self._node("gamma", "eta - log(F)", excess, f"-{excess}")
        self._node("charge", f"-{q:.17g}*({values['C']:.17g} - n)", f"{q:.17g}*n:psi",
                   f"{q:.17g}*n:phi")  # fmt: skip
        for name in ("n", "n:psi", "n:phi", "gamma", "gamma:psi", "gamma:phi"):
            devsim.edge_from_node_model(node_model=name, **self.place)
        scale = f"{self.plain.eps:.17g}*EdgeInverseLength"
        self._edge("displacement", f"{scale}*(psi@n0 - psi@n1)",
                   {"psi@n0": scale, "psi@n1": f"-{scale}"})  # fmt: skip
        self._current(-q * values["mu_n"] * U_T)
        for name, variable, node, edge in (
            ("poisson", "psi", "charge", "displacement"), ("electrons", "phi", "", "current"),
        ):  # fmt: skip
            devsim.equation(name=name, variable_name=variable, node_model=node, edge_model=edge,
                            variable_update="default", **self.place)  # fmt: skip

    def _current(self, scale):
        """Enter J = scale/h [B(Q) n_0 − B(−Q) n_1], with its derivatives by the chain rule."""
        U_T = self.plain.U_T
        self._edge("Q", f"(psi@n0 - psi@n1)/{U_T:.17g} + gamma@n1 - gamma@n0", {})
        slopes = {}
        for end, sign, weight in (("n0", "-", "B(Q)"), ("n1", "", "-B(-Q)")):
            for variable in ("psi", "phi"):
                drift = {"psi": f"{1.0 if end == 'n0' else -1.0}/{U_T:.17g}", "phi": "0"}[variable]
                inner = f"({drift} + ({sign}gamma:{variable}@{end}))"
                outer = f"(dBdx(Q)*n@n0 + dBdx(-Q)*n@n1)*{inner} + {weight}*n:{variable}@{end}"
                slopes[f"{variable}@{end}"] = f"{scale:.17g}*EdgeInverseLength*({outer})"
        self._edge("current", f"{scale:.17g}*EdgeInverseLength*(B(Q)*n@n0 - B(-Q)*n@n1)", slopes)

    def _contacts(self, values):
        velocity = self.plain.band("n")[1]
        for side, barrier in (("left", values["phi_L"]), ("right", values["phi_R"])):
            rest = self.plain.densities(np.array([-barrier]))[0].item()
            devsim.set_parameter(device=self.place["device"], name=f"{side}_bias", value=0.0)
            self._node(f"{side}_psi", f"psi + {barrier:.17g} - {side}_bias", "1", "0")
            scale = f"-{q * velocity:.17g}/NodeVolume"  # DEVSIM multiplies by the node's volume
            self._node(f"{side}_out", f"{scale}*(n - {rest:.17g})", f"{scale}*n:psi",
                       f"{scale}*n:phi")  # fmt: skip
            device = self.place["device"]
            devsim.contact_equation(device=device, contact=side, name="poisson",
                                    node_model=f"{side}_psi")  # fmt: skip
            devsim.contact_equation(device=device, contact=side, name="electrons",
                                    node_model=f"{side}_out", edge_model="current")  # fmt: skip

    def _node(self, name, text, by_psi, by_phi):
        for suffix, equation in (("", text), (":psi", by_psi), (":phi", by_phi)):
            devsim.node_model(name=f"{name}{suffix}", equation=equation, **self.place)

    def _edge(self, name, text, slopes):
        devsim.edge_model(name=name, equation=text, **self.place)
        for variable, slope in slopes.items():
            devsim.edge_model(name=f"{name}:{variable}", equation=slope, **self.place)


def devsim_currents(statistics="boltzmann", cells=100, voltages=VOLTAGES):
    """Return DEVSIM's current density at each voltage, in A/m²."""
    values, name = values_of(DIODE), f"diode_{statistics}_{cells}"
    _mesh(name, values["L"] * 1e-6, cells)
    Equations(name, values, statistics == "boltzmann")
    result = {}
    for branch in (np.sort(voltages[voltages > 0]), -np.sort(-voltages[voltages < 0])):
        for variable in ("psi", "phi"):
            zeros = [0.0] * len(devsim.get_node_model_values(
                device=name, region="channel", name=variable))  # fmt: skip
            devsim.set_node_values(device=name, region="channel", name=variable, values=zeros)
        for voltage in branch:
            devsim.set_parameter(device=name, name="right_bias", value=float(voltage))
            devsim.solve(type="dc", absolute_error=1.0, relative_error=1e-7,
                         maximum_iterations=100)  # fmt: skip
            edges = devsim.get_edge_model_values(device=name, region="channel", name="current")
            result[voltage] = -np.mean(edges)
    devsim.delete_device(device=name)
    devsim.delete_mesh(mesh=name)
    return np.array([result[voltage] for voltage in voltages])


def simulated_currents(statistics="boltzmann", halvings=0, voltages=VOLTAGES):
    """Return the simulator's current densities there, its mesh halved that many times."""
    values = values_of(DIODE)
    area = values["W"] * values["D"] * 1e-12
    x = ramp(DIODE, 0.1, fields=2)["x"].values
    for _ in range(halvings):
        x = np.sort(np.append(x, 0.5 * (x[1:] + x[:-1])))
    result = np.zeros(voltages.size)
    with mesh(x):
        for sign in (1.0, -1.0):
            # A kink at every voltage wanted: the steps land there, nothing is interpolated.
            order = np.argsort(sign * voltages)
            order = order[sign * voltages[order] > 0]
            times = 100.0 * np.arange(order.size + 1)
            waveform = Waveform(tuple(times), (0.0, *voltages[order].tolist()))
            simulator = ReRAM(waveform=waveform, points=times.size, statistics=statistics)
            result[order] = simulator.simulate(DIODE)["current"].values[1:] / area
    return result


def draw(axes):
    """Draw |J| of the diode by both simulators, and how they approach each other."""
    curves, approach = axes
    voltages = np.concatenate([-np.geomspace(0.4, 0.005, 15), np.geomspace(0.005, 0.4, 15)])
    curves.semilogy(voltages, np.abs(devsim_currents("fermi", 200, voltages)), label="DEVSIM")
    ours = np.abs(simulated_currents("fermi", 1, voltages))
    curves.semilogy(voltages, ours, "o", markersize=4, label="dynsur")
    curves.set(xlabel="voltage U (V)", ylabel="|J| (A m$^{-2}$)")
    curves.set_title("Schottky diode, φ$_L$ = 0.3 eV, φ$_R$ = 0.05 eV")
    curves.legend()
    for color, marker, statistics in (("C0", "o", "boltzmann"), ("C1", "x", "fermi")):
        best = simulated_currents(statistics, 2)
        errors = [np.abs(devsim_currents(statistics, c) / best - 1.0).max() for c in CELLS]
        approach.loglog(CELLS, errors, marker, color=color, label=statistics)
        approach.loglog(CELLS, errors[-1] * (CELLS[-1] / np.array(CELLS)) ** 2, color=color,
                        linewidth=1)  # fmt: skip
    approach.set_xticks(CELLS, labels=[str(c) for c in CELLS])
    approach.minorticks_off()
    approach.set(xlabel="DEVSIM's coarse cells", ylabel="largest relative deviation of J")
    approach.set_title("Both refined; lines have slope −2")
    approach.legend()
