"""The bands are a chart."""

from dynsur.core.reporting.figures.bands import bands_figure


def test_the_bands_are_bars_by_size_beside_what_was_wanted():
    rows = {
        "-2": {"covered": 0.5, "n": 90},
        "0": {"covered": 1.0, "n": 800},
        "1": {"covered": 0, "n": 1},
    }
    figure = bands_figure({"y": {"nominal": 0.9, "all": 0.95, "by_size": rows}}, {"y": "size"})
    (axes,) = figure.axes
    assert [bar.get_height() for bar in axes.patches] == [0.5, 1.0]
    assert [line.get_ydata()[0] for line in axes.lines] == [0.9, 0.95]
