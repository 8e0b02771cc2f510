"""Table 1 of Zamankhani (2024) as a parameter space, in the table's units."""

from dynsur.core import Parameter, ParameterSpace

TABLE = "Zamankhani (2024), Table 1, after Spetzler et al. (2023), doi:10.1002/aelm.202300635"
SETS = "literature sets of Spetzler et al. (2023), doi:10.1002/aelm.202300635"


def _row(
    name: str, low: float, high: float, units: str, symbol: str, long_name: str, **more: object
) -> Parameter:
    return Parameter(
        name,
        low,
        high,
        units,
        symbol=symbol,
        long_name=long_name,
        **{"source": TABLE, **more},  # type: ignore[arg-type]
    )


POSITIVE = (1e-12, 1e12)
TABLE_1 = ParameterSpace(
    (
        _row("E_g", 0.3, 3.5, "eV", r"$E_g$", "band gap", default=1.3, domain=(0.05, 10.0)),
        _row("chi_e", 1.0, 5.0, "eV", r"$\chi_e$", "electron affinity", default=4.0,
             domain=(0.0, 20.0), seen=False),  # an offset of ψ: the equations do not contain it
        _row("phi_L", 0.001, 2.0, "eV", r"$\phi_0(x_1)$", "left Schottky barrier", default=0.144,
             domain=(-1.0, 5.0)),
        _row("phi_R", 0.001, 2.0, "eV", r"$\phi_0(x_2)$", "right Schottky barrier", default=0.110,
             domain=(-1.0, 5.0)),
        _row("eps_r", 1.0, 15.0, "1", r"$\varepsilon_r$", "relative permittivity", default=10.0,
             domain=(0.1, 1e4)),
        _row("eps_i", 1.0, 15.0, "1", r"$\varepsilon_i$", "image-charge relative permittivity",
             default=10.0, domain=(0.1, 1e4)),
        _row("m_n", 0.1, 0.9, "m_0", "$m_n^*$", "electron effective mass", default=0.55,
             domain=(1e-3, 100.0)),
        _row("m_p", 0.1, 0.9, "m_0", "$m_p^*$", "hole effective mass", default=0.71,
             domain=(1e-3, 100.0)),
        _row("mu_n", 1e-6, 500.0, "m^2/(V s)", r"$\mu_n$", "electron mobility", scale="log",
             default=2.15e-3, domain=(1e-12, 1e4)),
        _row("mu_p", 1e-6, 500.0, "m^2/(V s)", r"$\mu_p$", "hole mobility", scale="log",
             default=2.15e-3, domain=(1e-12, 1e4)),
        _row("mu_x", 1e-18, 1e-8, "m^2/(V s)", r"$\mu_x$", "vacancy mobility", scale="log",
             default=1.15e-13, domain=(1e-30, 1e-3)),
        _row("E_a", 0.1, 3.0, "eV", "$E_a$",
             "vacancy energy level below the conduction band edge", default=0.33,
             domain=(-5.0, 10.0)),
        _row("N_x", 1e28, 1e28, "m^-3", "$N_x$", "maximum vacancy concentration",
             domain=(1e10, 1e31)),
        _row("L", 0.5, 2.0, "um", "$L$", "channel length", default=1.0, domain=(1e-3, 1e3)),
        _row("W", 10.0, 10.0, "um", "$W$", "channel width", domain=POSITIVE),
        _row("D", 0.015, 0.015, "um", "$D$", "channel thickness", domain=POSITIVE),
        _row("U_max", 5.0, 13.0, "V", r"$U_{\max}$", "voltage amplitude", default=10.0,
             domain=(-100.0, 100.0)),
        _row("t_p", 1.0, 20.0, "s", "$t_p$", "voltage period", default=8.0,
             domain=(1e-9, 1e9)),
        _row("C", 1e21, 1e21, "m^-3", "$C$", "background donor density", source=SETS,
             domain=(-1e28, 1e28)),
        _row("T", 300.0, 300.0, "K", "$T$", "temperature", source=SETS, domain=(50.0, 2000.0)),
        _row("z_a", 1.0, 1.0, "1", "$z_a$", "vacancy charge number", source=SETS,
             choices=(1.0, 2.0)),
        _row("lowering", 1.0, 1.0, "1", "", "image-charge barrier lowering: 1 on, 0 off",
             source=SETS, choices=(0.0, 1.0)),
    )
)  # fmt: skip

# The box around the literature sets S1 and S2: from the lesser value less 20 % to the greater plus
# 20 %, a factor 3 for mobilities, barriers up to 0.3 eV; what Table 1 holds fixed stays fixed.
TMDC = {
    "E_g": (1.04, 1.56),
    "chi_e": (3.2, 4.8),
    "phi_L": (0.001, 0.3),
    "phi_R": (0.001, 0.3),
    "eps_r": (8.0, 12.0),
    "eps_i": (8.0, 12.0),
    "m_n": (0.44, 0.66),
    "m_p": (0.568, 0.852),
    "mu_n": (2.5e-4 / 3.0, 2.15e-3 * 3.0),
    "mu_p": (2.5e-4 / 3.0, 2.15e-3 * 3.0),
    "mu_x": (5e-14 / 3.0, 1.15e-13 * 3.0),
    "E_a": (0.256, 0.396),
    "L": (0.8, 1.2),
    "U_max": (8.0, 15.6),
    "t_p": (6.4, 12.48),
}
