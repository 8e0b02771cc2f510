"""The curves shown are chosen by what matters."""

import numpy as np
import pytest
import xarray as xr
from dynsur.core.reporting.figures.predictions import choose_titled


def predictions(**metrics):
    return xr.Dataset({name: ("sample", np.array(values)) for name, values in metrics.items()})


def test_where_loops_open_they_are_chosen_by_their_area():
    curve = np.linspace(0.01, 0.4, 40)
    area = np.full(40, np.nan)
    area[:11] = np.linspace(0.9, 0.0, 11)
    chosen = choose_titled(predictions(nrmse=curve, loop_area_error=area), "y")
    assert [index for _, index in chosen] == [9, 5, 0, 39]
    assert [title.split(":")[0] for title, _ in chosen] == [
        "good loop", "median loop", "worst loop", "worst curve"
    ]  # fmt: skip
    assert chosen[1][0].endswith("area of its loop by 45 %")


@pytest.mark.parametrize("area", [None, [np.nan] * 5, [0.1, 0.2, *[np.nan] * 3]])
def test_without_loops_the_error_of_the_curve_chooses(area):
    metrics = {"nrmse": [0.5, 0.1, 0.2, 0.3, 0.4]}
    metrics |= {} if area is None else {"loop_area_error": area}
    chosen = choose_titled(predictions(**metrics), "y")
    assert [index for _, index in chosen] == [1, 3, 0]
