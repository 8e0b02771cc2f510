"""A forced Duffing oscillator, x'' + δ x' + α x + β x³ = F(t), as a plugin of dynsur."""

from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, hookimpl, triangle

SPACE = ParameterSpace(
    (
        Parameter("delta", 0.1, 0.5, "1/s", long_name="damping", symbol=r"\delta"),
        Parameter("alpha", 0.5, 1.5, "1/s^2", long_name="linear stiffness", symbol=r"\alpha"),
        Parameter("beta", 0.1, 2.0, "1/(m^2 s^2)", long_name="cubic stiffness", symbol=r"\beta"),
        Parameter("force", 0.1, 1.0, "m/s^2", long_name="peak force per mass", symbol="F"),
        Parameter("period", 10.0, 30.0, "s", long_name="period of the force", symbol="t_p"),
    )
)


def motion(t, y, force, p):
    x, v = y
    return v, force - p["delta"] * v - p["alpha"] * x - p["beta"] * x**3


DUFFING = ODESystem(
    name="duffing",
    description="forced Duffing oscillator",
    space=SPACE,
    inputs=(Variable("drive", "m/s^2", "driving force per mass", "F"),),
    outputs=(Variable("displacement", "m", "displacement", "x"),),
    rhs=motion,
    drive=lambda p: triangle(p["force"], p["period"], cycles=2),
    start=lambda p: (0.0, 0.0),
)


@hookimpl
def dynsur_simulators():
    return [DUFFING]
