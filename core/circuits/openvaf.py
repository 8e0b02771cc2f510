"""Compile a Verilog-A module by OpenVAF and compare its equations with those of its system."""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..ode.system import ODESystem
from ..optional import needed
from .module import EARLIER
from .names import module_names
from .ports import Ports
from .spice import SMALL
from .stepping import Step, drawn_parameters, held_outputs, step_of
from .tracing import Traced

if TYPE_CHECKING:
    from ..surrogate.surrogate import Surrogate

POINTS = 200  # at which both are compared
WIDEST = 60  # doublings of the bracket around a root


def has_openvaf() -> bool:
    """Return whether openvaf-py is installed."""
    return importlib.util.find_spec("openvaf_py") is not None


@dataclass(frozen=True)
class Compiled:
    """A compiled module.

    Args:
        module: What openvaf-py returns.
        nodes: Names of the nodes, in the order of the balances.
    """

    module: Any
    nodes: tuple[str, ...]

    def balances(
        self,
        voltages: Mapping[str, float],
        parameters: Mapping[str, float],
        time: float = 0.0,
    ) -> dict[str, tuple[float, float]]:
        """Return by node the current out of it and the charge whose derivative is added, in A, C.

        Args:
            voltages: By node or pair of nodes, as the module names them: "x0", "plus,minus".
            parameters: By name; all of them, since defaults are not read.
            time: `$abstime`, in s.
        """
        given = {"mfactor": 1.0, "$abstime": time, **parameters}
        given |= {f"V({name})": value for name, value in voltages.items()}
        names = {*self.module.param_names, *self.module.init_param_names}
        rows, _ = self.module.run_init_eval({name: given.get(name, 0.0) for name in names})
        return dict(zip(self.nodes, rows, strict=True))


def compiled(path: Path) -> Compiled:
    """Return the module of a file.

    Raises:
        DynsurError: openvaf-py is missing, or the compiler refuses the file.
    """
    compiler: Any = needed("openvaf_py", "verilog", "compiling Verilog-A")
    try:
        (module,) = compiler.compile_va(str(path))
    except ValueError as error:
        raise DynsurError(f"OpenVAF refuses '{path}': {error}.") from None
    nodes = tuple(node["name"] for node in module.get_dae_system()["nodes"])
    return Compiled(module, nodes)


def largest_residuals(
    path: Path,
    system: ODESystem,
    traced: Traced,
    ports: Ports,
    data: Mapping[str, np.ndarray],
) -> dict[str, float]:
    """Return how far the module's rates and outputs are from the system's, over their largest.

    Args:
        path: The file.
        system: The system.
        traced: Its equations, with the sizes of its states.
        ports: The terminals.
        data: The states as `y0`, `y1`, … and the inputs as `u0`, `u1`, …; points are drawn in
            their ranges.

    Raises:
        DynsurError: openvaf-py is missing, or the compiler refuses the file.
    """
    module, names = compiled(path), module_names(traced, ports)
    values = system.space.values()
    parameters = {names[name]: values[name] for name in traced.parameters}
    random = np.random.default_rng(0)
    found, expected = [], []
    for _ in range(POINTS):
        drawn = {name: random.uniform(c.min(), c.max()) for name, c in data.items()}
        y = np.array([drawn[f"y{j}"] for j in range(len(traced.rates))])
        inputs = [drawn[f"u{k}"] for k in range(len(system.inputs))]
        time = random.uniform(0.0, traced.duration)
        volts = {f"x{j}": y[j] / scale for j, scale in enumerate(traced.scales)}
        volts |= ports.voltages(inputs)
        rows = module.balances(_with_roots(module, volts, parameters, time), parameters, time)
        found.append(_values(rows, traced, ports))
        u = np.array(inputs) if len(inputs) > 1 else (inputs or [0.0])[0]
        expected.append(_of_system(system, ports, time, y, u, values))
    gaps = np.abs(np.array(found) - expected).max(axis=0)
    sizes = np.maximum(np.abs(expected).max(axis=0), 1e-300)
    labels = [f"d{v}/dt" for v in (f"x{j}" for j in range(len(traced.rates)))]
    labels += [system.outputs[place].name for _, place in ports.sources]
    return dict(zip(labels, (gaps / sizes).tolist(), strict=True))


def _values(rows: Mapping[str, tuple[float, float]], traced: Traced, ports: Ports) -> list[float]:
    """Return the rates and the outputs in their units from the balances of the nodes."""
    unit = SMALL * traced.duration
    rates = [-rows[f"x{j}"][0] * scale / unit for j, scale in enumerate(traced.scales)]
    if ports.two_terminal:
        return [*rates, rows[ports.names[0]][0] / ports.ampere]
    # V(out) <+ value gives a branch whose balance is the value less the voltage, here 0 V.
    outputs = [rows[f"flow({port})"][0] for port, _ in ports.sources]
    return [*rates, *outputs]


