"""Physical constants (CODATA 2018)."""

q = 1.602176634e-19  # elementary charge, C (SI 2019, exact)


k_B = 1.380649e-23  # Boltzmann constant, J/K (SI 2019, exact)


h_P = 6.62607015e-34  # Planck constant, J s (SI 2019, exact)


m_0 = 9.1093837139e-31  # electron mass, kg (CODATA 2022)


eps_0 = 8.8541878188e-12  # vacuum permittivity, F/m (CODATA 2022)
