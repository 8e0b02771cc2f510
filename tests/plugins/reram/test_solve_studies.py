"""The long studies over Table 1's raw box, each printing its table: `pytest -m slow -s`."""

import numpy as np
import pytest
from draws import study
from dynsur.plugins.reram.solve import FLOOR

pytestmark = pytest.mark.slow


def report_time(name, seconds):
    print(
        f"{name}: CPU time median {np.median(seconds):.3f} s, mean {seconds.mean():.3f} s, "
        f"largest {seconds.max():.2f} s"
    )


def against_the_voltage(current):
    """Return how much current flows against a rising |U|, relative to peak; |U| > 0.1 U_max."""
    share = np.linspace(0.0, 1.0, current.shape[1])
    u = np.interp(share, [0.0, 0.25, 0.75, 1.0], [0.0, 1.0, -1.0, 0.0])
    rising = (np.gradient(np.abs(u)) > 0.0) & (np.abs(u) > 0.1)
    peak = np.maximum(np.abs(current).max(axis=1, keepdims=True), FLOOR)
    return (-current * np.sign(u) / peak)[:, rising].max(axis=1)


def test_2000_draws_of_the_raw_box():
    current, reasons, table, seconds = study(range(2000), 0.01)
    finished = np.array([reason == "" for reason in reasons])
    solves = table["newton_iterations"]
    report_time("2000 draws at 1 %", seconds)
    print(
        f"finished {finished.mean():.2%}; linear solves median {np.nanmedian(solves):.0f}, "
        f"largest {np.nanmax(solves):.0f}\n"
        f"edges differ by {np.nanmax(table['edge_error']):.1e} of peak, "
        f"vacancies drift by {np.nanmax(table['vacancy_drift']):.1e}"
    )
    for index, reason in enumerate(reasons):
        if reason:
            print(f"draw {index}: {reason}")
            assert "t = " in reason
            assert "U = " in reason
    in_time = finished & (solves <= 20 * np.nanmedian(solves))
    assert in_time.mean() >= 0.998
    assert np.isfinite(current[finished]).all()
    wrong = against_the_voltage(current[finished])
    print(f"current of the wrong sign while |U| rises: {wrong.max():.1e} of peak at most")
    assert wrong.max() <= 1e-3
    assert np.nanmax(table["edge_error"]) <= 1e-6
    assert np.nanmax(table["vacancy_drift"]) <= 1e-10


@pytest.mark.parametrize(
    ("tolerance", "reference", "devices"), [(0.01, 0.001, 200), (0.001, 0.0002, 60)]
)
def test_the_delivered_error_keeps_to_the_tolerance(tolerance, reference, devices):
    given, reasons, _, seconds = study(range(devices), tolerance)
    exact, exact_reasons, _, exact_seconds = study(range(devices), reference)
    both = np.array([not (a or b) for a, b in zip(reasons, exact_reasons, strict=True)])
    given, exact = given[both], exact[both]
    peak = np.maximum(np.abs(exact).max(axis=1, keepdims=True), FLOOR)
    error = np.abs(given - exact).max(axis=1) / peak[:, 0]
    large = np.abs(exact) > 1e-3 * peak
    decades = np.abs(np.log10(np.abs(given[large]) / np.abs(exact[large])))
    report_time(f"tolerance {tolerance:g}", seconds)
    report_time(f"reference {reference:g}", exact_seconds)
    print("error / peak, percentiles 50 90 95 100:", np.percentile(error, [50, 90, 95, 100]))
    print("|Δ log10|I||, percentiles 50 90 99 100:", np.percentile(decades, [50, 90, 99, 100]))
    assert both.mean() >= 0.99
    assert (error <= tolerance).mean() >= 0.95
