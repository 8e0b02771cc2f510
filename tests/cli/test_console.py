"""Any console can show what the program says."""

import os
import subprocess
import sys

import pytest
from dynsur.cli.console import plain
from dynsur.core import host
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.samples import create_or_extend, write_chunk


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("console") / "vteam.zarr"
    simulator = host().simulator("vteam")
    create_or_extend(path, simulator, 4, 0, 4)
    write_chunk(path, 0, simulate_rows(simulator, simulator.space.sample(0, 0, 4)))
    return path


def test_plain_text_is_ascii_and_readable():
    assert plain("µ_x in m²/(V s), 10⁻⁵ … 10³ Ω") == "u_x in m^2/(V s), 10^-5 ... 10^3 ohm"
    assert plain("┏━┓│█") == "+-+|#"
    assert all(plain(chr(code)).isascii() for code in range(0x80, 0x2600))


SHOW = ["plugins", "show", "reram"]


@pytest.mark.parametrize(
    ("command", "encoding"),
    [
        (SHOW, "ascii"),
        (SHOW, "cp1252"),
        (SHOW, "cp437"),
        (["info", "STORE"], "ascii"),
        (["fit", "--help"], "ascii"),
        (["simulate", "linear-ion-drift", "--waveform", "DRIVE"], "ascii"),
    ],
    ids=str,
)
def test_no_encoding_ends_in_a_traceback(command, encoding, store):
    drive = store.parent / "drive.csv"
    drive.write_text("time (s),voltage (V)\n0,0\n1,1\n2,-1\n3,0\n", "utf-8")
    places = {"STORE": str(store), "DRIVE": str(drive)}
    arguments = [places.get(a, a) for a in command]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "dynsur.cli.main", *arguments], capture_output=True, env=environment
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert b"Traceback" not in done.stderr
    done.stdout.decode(encoding), done.stderr.decode(encoding)
    assert b"?" not in done.stdout.replace(b"? ", b"")


def test_the_c_locale_is_no_trouble(store):
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "dynsur.cli.main", "info", str(store)],
        capture_output=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-500:]


def test_a_narrow_terminal_cuts_no_word(store):
    told = subprocess.run(
        [sys.executable, "-m", "dynsur.cli.main", "info", str(store)],
        env={**os.environ, "COLUMNS": "20"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "samples in a chunk" in told
    assert "time in simulations" in told
