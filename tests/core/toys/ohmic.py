"""A resistor whose sensitivities are known."""

from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, triangle


def ohmic(*further):
    """Return a resistor of two conductances in parallel, one of which grows with the voltage.

    Args:
        further: Parameters that do not matter.
    """
    own = (Parameter("one", 1.0, 3.0, "S"), Parameter("two", 2.0, 4.0, "S"))
    return ODESystem(
        name="ohmic",
        description="a resistor of two conductances in parallel",
        space=ParameterSpace((*own, *further)),
        inputs=(Variable("voltage", "V"),),
        outputs=(Variable("current", "A"),),
        rhs=lambda t, y, u, p: (0.0 * y[0],),
        drive=lambda p: triangle(1.0, 1.0),
        start=lambda p: (0.0,),
        observe=lambda y, u, p: ((p["one"] + p["two"] * u) * u,),
        points=61,
    )
