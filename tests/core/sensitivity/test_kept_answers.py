"""An interrupted analysis goes on where it was, and answers to something else are not taken."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.response import SimulatedResponder
from dynsur.core.sensitivity import sensitivity
from dynsur.core.sensitivity.kept_answers import KeptAnswers
from dynsur.core.sensitivity.quantities import Answers, ask
from ohmic import ohmic

OHMIC = ohmic()


@dataclasses.dataclass(frozen=True)
class Counting(SimulatedResponder):
    """Counts the batches that are asked, and breaks off after some."""

    asked: list = dataclasses.field(default_factory=list)
    most: int = 10**9

    def respond(self, parameters, waveform=None, *, banded=True):
        if len(self.asked) >= self.most:
            raise KeyboardInterrupt
        self.asked.append(len(next(iter(parameters.values()))))
        return self.simulate(parameters, waveform)


@pytest.mark.parametrize("where", ["", "one < 2"])
def test_an_interrupted_analysis_asks_only_what_is_left(tmp_path, where):
    whole = Counting("ohmic", OHMIC)
    expected = sensitivity(whole, ["maximum"], where=where, base=256)
    with pytest.raises(KeyboardInterrupt):
        sensitivity(
            Counting("ohmic", OHMIC, most=4), ["maximum"], where=where, base=256, folder=tmp_path
        )
    assert list((tmp_path / "answers").glob("*.npz"))
    rest = Counting("ohmic", OHMIC)
    found = sensitivity(rest, ["maximum"], where=where, base=256, folder=tmp_path)
    assert found.identical(expected)
    # The first question of each call is which figures of merit there are.
    assert sum(rest.asked) <= sum(whole.asked) - sum(whole.asked[1:4])
    assert not list(tmp_path.iterdir())


def test_answers_of_another_system_or_question_are_not_taken(tmp_path):
    system = SimulatedResponder("ohmic", OHMIC)
    unit, one = np.full((3, 2), 0.5), np.ones((3, 1))
    kept = KeptAnswers.opened(tmp_path, ask(system, ["maximum"]))
    kept.add(unit, Answers(one, one, one[:, 0] > 0, one[:, 0] < 0))
    kept.write()
    again = KeptAnswers.opened(tmp_path, ask(system, ["maximum"])).find(unit)
    assert again is not None
    np.testing.assert_array_equal(again.values, one)
    assert KeptAnswers.opened(tmp_path, ask(system, ["minimum"])).find(unit) is None
    finer = SimulatedResponder("ohmic", dataclasses.replace(OHMIC, points=81))
    assert KeptAnswers.opened(tmp_path, ask(finer, ["maximum"])).find(unit) is None


def test_a_broken_file_of_answers_is_named(tmp_path):
    (tmp_path / "broken.npz").write_bytes(b"no answers")
    with pytest.raises(DynsurError, match=r"cannot read the answers in .*broken"):
        KeptAnswers.opened(tmp_path, ask(SimulatedResponder("ohmic", OHMIC), ["maximum"]))
