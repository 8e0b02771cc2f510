"""Observed orders of convergence."""

import numpy as np
from verification import convergence


def test_the_mesh_error_tends_to_second_order():
    _, errors = convergence.in_space()
    orders = np.log2(errors[:-1] / errors[1:])
    assert (np.diff(orders) > 0).all()
    assert 1.7 < orders[-1] < 2.3


def test_the_time_error_is_of_third_order_in_the_steps():
    steps, errors = convergence.in_time()
    assert 2.6 < convergence.slope(steps, errors) < 3.7
