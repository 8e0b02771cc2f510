import numpy as np
import pandas
import pytest
import xarray as xr
from dynsur.core import DynsurError, from_recordings, open_store

TIME = 0.01 * np.arange(80)
VOLTAGE = np.sin(20 * TIME)
NAMES = {"inputs": ["voltage"], "outputs": ["current"]}


def frame():
    return pandas.DataFrame(
        {"time (ms)": 1e3 * TIME, "voltage (V)": VOLTAGE, "current (mA)": VOLTAGE**3}
    )


def test_frames_datasets_and_mappings_give_the_same_store(tmp_path):
    dataset = xr.Dataset(
        {
            "voltage": ("time", VOLTAGE, {"units": "V"}),
            "current": ("time", VOLTAGE**3, {"units": "mA"}),
        },
        coords={"time": TIME},
    )
    mapping = {"voltage": VOLTAGE, "current": VOLTAGE**3}
    moments = frame().drop(columns="time (ms)")
    moments.index = pandas.to_datetime("2026-01-01") + pandas.to_timedelta(TIME, unit="s")
    stores = []
    for i, (record, more) in enumerate(
        [
            (frame(), {}),
            (dataset, {}),
            (mapping, {"step": 0.01, "units": {"voltage": "V", "current": "mA"}}),
            (moments, {}),
        ]
    ):
        from_recordings(record, tmp_path / f"{i}.zarr", **NAMES, **more)
        stores.append(open_store(tmp_path / f"{i}.zarr").load())
    for store in stores:
        assert store.current.units == "A"
        np.testing.assert_allclose(store.time[0], TIME, atol=1e-12)
        np.testing.assert_allclose(store.current[0], 1e-3 * VOLTAGE**3, rtol=1e-14)


def test_rows_of_a_dataset_are_records_with_their_parameters(tmp_path):
    rows = xr.Dataset(
        {
            "voltage": (("sample", "time"), np.stack([VOLTAGE, 2 * VOLTAGE]), {"units": "V"}),
            "current": (("sample", "time"), np.stack([VOLTAGE, VOLTAGE]), {"units": "A"}),
        },
        coords={"time": TIME},
    )
    parameters = pandas.DataFrame({"area (um^2)": [1.0, 200.0]})
    system = from_recordings(rows, tmp_path / "r.zarr", parameters=parameters, **NAMES)
    assert (system.space["area"].units, system.space["area"].scale) == ("um^2", "log")
    store = open_store(tmp_path / "r.zarr")
    np.testing.assert_array_equal(store.voltage[1], 2 * VOLTAGE)
    assert store["area"].values.tolist() == [1.0, 200.0]


def test_missing_inputs_are_interpolated_and_missing_outputs_stay(tmp_path):
    voltage, current = TIME.copy(), TIME.copy()
    voltage[[0, 5, 6]] = np.nan
    current[9] = np.nan
    record = {"time": TIME, "voltage": voltage, "current": current}
    from_recordings(record, tmp_path / "a.zarr", units=dict.fromkeys(record, "V") | {"time": "s"},
                    **NAMES)  # fmt: skip
    store = open_store(tmp_path / "a.zarr")
    np.testing.assert_allclose(store.voltage[0], TIME[1:], atol=1e-15)
    assert np.flatnonzero(np.isnan(store.current[0])).tolist() == [8]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"units": {"voltage": "V"}}, "'current' of record 0 has no unit"),
        ({"step": None}, "has no 'time'"),
        ({"current": VOLTAGE[:9]}, "expected one length"),
        ({"time": TIME[::-1]}, "expected instants that increase"),
        ({"voltage": np.full(80, np.nan)}, "fewer than two instants"),
        ({"parameters": {"area": [1.0, 2.0]}}, "expected one for each"),
        ({"names": ["a", "b"]}, "expected one for each"),
        ({"inputs": ["time"]}, "is taken"),
    ],
)
def test_what_is_not_clear_is_refused_and_leaves_nothing(tmp_path, change, message):
    record = {"voltage": VOLTAGE, "current": VOLTAGE}
    options = {"step": 0.01, "units": {"voltage": "V", "current": "A", "area": "1"}, **NAMES}
    for name, value in change.items():
        (record if name in ("current", "time", "voltage") else options)[name] = value
    with pytest.raises(DynsurError, match=message):
        from_recordings(record, tmp_path / "a.zarr", **options)
    assert not list(tmp_path.iterdir())
