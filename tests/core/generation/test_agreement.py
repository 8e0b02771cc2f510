"""A store is extended by what filled it only: code may move, not behave otherwise."""

import dataclasses
import pickle
import sys
import textwrap

import numpy as np
import pytest
from dynsur.core import DynsurError, ODESystem, Parameter, ParameterSpace, Variable, triangle
from dynsur.core.generation import agreement, repeat
from dynsur.core.generation.agreement import check_agreement, prepare_store
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.registry.fingerprint import fingerprint
from dynsur.core.store.samples import content_hash, open_store, write_chunk

SPACE = ParameterSpace((Parameter("a", 0.5, 2.0, "1/s"), Parameter("U", 0.5, 1.0, "V")))


def drive(p):
    return triangle(p["U"], 4.0)


def start(p):
    return [0.0]


def make(rhs, **fields):
    return ODESystem(
        name="edited",
        description="a leaking integrator",
        space=SPACE,
        inputs=(Variable("u", "V"),),
        outputs=(Variable("x", "1"),),
        rhs=rhs,
        drive=drive,
        start=start,
        points=21,
        **fields,
    )


def leak(t, y, u, p):
    return [-p["a"] * y[0] + u]


def filled(path, simulator, samples=6):
    prepare_store(path, simulator, samples, 0, samples)
    write_chunk(path, 0, simulate_rows(simulator, simulator.space.sample(0, 0, samples)))
    return path


