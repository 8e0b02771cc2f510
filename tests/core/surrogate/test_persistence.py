"""What a model's files hold is what was written, or they are refused."""

import json

import pytest
import torch
from dynsur.core import DynsurError
from dynsur.core.surrogate.persistence import DESCRIPTION, WEIGHTS, read_model, write_model
from safetensors import safe_open
from safetensors.torch import save_file

TENSORS = {"a.weight": torch.arange(12.0).reshape(3, 4), "bias": torch.tensor(0.5)}
MODEL = {"model": "dense", "simulator": "loops", "phases": [0.0, 0.1, 1.0]}


@pytest.fixture
def folder(tmp_path):
    write_model(tmp_path, TENSORS, MODEL)
    return tmp_path


def test_a_model_is_read_as_it_was_written(folder):
    description, tensors = read_model(folder)
    assert {key: description[key] for key in MODEL} == MODEL
    assert all(torch.equal(tensors[name], TENSORS[name]) for name in TENSORS)


@pytest.mark.parametrize("name", [WEIGHTS, DESCRIPTION])
def test_every_flipped_bit_is_refused_or_changes_nothing(folder, name):
    file = folder / name
    sound, before = file.read_bytes(), read_model(folder)
    refused = 0
    for position in range(len(sound)):
        flipped = bytes([sound[position] ^ (1 << position % 8)])
        file.write_bytes(sound[:position] + flipped + sound[position + 1 :])
        read = _read_or_none(folder)
        refused += read is None
        # White space between the entries means nothing.
        assert read is None or read[0] == before[0]
        assert read is None or all(torch.equal(read[1][n], TENSORS[n]) for n in TENSORS)
    assert refused > 0.7 * len(sound)


def _read_or_none(folder):
    try:
        return read_model(folder)
    except DynsurError:
        return None


def test_weights_of_another_model_are_refused(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    write_model(other, {**TENSORS, "bias": torch.tensor(0.6)}, MODEL)
    (folder / WEIGHTS).write_bytes((other / WEIGHTS).read_bytes())
    with pytest.raises(DynsurError, match="two models"):
        read_model(folder)


def test_a_model_of_an_earlier_version_has_no_checksums_and_is_read_with_a_warning(folder, caplog):
    with safe_open(folder / WEIGHTS, framework="pt") as file:
        assert set(file.metadata()) == {"dynsur", "sha256"}
    save_file(TENSORS, folder / WEIGHTS, metadata={"dynsur": json.dumps({"model": "dense"})})
    (folder / DESCRIPTION).write_text(json.dumps(MODEL))
    description, tensors = read_model(folder)
    assert description == MODEL
    assert torch.equal(tensors["bias"], TENSORS["bias"])
    (told,) = caplog.messages
    assert str(folder) in told
    assert "no checksum" in told
    caplog.clear()
    write_model(folder, tensors, description)  # as loading and saving does
    read_model(folder)
    assert not caplog.messages
