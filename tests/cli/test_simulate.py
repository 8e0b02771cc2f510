"""`dynsur simulate` writes and draws; bad input is one line and exit code 2."""

import subprocess
import sys

import pytest
import xarray as xr


def dynsur(*arguments):
    code = "from dynsur.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True
    )


def test_a_device_is_written_and_drawn(tmp_path):
    store, picture = tmp_path / "device.zarr", tmp_path / "iv.png"
    done = dynsur("simulate", "reram", "--set", "mu_x=5e-14", "--out", store, "--plot", picture)
    assert done.returncode == 0, done.stderr
    data = xr.open_zarr(store)
    assert data["current"].attrs["units"] == "A"
    assert data.sizes["time"] == 501
    assert picture.read_bytes().startswith(b"\x89PNG")
    again = dynsur("simulate", "reram", "--out", store)
    assert again.returncode == 2
    assert "exists" in again.stderr


def test_a_recorded_drive_is_converted_and_told(tmp_path):
    drive, store = tmp_path / "drive.csv", tmp_path / "device.zarr"
    drive.write_text("voltage [mV];time [ms]\n0;-100\n1000;400\n-1000;900\n0;1400\n")
    done = dynsur("simulate", "linear-ion-drift", "--waveform", drive, "--out", store)
    assert done.returncode == 0, done.stderr
    told = "drive.csv: 4 points, 1.5 s, ±1 V, from columns 2 and 1, ms and mV; the clock starts at"
    assert told in done.stderr
    data = xr.open_zarr(store)
    assert float(data.time[-1]) == 1.5
    assert float(abs(data.voltage).max()) == 1.0


def test_fields_alone_keeps_the_state_over_x_and_time(tmp_path):
    store = tmp_path / "device.zarr"
    done = dynsur("simulate", "reram", "--tolerance", "0.05", "--fields", "--out", store)
    assert done.returncode == 0, done.stderr
    data = xr.open_zarr(store)
    for name in ("potential", "electron_density", "hole_density", "vacancy_density"):
        assert data[name].dims == ("snapshot", "x")
        assert data[name].sizes["snapshot"] == 9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("simulate", "rerum"), "did you mean 'reram'"),
        (("simulate", "reram", "--set", "E_G=1"), "did you mean 'E_g'"),
        (("simulate", "reram", "--set", "E_g=-1"), "must lie in"),
        (("simulate", "reram", "--set", "E_g"), "NAME=VALUE"),
        (("simulate", "reram", "--set", "E_g=1:2"), "not a range"),
        (("simulate", "reram", "--cycels", "2"), "--cycles"),
        (("simulate", "reram", "--waveform", "absent.csv"), "cannot read the table"),
        (("simulate", "reram", "--cycles", "0"), "number of cycles must be"),
        (("simulate", "reram", "--tolerance", "0"), "tolerance must lie in"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, message):
    done = dynsur(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom dynsur.cli.main import app\nfrom typer.testing import CliRunner\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "print([m for m in ('torch', 'dask', 'xarray', 'numba', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_picture_of_ours_is_drawn_anew_and_any_other_file_is_kept(tmp_path):
    own, foreign = tmp_path / "own.png", tmp_path / "thesis.png"
    assert dynsur("simulate", "linear-ion-drift", "--plot", own).returncode == 0
    first = own.read_bytes()
    changed = ("simulate", "linear-ion-drift", "--set", "window=2", "--plot", own)
    assert dynsur(*changed).returncode == 0
    assert own.read_bytes() != first
    for content in (b"months of work", first.replace(b"dynsur", b"an art")):
        foreign.write_bytes(content)
        done = dynsur("simulate", "linear-ion-drift", "--plot", foreign)
        assert done.returncode == 2
        assert "exists; choose another --plot or give --force" in done.stderr
        assert foreign.read_bytes() == content


def test_a_table_may_drive_one_of_several_inputs(tmp_path):
    drive, store = tmp_path / "drive.csv", tmp_path / "tanks.zarr"
    drive.write_text("time (s),pump_2 (V)\n0,3\n100,3\n200,4\n600,4\n")
    done = dynsur("simulate", "quadruple-tank", "--waveform", drive, "--out", store)
    assert done.returncode == 0, done.stderr
    assert "drive.csv does not name pump_1: the own drive is kept" in done.stderr
    data = xr.open_zarr(store)
    assert float(data.pump_2.sel(time=150.0, method="nearest")) == pytest.approx(3.5, abs=0.02)
    assert set(data.pump_1.values.round(9)) >= {3.0, 4.0}