def _of_system(
    system: ODESystem, ports: Ports, time: float, y: np.ndarray, u: Any, values: Any
) -> list[float]:
    rates = [float(rate) for rate in system.rhs(time, y, u, values)]
    seen = y if system.observe is None else system.observe(y, u, values)  # type: ignore[arg-type]
    return [*rates, *(float(seen[place]) for _, place in ports.sources)]


def residuals_of_steps(
    path: Path, surrogate: "Surrogate", traced: Traced, ports: Ports
) -> dict[str, float]:
    """Return how far a module's signals and outputs are from a model's, over their largest.

    Args:
        path: The file.
        surrogate: The model.
        traced: Its equations.
        ports: The terminals.

    Raises:
        DynsurError: openvaf-py is missing, or the compiler refuses the file.
    """
    module, names, sampled = compiled(path), module_names(traced, ports), traced.sampled
    assert sampled is not None
    random, found, expected = np.random.default_rng(0), [], []
    for point in range(POINTS // 4):
        values = drawn_parameters(surrogate, traced, random)
        parameters = {names[name]: values[name] for name in traced.parameters}
        u = {v.name: random.uniform(-1.0, 1.0) for v in surrogate.simulator.inputs}
        before = random.uniform(-1.0, 1.0, len(sampled.now))
        # In the first half of a step m_j holds the signals, and in the second half h_j.
        share = random.uniform(*((0.1, 0.4), (0.6, 0.9))[point % 2])
        time = sampled.step * (point % 7 + share)
        volts = {f"{'mh'[point % 2]}{j}": value for j, value in enumerate(before)}
        volts |= ports.voltages(list(u.values()))
        truth = step_of(surrogate, sampled, values, u, before * sampled.scales, time)
        share = time / sampled.step - EARLIER - point % 7
        physical = held_outputs(surrogate, truth, 1.0 - share)
        rows = _rows_of_steps(module, truth, volts, parameters, time)
        sources = [rows[ports.names[0] if port is None else f"flow({port})"][0] / ports.ampere
                   for port, _ in ports.sources]  # fmt: skip
        found.append([*(-rows[f"s{j}"][0] / SMALL for j in range(len(truth.signals))), *sources])
        expected.append([*truth.signals, *(physical[place] for _, place in ports.sources)])
    gaps = np.abs(np.array(found) - expected).max(axis=0)
    sizes = np.maximum(np.abs(expected).max(axis=0), 1e-300)
    labels = [f"signal {j}" for j in range(gaps.size - len(ports.sources))]
    labels += [surrogate.encoding.outputs[place].name for _, place in ports.sources]
    return dict(zip(labels, (gaps / sizes).tolist(), strict=True))


def _rows_of_steps(
    module: Compiled,
    truth: Step,
    volts: Mapping[str, float],
    parameters: Mapping[str, float],
    time: float,
) -> dict[str, tuple[float, float]]:
    """Return the balances of the signals, each for 0 V at its own node, and of the terminals.

    A signal depends on those before it, which have their true values.
    """
    true = {f"s{j}": float(value) for j, value in enumerate(truth.signals)}
    inputs = len(truth.signals) - len(truth.states) - len(truth.outputs)
    stages = (0, inputs, inputs + len(truth.states), len(true))
    rows: dict[str, tuple[float, float]] = {}
    for begin, end in zip(stages, (*stages[1:], None), strict=True):
        given = dict(list(true.items())[:begin])
        balances = module.balances({**volts, **given}, parameters, time)
        rows |= {name: row for name, row in balances.items()
                 if name in list(true)[begin:end] or name not in true}  # fmt: skip
    return rows


def _with_roots(
    module: Compiled, volts: Mapping[str, float], parameters: Mapping[str, float], time: float
) -> dict[str, float]:
    """Return the voltages with those of the nodes whose balance is an equation to be solved."""
    solved = dict(volts)
    for node in (node for node in module.nodes if node.startswith("r") and node[1:].isdigit()):

        def balance(voltage: float, node: str = node) -> float:
            return module.balances(solved | {node: voltage}, parameters, time)[node][0]

        solved[node] = _root(balance)
    return solved


def _root(increasing: Callable[[float], float]) -> float:
    from scipy.optimize import brentq

    reach = 1.0
    for _ in range(WIDEST):
        if increasing(-reach) <= 0.0 <= increasing(reach):
            break
        reach *= 2.0
    found: Any = brentq(increasing, -reach, reach, xtol=1e-15)
    return float(found)