def module(folder, name, text):
    """Write a module, drop what was imported under its name, and import it."""
    (folder / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    for cached in (folder / "__pycache__").glob(f"{name}.*"):
        cached.unlink()
    sys.modules.pop(name, None)
    return __import__(name)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in ("system_of_test", "helper_of_test"):
        sys.modules.pop(name, None)


@pytest.fixture
def in_this_process(monkeypatch):
    """Simulate again here, for tests whose simulator loads from its pickle alone."""

    def simulated(sent, columns, limit):
        return simulate_rows(pickle.loads(sent)[0], columns)

    monkeypatch.setattr(repeat, "run_isolated", simulated)
    monkeypatch.setattr(repeat, "run_alone", simulated)


def test_the_same_code_agrees_and_is_extended(tmp_path, in_this_process):
    path = filled(tmp_path / "d.zarr", make(leak))
    assert check_agreement(path, make(leak)) == 2
    before = content_hash(open_store(path))
    prepare_store(path, make(leak), 8, 0, 6)
    assert open_store(path).sizes["sample"] == 8
    assert content_hash(open_store(path).isel(sample=slice(6))) == before


def test_a_function_that_moved_or_was_rewritten_alike_still_agrees(tmp_path, in_this_process):
    def elsewhere(t, y, u, p):
        rate = p["a"]
        return [u - rate * y[0]]

    path = filled(tmp_path / "d.zarr", make(leak))
    assert fingerprint(make(elsewhere)) != fingerprint(make(leak))
    assert check_agreement(path, make(elsewhere)) == 6
    # What agreed once is known from then on.
    assert check_agreement(path, make(elsewhere)) == 2


def test_a_store_of_other_settings_is_refused_by_their_names(tmp_path):
    rough = dataclasses.replace(
        make(leak), points=33, relative_tolerance=0.1, absolute_tolerance=0.1
    )
    path = filled(tmp_path / "d.zarr", rough)
    with pytest.raises(DynsurError, match="other settings") as found:
        check_agreement(path, make(leak))
    assert "--set simulator.absolute_tolerance=0.1 --set simulator.relative_tolerance=0.1," in str(
        found.value
    )
    assert "points" not in str(found.value)
    assert check_agreement(path, rough) == 2


def test_an_edited_equation_is_refused_and_nothing_changes(tmp_path):
    def stronger(t, y, u, p):
        return [-p["a"] * y[0] + 10.0 * u]

    path = filled(tmp_path / "d.zarr", make(leak))
    before = content_hash(open_store(path))
    with pytest.raises(DynsurError, match=r"other equations.*sample \d, x: .*differs by.*--again"):
        prepare_store(path, make(stronger), 8, 0, 6)
    assert open_store(path).sizes["sample"] == 6
    assert content_hash(open_store(path)) == before


def test_started_anew_the_old_store_is_kept_aside(tmp_path):
    def stronger(t, y, u, p):
        return [-p["a"] * y[0] + 10.0 * u]

    path = filled(tmp_path / "d.zarr", make(leak))
    before = content_hash(open_store(path))
    prepare_store(path, make(stronger), 3, 0, 3, again=True)
    assert open_store(path).sizes["sample"] == 3
    assert content_hash(open_store(tmp_path / "d.aside-1.zarr")) == before


SYSTEM = """
    import helper_of_test
    GAIN = 1.0
    def rhs(t, y, u, p):
        return [-p["a"] * helper_of_test.shape(y[0]) + GAIN * u]
"""
HELPER = """
    def shape(x):
        return x
"""


@pytest.mark.parametrize(
    ("system", "helper"),
    [
        (SYSTEM.replace("1.0", "2.0"), HELPER),
        (SYSTEM, HELPER.replace("return x", "return 2 * x")),
    ],
    ids=["a constant of the module", "a helper in another file"],
)
def test_an_edit_beside_the_function_is_noticed(folder, system, helper):
    module(folder, "helper_of_test", HELPER)
    path = filled(folder / "d.zarr", make(module(folder, "system_of_test", SYSTEM).rhs))
    assert check_agreement(path, make(sys.modules["system_of_test"].rhs)) == 2
    module(folder, "helper_of_test", helper)
    edited = make(module(folder, "system_of_test", system).rhs)
    with pytest.raises(DynsurError, match="other equations"):
        check_agreement(path, edited)


def test_a_closure_counts(tmp_path, in_this_process):
    def with_gain(gain):
        return lambda t, y, u, p: [-p["a"] * y[0] + gain * u]

    path = filled(tmp_path / "d.zarr", make(with_gain(1.0)))
    assert check_agreement(path, make(with_gain(1.0))) == 2
    with pytest.raises(DynsurError, match="other equations"):
        check_agreement(path, make(with_gain(1.5)))


def test_a_cell_run_again_with_other_code_counts(tmp_path, in_this_process):
    """As in a notebook, where functions have no file and the same name."""

    def cell(gain):
        names = {"__name__": "__main__"}
        exec(f"def rhs(t, y, u, p):\n    return [-p['a'] * y[0] + {gain} * u]", names)
        return names["rhs"]

    path = filled(tmp_path / "d.zarr", make(cell(1.0)))
    assert fingerprint(make(cell(1.0))) == fingerprint(make(cell(1.0)))
    with pytest.raises(DynsurError, match="other equations"):
        check_agreement(path, make(cell(3.0)))


def test_other_settings_are_refused_by_their_name(tmp_path):
    path = filled(tmp_path / "d.zarr", make(leak))
    with pytest.raises(DynsurError, match="another configuration"):
        prepare_store(path, make(leak, relative_tolerance=1e-3), 6, 0, 6)
    with pytest.raises(DynsurError, match="another seed"):
        prepare_store(path, make(leak), 6, 1, 6)


def test_slow_simulations_of_unchanged_code_are_not_repeated(tmp_path, in_this_process):
    path = filled(tmp_path / "d.zarr", make(leak))
    rows = simulate_rows(make(leak), SPACE.sample(0, 0, 6)) | {"wall_time": np.full(6, 3600.0)}
    write_chunk(path, 0, rows)
    assert check_agreement(path, make(leak)) == 0
    changed = dataclasses.replace(make(leak), rhs=lambda t, y, u, p: [u - p["a"] * y[0]])
    assert check_agreement(path, changed) == 1


@pytest.mark.parametrize("corner", ["p['a'] > 1.7", "p['U'] < 0.6", "p['a'] < 0.6"])
def test_an_edit_that_concerns_a_corner_of_the_ranges_is_noticed(tmp_path, in_this_process, corner):
    path = filled(tmp_path / "d.zarr", make(leak), samples=60)
    is_there = eval(f"lambda p: {corner}")

    def cornered(t, y, u, p):
        return [-p["a"] * y[0] * np.where(is_there(p), 1.5, 1.0) + u]

    with pytest.raises(DynsurError, match="other equations"):
        check_agreement(path, make(cornered))


def test_changed_code_is_held_against_many_samples_and_slow_ones_against_few(
    tmp_path, in_this_process, monkeypatch
):
    def alike(t, y, u, p):
        return [u - p["a"] * y[0]]

    path = filled(tmp_path / "d.zarr", make(leak), samples=80)
    assert check_agreement(path, make(alike), notes=False) == agreement.MANY
    assert agreement._wanted(np.full(80, 2.0), is_known=False) == agreement.LEAST
    assert agreement._wanted(np.full(80, 10.0), is_known=False) == 3
    assert agreement._wanted(np.full(80, 1000.0), is_known=False) == 1
    assert agreement._wanted(np.full(80, 1e-6), is_known=True) == agreement.FEW


def test_a_store_whose_extension_is_refused_is_left_as_it_was(tmp_path, in_this_process):
    def alike(t, y, u, p):
        return [u - p["a"] * y[0]]

    path = filled(tmp_path / "d.zarr", make(leak), samples=6)
    chunk = path / "wall_time" / "c.0"
    content = chunk.read_bytes()
    before = (path / "zarr.json").read_bytes()
    chunk.write_bytes(content[:-1])
    with pytest.raises(DynsurError, match="wall_time"):
        prepare_store(path, make(alike), 8, 0, 6)
    assert (path / "zarr.json").read_bytes() == before
    chunk.write_bytes(content)
    prepare_store(path, make(alike), 8, 0, 6)
    assert check_agreement(path, make(alike)) == 2


def test_a_store_of_other_instants_agrees_with_what_a_model_is_trained_for(
    tmp_path, in_this_process
):
    store = filled(tmp_path / "s.zarr", make(leak))
    assert check_agreement(store, dataclasses.replace(make(leak), points=81)) == 6
    other = make(
        lambda t, y, u, p: [-p["a"] * y[0] + 1.1 * u],
    )
    with pytest.raises(DynsurError, match="filled by other equations"):
        check_agreement(store, dataclasses.replace(other, points=81))


def test_another_number_of_instants_is_a_difference(tmp_path, in_this_process):
    """A simulator that cannot be asked for the instants of the store is not held to agree."""

    class Fixed(ODESystem):
        def __post_init__(self):
            super().__post_init__()
            object.__setattr__(self, "points", 41)

    store = filled(tmp_path / "s.zarr", make(leak))
    fields = {f.name: getattr(make(leak), f.name) for f in dataclasses.fields(ODESystem) if f.init}
    with pytest.raises(DynsurError, match="21 instants and simulated again 41"):
        check_agreement(store, Fixed(**fields))
