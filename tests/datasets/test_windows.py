import dataclasses

import numpy as np
import pytest
from dynsur.core import DynsurError, Piece, from_recordings, open_store
from dynsur.core.registry import simulator_of
from dynsur.datasets.pieces import parse_pieces, windows
from dynsur.datasets.windows import Windows

LENGTHS = np.array([1000, 300])


def test_every_sample_beyond_the_washout_counts_in_a_window():
    found = windows([Piece(0, 100, 1000)], 120, 20)
    counted = np.zeros(1000, int)
    for window in found:
        assert len(window) == 120
        counted[window.start + 20 : window.stop] += 1
    assert (counted[120:] >= 1).all()
    assert (counted[:120] == 0).all()


def test_a_threshold_gives_outputs_a_signed_logarithm(store):
    simulator = simulator_of(store.attrs)
    data = Windows(threshold=1e-3, washout=10).prepare(store, simulator, 0)
    (scale,) = data.encoding.outputs
    assert (scale.kind, scale.threshold) == ("asinh", 1e-3)
    (plain,) = Windows(washout=10).prepare(store, simulator, 0).encoding.outputs
    assert plain.kind == "linear"
    with pytest.raises(DynsurError, match=r"dataset\.threshold"):
        Windows(threshold=-1.0)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("0/100:400,1", [(0, 100, 400), (1, 0, 300)]),
        ("1/:20", [(1, 0, 20)]),
        ("0/990:", [(0, 990, 1000)]),
    ],
)
def test_pieces_are_read_as_slices(text, pieces):
    found = parse_pieces(text, "test", LENGTHS)
    assert [(p.record, p.start, p.stop) for p in found] == pieces


@pytest.mark.parametrize("text", ["100:200", "2", "1/0:301", "0/5:5", "a", "0/1:2:3", "-1", ""])
def test_pieces_that_do_not_exist_are_refused(text):
    with pytest.raises(DynsurError, match=r"dataset\.test"):
        parse_pieces(text, "test", LENGTHS)


@pytest.fixture
def store(tmp_path):
    """Two records of other lengths with a missing output."""
    u = np.sin(0.1 * np.arange(1000))
    y = 3 * u
    y[420] = np.nan
    records = [{"u": u, "y": y}, {"u": u[:300], "y": y[:300]}]
    out, units = tmp_path / "r.zarr", {"u": "V", "y": "A"}
    from_recordings(records, out, inputs=["u"], outputs=["y"], step=0.1, units=units)
    return open_store(out).load()


def test_parts_share_no_sample_and_targets_are_unknown_where_nothing_counts(store):
    dataset = Windows(window=100, washout=10)
    data = dataset.prepare(store, simulator_of(store.attrs), 0)
    used = np.zeros((2, 1000), int)
    for part in ("train", "validation", "test"):
        mine = np.zeros_like(used)
        for piece in getattr(data.sequences, part):
            mine[piece.record, piece.start : piece.stop] = 1
        used += mine
    assert used.max() == 1
    assert used[1, 300:].max() == 0
    known = ~np.isnan(data.train.target[..., 0])
    assert not known[:, :10].any()
    assert known[:, 10:].sum() == known[:, 10:].size - 1  # the missing output
    true = data.encoding.decode_outputs(data.train.target)["y"]
    seen = data.encoding.series[0].inverse(data.train.series[..., 0])
    np.testing.assert_allclose(true[known], 3 * seen[known], atol=1e-5)


def test_a_prescribed_split_is_kept_and_an_overlap_refused(store):
    system = simulator_of(store.attrs)
    dataset = Windows(window=0, washout=5, train="0/0:600", test="0/600:1000,1")
    data = dataset.prepare(store, system, 0)
    assert [len(p) for p in data.sequences.test] == [400, 300]
    assert data.train.series.shape[1] == 480  # the last fifth is the validation
    with pytest.raises(DynsurError, match="a sample belongs to one part"):
        dataclasses.replace(dataset, test="0/500:700").prepare(store, system, 0)
    with pytest.raises(DynsurError, match="belong together"):
        Windows(train="0/0:600")


def test_records_without_a_common_clock_are_refused(tmp_path):
    u = np.sin(np.arange(400))
    records = [{"time": s * np.arange(400), "u": u, "y": u} for s in (0.1, 0.2)]
    names, units = {"inputs": ["u"], "outputs": ["y"]}, {"u": "V", "y": "A"}
    from_recordings(records, tmp_path / "a.zarr", units=units, **names)
    store = open_store(tmp_path / "a.zarr")
    with pytest.raises(DynsurError, match="no common clock"):
        Windows().prepare(store, simulator_of(store.attrs), 0)
    from_recordings(records, tmp_path / "b.zarr", units=units, resample=0.2, **names)
    store = open_store(tmp_path / "b.zarr")
    assert Windows(washout=9).prepare(store, simulator_of(store.attrs), 0).sequences.step == 0.2
