"""Names of parameters that mean nothing else in the language of a circuit simulator."""

from collections.abc import Iterable, Sequence

from .expressions import uses
from .ports import Ports
from .tracing import Traced

# Words that ngspice takes for something else, in lower case.
SPICE_WORDS = "v i time temper hertz pi e c gmin temp vt defad"
SPICE_RESERVED = frozenset(SPICE_WORDS.split())
VERILOG_WORDS = (
    "above abs absdelay ac_stim acos acosh aliasparam always analog analysis and asin asinh "
    "assert assign atan atan2 atanh begin branch buf case ceil connect cos cosh cross ddt ddx "
    "deassign default disable discipline driver edge electrical else end endcase endfunction "
    "endmodule event exclude exp final_step floor flicker_noise flow for force forever fork "
    "from function generate genvar ground hypot idt idtmod if ifnone inf initial initial_step "
    "inout input integer join laplace_nd large last_crossing limexp ln localparam log "
    "macromodule max medium min module nand nature negedge net_resolution nmos noise_table "
    "nor not or output parameter paramset pmos posedge potential pow primitive pulldown "
    "pullup rcmos real realtime reg release repeat rtran sin sinh slew small specify sqrt "
    "string strong0 strong1 supply0 supply1 table tan tanh task time timer tran transition "
    "tri units wait wand weak0 weak1 while white_noise wire wor xnor xor zi_nd "
)
VERILOG_RESERVED = frozenset(VERILOG_WORDS.split())  # keywords and functions


def parameter_names(
    parameters: Sequence[str], taken: Iterable[str] = SPICE_RESERVED
) -> dict[str, str]:
    """Return names that differ without regard to case, as SPICE reads them, and are not taken.

    >>> parameter_names(["V_p", "v_p", "R", "time"])
    {'V_p': 'V_p', 'v_p': 'v_p_2', 'R': 'R', 'time': 'time_2'}
    """
    taken, result = {name.lower() for name in taken}, {}
    for name in parameters:
        unique, count = name, 1
        while unique.lower() in taken:
            count += 1
            unique = f"{name}_{count}"
        taken.add(unique.lower())
        result[name] = unique
    return result


def module_names(traced: Traced, ports: Ports) -> dict[str, str]:
    """Return the names of the parameters in a module, by their names in the system."""
    places = range(len(uses(traced.expressions)))
    inner = [f"{word}{j}" for word in ("x", "r", "t") for j in places]
    if traced.sampled:
        signals = range(len(traced.sampled.now) + len(traced.sampled.outputs))
        words = ("s", "m", "h", "before", "output")
        inner += ["late", "share", *(f"{word}{j}" for word in words for j in signals)]
    return parameter_names(traced.parameters, [*VERILOG_RESERVED, *ports.names, *inner])
