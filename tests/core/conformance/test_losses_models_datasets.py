"""Datasets, models and losses: ours keep their promises, each check finds its broken one."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from dynsur.core import Encoding, Scale, Split, TrainingData
from dynsur.core.conformance import (
    CHECKS,
    ConformanceError,
    check_dataset,
    check_loss,
    check_model,
    datasets,
    losses,
    models,
)
from dynsur.core.conformance.example import EXAMPLE
from dynsur.core.registry.host import host
from torch import nn

SUITE = {"datasets": check_dataset, "models": check_model, "losses": check_loss}
PARTS = [(kind, name) for kind in SUITE for name in host().offers(f"dynsur_{kind}")]


@pytest.mark.parametrize(("kind", "name"), PARTS)
def test_our_parts_keep_every_promise(kind, name):
    assert len(CHECKS[kind]) >= 3
    SUITE[kind](host().offers(f"dynsur_{kind}")[name].value)


class Net(nn.Module):
    """A small dual-input network that can be broken in one way."""

    def __init__(self, broken, sizes):
        super().__init__()
        self.broken, self.outputs = broken, sizes[2]
        self.layer = nn.Linear(sizes[0] + sizes[1], sizes[2])
        self.idle = nn.Linear(2, 2) if broken == "idle" else None
        self.drift = 0.0
        self.hidden = float(torch.rand(()))

    def forward(self, series, scalars):
        scale = {"series": (0.0, 1.0), "parameters": (1.0, 0.0)}.get(self.broken, (1.0, 1.0))
        repeated = scalars.unsqueeze(1).expand(-1, series.shape[1], -1)
        y = self.layer(torch.cat([scale[0] * series, scale[1] * repeated], dim=2))
        if self.broken == "shape":
            return y[:, -1]
        if self.broken == "batch":
            return y - y.mean(dim=0, keepdim=True)
        if self.broken == "state":
            self.drift += 1.0
            return y + self.drift
        return y + self.hidden if self.broken == "hidden" else y


@dataclass(frozen=True)
class BrokenModel:
    broken: str = ""
    name = "broken"
    description = "toy"

    def build(self, series, parameters, outputs):
        return Net(self.broken, (series, parameters, outputs))


@pytest.mark.parametrize(
    ("check", "broken", "message"),
    [
        ("gives_a_series", "shape", "gives shape"),
        ("learns_with_every_weight", "idle", "idle.weight"),
        ("sees_both_inputs", "series", "does not depend on the series"),
        ("sees_both_inputs", "parameters", "does not depend on the parameters"),
        ("judges_each_alone", "batch", "others of its batch"),
        ("judges_each_alone", "state", "another output"),
        ("survives_saving", "hidden", "makes other predictions"),
    ],
)
def test_each_check_finds_its_broken_model(check, broken, message):
    check_model(BrokenModel())
    with pytest.raises(ConformanceError, match=message):
        getattr(models, check)(BrokenModel(broken))


@pytest.mark.parametrize(
    ("check", "loss", "message"),
    [
        ("gives_a_number", lambda p, t: (p - t) ** 2, "expected a scalar"),
        ("gives_a_number", lambda p, t: (p - t).sum() / 0.0, "finite"),
        ("is_least_when_perfect", lambda p, t: (p - t).mean(), "the perfect one"),
        ("is_least_when_perfect", lambda p, t: 0.0 * (p - t).mean(), "the perfect one"),
        ("has_a_gradient", lambda p, t: ((p - t) ** 2).mean().sqrt(), "perfect prediction is not"),
        ("has_a_gradient", lambda p, t: (p.detach() - t).sum(), "no gradient"),
        ("has_a_gradient", lambda p, t: (p / t).sum(), "flat curve is not finite"),
    ],
)
def test_each_check_finds_its_broken_loss(check, loss, message):
    with pytest.raises(ConformanceError, match=message):
        getattr(losses, check)(loss)


@dataclass(frozen=True)
class BrokenDataset:
    """A dataset in a few lines that can be broken in one way."""

    broken: str = ""
    name = "broken"
    description = "toy"

    def prepare(self, store, simulator, seed):
        finished = np.flatnonzero(store["status"].values == 1)
        used = np.arange(store.sizes["sample"]) if self.broken == "failed" else finished
        rng = np.random.default_rng(None if self.broken == "random" else seed)
        order = rng.permutation(used) if self.broken != "seedless" else used
        parts = [order[10:], order[5:10], order[:5]]
        if self.broken == "overlap":
            parts[2] = order[3:8]
        fitted = used if self.broken == "leak" else parts[0]
        scale = Scale.fit("current", store["current"].values[fitted])
        encoding = Encoding((Scale("voltage"),), (Scale("R"),), (scale,))
        if self.broken == "decoding":
            shown = replace(encoding, outputs=(replace(scale, span=2 * scale.span),))
        else:
            shown = encoding
        splits = [
            Split(
                rows,
                encoding.encode_series({"voltage": store["voltage"].values[rows]}),
                encoding.encode_parameters({"R": store["R"].values[rows]}),
                encoding.encode_outputs({"current": store["current"].values[rows]}),
            )
            for rows in parts
        ]
        return TrainingData(*splits, shown, np.arange(EXAMPLE.points))


@pytest.mark.parametrize(
    ("check", "broken", "message"),
    [
        ("keeps_parts_apart", "overlap", "in two parts"),
        ("keeps_parts_apart", "failed", "that failed is used"),
        ("repeats_its_split", "random", "two splits"),
        ("repeats_its_split", "seedless", "same simulations"),
        ("fits_on_training_only", "leak", "scales change"),
        ("decodes_what_it_encodes", "decoding", "does not give 'current' back"),
        ("refuses_too_few", "", "is accepted"),
        ("is_configured_by_fields", None, "not a frozen dataclass"),
    ],
)
def test_each_check_finds_its_broken_dataset(check, broken, message):
    part = object() if broken is None else BrokenDataset(broken)
    with pytest.raises(ConformanceError, match=message):
        getattr(datasets, check)(part)
