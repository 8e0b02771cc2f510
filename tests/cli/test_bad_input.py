"""Every mistake is one line that says what was given and expected; exit 2, nothing changes."""

import json
import sys

import pytest
from dynsur.cli.main import main
from dynsur.core.files import content_checksum


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dynsur(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["dynsur", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    shown = capsys.readouterr()
    return stopped.value.code, shown.out, shown.err


def content(folder):
    return {p: p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


FILES = {
    "empty.csv": "",
    "header.csv": "time,value\n",
    "words.csv": "time,value\n0,0\n1,one\n",
    "back.csv": "0,0\n2,1\n1,1\n",
    "late.csv": "1,0\n2,1\n1,0\n2,1\n",
    "nan.csv": "# volts\n0,0\n1,nan\n",
    "short.csv": "0,0\n1\n",
    "names.csv": "a;b\n0;0\n1;1\n",
    "parameter.toml": "delta = 0.2\nfoo = 3\n",
    "group.toml": "[modle]\nwidth = 3\n",
    "field.toml": "[model]\nwidht = 3\n",
    "syntax.toml": "delta = \n",
    "value.toml": '[training]\nepochs = "many"\n',
    "thesis.tex": "months of work",
}
RUN = ("run", "duffing", "--out", "new")
SIMULATE = ("simulate", "duffing", "--out", "new")


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (("rum",), ["'rum'", "Did you mean 'run'?", "`dynsur --help`"]),
        (("run", "duffign"), ["unknown system 'duffign'; did you mean 'duffing'?"]),
        ((*RUN, "--sampels", 3), ["'--sampels'; did you mean '--samples'? `dynsur run --help`"]),
        ((*RUN, "--samples", 0), ["'--samples'", "1", "0"]),
        ((*RUN, "--samples", "few"), ["'--samples'", "'few'"]),
        ((*RUN, "--seed", -1), ["'--seed'", "'-1'"]),
        ((*RUN, "--epochs", -1), ["'--epochs'", "'-1'"]),
        (("reproduce", "duffing"), ["'duffing' names no published figures", "reram;"]),
        (("reproduce", "rerma"), ["unknown system 'rerma'; did you mean 'reram'"]),
        (("reproduce", "reram", "--runs", 0), ["'--runs'", "'0'"]),
        (
            ("reproduce", "reram", "--samples", 5),
            ["at least 10 finished simulations; got --samples 5"],
        ),
        (("run", "duffing", "--samples", 5), ["at least 10 finished", "--samples 5"]),
        (("reproduce", "reram", "--measured", "no.csv"), ["cannot read the table 'no.csv'"]),
        (
            ("reproduce", "reram", "--measured", "words.csv"),
            ["'words.csv' is voltage", "--columns"],
        ),
        ((*RUN, "--workers", 0), ["'--workers'", "'0'"]),
        ((*RUN, "--set", "training.epochs=0"), ["training.epochs must be at least 1; got 0"]),
        ((*RUN, "--set", "delta=0.5:0.1"), ["low <= high; got 0.5:0.1 1/s"]),
        ((*RUN, "--set", "delta=inf"), ["'delta' must be finite; got inf 1/s"]),
        ((*RUN, "--set", "model.width=0"), ["width of nlss must be at least 1"]),
        ((*SIMULATE, "--set", "delta=nan"), ["'delta' must be finite; got nan"]),
        ((*SIMULATE, "--set", "detla=1"), ["unknown parameter 'detla'; did you mean 'delta'?"]),
        ((*SIMULATE, "--set", "model.widht=3"), ["did you mean 'width'?"]),
        ((*SIMULATE, "--cycles", 2), ["takes no cycles", "leave --cycles out"]),
        ((*SIMULATE, "--set"), ["'--set' requires an argument"]),
        (("simulate",), ["Missing argument 'system'", "`dynsur simulate --help`"]),
        (("simulate", "duffing", "too"), ["unexpected extra argument", "too"]),
        (("simulate", "reram", "--set", "E_g=-1"), ["must lie in [0.05, 10] eV; got -1"]),
        ((*SIMULATE, "--waveform", "empty.csv"), ["'empty.csv' is empty; expected rows"]),
        ((*SIMULATE, "--waveform", "header.csv"), ["'header.csv' holds no rows"]),
        ((*SIMULATE, "--waveform", "words.csv"), ["line 3 of 'words.csv'", "'value', holds 'one'"]),
        ((*SIMULATE, "--waveform", "back.csv"), ["line 3", "'back.csv' goes from 2 s back to 1 s"]),
        ((*SIMULATE, "--waveform", "late.csv"), ["'late.csv' holds 2 sweeps", "--columns sweep="]),
        ((*SIMULATE, "--waveform", "nan.csv"), ["'nan.csv' holds 1 point"]),
        (
            (*SIMULATE, "--waveform", "short.csv"),
            ["line 2 of 'short.csv' holds 1 cell; expected 2"],
        ),
        ((*SIMULATE, "--waveform", "names.csv"), ["it names a, b", "--columns time="]),
        ((*SIMULATE, "--waveform", "."), ["cannot read", "it is a folder"]),
        ((*SIMULATE, "--columns", "time=1"), ["give the file too"]),
        ((*SIMULATE, "--waveform", "absent.csv"), ["cannot read", "'absent.csv'"]),
        ((*SIMULATE, "--plot", "loop.xyz"), ["'loop.xyz' must end", ".png"]),
        ((*SIMULATE, "--plot", "loop"), ["'loop' must end"]),
        (("simulate", "duffing", "--out", "thesis.tex", "--force"), ["must end in .zarr"]),
        (("simulate", "duffing", "--out", "folder", "--force"), ["not a zarr store"]),
        (("simulate", "duffing", "--out", "/proc/new"), ["cannot write '/proc/new'"]),
        (("simulate", "duffing", "--plot", "thesis.tex/loop.png"), ["cannot draw"]),
        (("generate", "duffing", "--out", "thesis.tex"), ["'thesis.tex' is not a dynsur store"]),
        (("generate", "duffing", "--out", "folder"), ["'folder' is not a dynsur store"]),
        (("run", "duffing", "--out", "thesis.tex"), ["not a run folder", "another --out"]),
        ((*SIMULATE, "--config", "parameter.toml"), ["unknown parameter 'foo'"]),
        ((*RUN, "--config", "group.toml"), ["'modle'; did you mean 'model'?"]),
        ((*RUN, "--config", "field.toml"), ["'widht'; did you mean 'width'?"]),
        ((*RUN, "--config", "syntax.toml"), ["'syntax.toml'", "line 1"]),
        ((*RUN, "--config", "value.toml"), ["'training.epochs' takes a number; got 'many'"]),
        ((*RUN, "--config", "absent.toml"), ["cannot read", "'absent.toml'"]),
        (("info", "absent"), ["'absent' is not a dynsur store"]),
        (("train", "absent"), ["'absent' is not a dynsur store"]),
        (("report", "absent"), ["absent", "is not a dynsur store"]),
        (("predict", "absent"), ["no trained model in 'absent'"]),
        (("evaluate", "absent", "absent"), ["no trained model in 'absent'"]),
        (("plugins", "duffign"), ["did you mean 'duffing'?"]),
        (("plugins", "chekc", "duffing"), ["Did you mean 'check'?"]),
        (("plugins", "check", "hdin"), ["'hdin'; did you mean 'hdinn'?"]),
    ],
    ids=lambda value: "" if isinstance(value, list) else " ".join(map(str, value)),
)
def test_a_mistake_is_one_line_and_changes_nothing(here, monkeypatch, capsys, arguments, messages):
    for name, text in FILES.items():
        (here / name).write_text(text)
    (here / "folder").mkdir()
    (here / "folder" / "notes.txt").write_text("keep")
    before = content(here)
    code, _, error = dynsur(monkeypatch, capsys, *arguments)
    assert code == 2
    assert len(error.strip().splitlines()) == 1
    for message in messages:
        assert message in error
    assert content(here) == before


def test_a_scheduler_that_does_not_answer_is_named(here, monkeypatch, capsys):
    monkeypatch.setattr("dynsur.core.generation.cluster.CONNECT_TIMEOUT", 0.2)
    scheduler = "tcp://127.0.0.1:1"
    code, _, error = dynsur(monkeypatch, capsys, *RUN, "--scheduler", scheduler)
    assert code == 2
    assert f"no dask scheduler answers at '{scheduler}'" in error
    assert "`dask scheduler`" in error
    assert not (here / "new").exists()


def edited(text, **changes):
    """Change a description as an editor who knows of its checksum would."""
    description = {**json.loads(text), **changes}
    return json.dumps({**description, "checksum": content_checksum(description)})


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        ("model.safetensors", lambda b: b[:1000], "cannot read the weights"),
        ("model.safetensors", lambda b: b"", "cannot read the weights"),
        ("model.json", lambda b: b[:50], "cannot be used"),
        ("model.json", lambda b: b.replace(b"phases", b"Phases"), "checksum of model.json"),
        ("model.json", lambda b: b"[]", "names no model and simulator"),
        ("model.json", lambda b: edited(b, simulator="dufing").encode(), "did you mean 'duffing'"),
        (
            "model.json",
            lambda b: edited(b, configuration={"width": 7, "members": 1}).encode(),
            "size mismatch",
        ),
        ("model.json", lambda b: edited(b, configuration={"wide": 7}).encode(), "wide"),
        ("model.json", lambda b: edited(b, encoding={}).encode(), "series"),
        ("model.json", lambda b: edited(b, phases="all").encode(), "train it again"),
    ],
)
def test_a_damaged_model_is_told_in_one_line(model, monkeypatch, capsys, name, damage, message):
    assert dynsur(monkeypatch, capsys, "predict", model)[0] == 0
    path = model / name
    path.write_bytes(damage(path.read_bytes()))
    code, _, error = dynsur(monkeypatch, capsys, "predict", model)
    assert code == 2
    assert message in error
    assert len(error.strip().splitlines()) == 1


def test_a_model_without_provenance_cannot_be_evaluated(model, monkeypatch, capsys):
    code, _, error = dynsur(monkeypatch, capsys, "evaluate", model, "absent")
    assert code == 2
    assert "does not say what it was trained on" in error


def test_a_damaged_run_is_told_in_one_line(here, monkeypatch, capsys):
    (here / "new").mkdir()
    (here / "new" / "run.json").write_text("[]")
    code, _, error = dynsur(monkeypatch, capsys, *RUN)
    assert code == 2
    assert "run.json' is damaged" in error
