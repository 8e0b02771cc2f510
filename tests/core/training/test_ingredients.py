"""A training's ingredients are found or refused clearly."""

import pytest
from dynsur.core import DynsurError
from dynsur.core.training.ingredients import find_device


def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(DynsurError, match="'warp' is not available here"):
        find_device("warp")
