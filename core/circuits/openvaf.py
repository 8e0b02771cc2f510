"""Compile a Verilog-A module by OpenVAF and evaluate what flows into its nodes."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import DynsurError
from ..optional import needed


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
