"""What `dynsur info` tells, from a store whose content is known."""

import numpy as np
import pytest
from dynsur.core.store.summary import describe, histogram
from memristors import make_run


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = make_run(tmp_path_factory.mktemp("run"), samples=40, evaluated=False)
    return describe(folder / "data.zarr")


def test_samples_are_counted_by_status_and_reason(found):
    assert found["status"] == {
        "missing": 0, "ok": 36, "failed": 4, "timed_out": 0, "crashed": 0, "invalid": 0
    }  # fmt: skip
    assert found["reasons"] == {"failed": {"t = # s: <Newton> did not converge": 4}}


def test_sizes_ranges_and_times_are_those_of_the_store(found):
    assert (found["sizes"]["samples"], found["sizes"]["chunk"]) == (40, 40)
    # Series lie uncompressed, parameters in one compressed chunk each.
    assert found["sizes"]["bytes stored"] == pytest.approx(found["sizes"]["bytes"], rel=0.3)
    parameter = found["parameters"]["g"]
    assert parameter["range"] == [1e-18, 1e-6]
    assert 1e-18 <= parameter["sampled"][0] < parameter["sampled"][1] <= 1e-6
    assert found["time"]["total"] > found["time"]["longest"] > found["time"]["median"] > 0


def test_every_finished_sample_is_in_one_bin_of_the_histogram(found):
    current = found["outputs"]["current"]
    assert current["units"] == "A"
    assert sum(count for *_, count in current["histogram"]) == 36
    low, high, _ = current["histogram"][0]
    assert high / low == pytest.approx(10.0)


def test_a_histogram_is_linear_where_values_span_little():
    bins = histogram(np.array([1.0, 2.0, 3.0, np.nan]))
    assert (bins[0][0], bins[-1][1], sum(count for *_, count in bins)) == (1.0, 3.0, 3)
    assert histogram(np.array([])) == []
