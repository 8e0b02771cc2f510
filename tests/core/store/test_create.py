"""Two commands that make one store at once share it."""

import pytest
from dynsur.core import DynsurError
from dynsur.core.store.create import create
from dynsur.core.store.samples import open_store
from toy_simulator import Toy


def test_who_makes_a_store_second_shares_it(tmp_path):
    path = tmp_path / "d.zarr"
    for samples in (8, 12, 4):
        create(str(path), Toy(), samples, 0, 4)
    assert open_store(path).sizes["sample"] == 12
    assert [entry.name for entry in tmp_path.iterdir()] == ["d.zarr"]
    with pytest.raises(DynsurError, match="another seed"):
        create(str(path), Toy(), 8, 1, 4)
