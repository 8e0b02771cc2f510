"""Error against time: what is compared, and what is beaten."""

from dynsur.core.reporting.figures.cost import cost_figure, costs


def errors(median):
    return {"y": {"nrmse": {"median": median, "p95": 3.0 * median}}}


def metrics(**seconds):
    times = {f"{name.replace('_', ' ')}, batch of 9": value for name, value in seconds.items()}
    return {
        "model": errors(0.01),
        "baselines": {"coarse solve": errors(0.02), "closed form": errors(0.1)},
        "seconds_per_curve": {**times, "surrogate, one curve": 1.0, "simulation, median": 0.5},
    }


def test_each_way_stands_at_its_time_and_error():
    found = costs(metrics(surrogate=0.03, coarse_solve=0.02), "y", "nrmse")
    assert [(row.name, row.seconds, row.median) for row in found] == [
        ("model", 0.03, 0.01), ("coarse solve", 0.02, 0.02)
    ]  # fmt: skip


def test_what_a_quicker_way_beats_is_hollow():
    slow = metrics(surrogate=0.03, coarse_solve=0.02, closed_form=0.04)
    (axes,) = cost_figure(slow, "y").axes
    dots = {line.get_label(): line for line in axes.lines if line.get_marker() == "o"}
    hollow = {name: dot.get_markerfacecolor() == "white" for name, dot in dots.items()}
    assert hollow == {"model": False, "coarse solve": False, "closed form": True}
    truth = next(line for line in axes.lines if line.get_label() == "a simulation")
    assert truth.get_xdata()[0] == 0.5


def test_nothing_is_drawn_where_there_is_nothing_to_compare():
    assert cost_figure(metrics(surrogate=0.03), "y") is None
    assert cost_figure(metrics(surrogate=0.03, coarse_solve=0.02), "z") is None
