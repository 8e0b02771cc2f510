"""`dynsur export-circuit` checks what it writes, and warns where ngspice departs."""

import shutil

import pytest

needs_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is missing")


@needs_ngspice
def test_a_subcircuit_that_follows_its_system_is_said_to(dynsur, tmp_path):
    code, out, error = dynsur("export-circuit", "yakopcic", tmp_path / "y.cir")
    assert code == 0
    assert "current in ngspice is within 0.0" in out
    assert not error


@needs_ngspice
def test_a_chaotic_system_is_warned_of(dynsur, tmp_path):
    code, _, error = dynsur("export-circuit", "lorenz", tmp_path / "l.cir")
    assert code == 0
    assert "warning: the subcircuit departs from the solver by" in error


def test_a_module_is_compiled_and_compared(dynsur, tmp_path):
    pytest.importorskip("openvaf_py", reason="openvaf-py is not installed")
    code, out, error = dynsur("export-circuit", "yakopcic", tmp_path / "y.va")
    assert code == 0
    assert "module yakopcic plus minus" in out
    assert "compiled by OpenVAF, its equations are within" in out
    assert not error


def test_without_a_check_the_subcircuit_is_only_written(dynsur, tmp_path):
    code, out, _ = dynsur("export-circuit", "vteam", tmp_path / "v.cir", "--no-check")
    assert code == 0
    assert out.startswith("wrote ")
    assert "ngspice is within" not in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("reram", "r.cir"), "is not an ODESystem"),
        (("vteam", "v.vhdl"), "v.vhdl"),
        ((".", "v.cir"), "there is no trained model"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_line(dynsur, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    code, _, error = dynsur("export-circuit", *words)
    assert code == 2
    assert told in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())
