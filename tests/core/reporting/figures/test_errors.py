"""Errors are drawn as they are, however few."""

import numpy as np
import pytest
from dynsur.core.reporting.figures.errors import deviation_figure, distribution_figure


def test_the_mean_line_is_the_mean():
    axes = deviation_figure(np.array([1e-4, 1e-2, 0.0])).axes[0]
    assert axes.lines[0].get_ydata()[0] == pytest.approx(0.0101 / 3)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", [[np.nan, np.nan], [0.0, 0.0], [], [1e-3]])
def test_a_distribution_of_few_or_no_errors_is_drawn_without_a_warning(values):
    figure = distribution_figure({"error": np.array(values, float)})
    assert len(figure.axes) == 1
