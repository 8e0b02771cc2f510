"""Of a curve only what has changed is sent to the browser."""

import numpy as np
import pytest

pytest.importorskip("bokeh")

from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent
from dynsur.core.exploring.widgets.drawn import Drawn, together

TIME = np.linspace(0.0, 1.0, 5)


@pytest.fixture
def sent():
    """Return a curve in a document, and what its document has to send."""
    drawn, events = Drawn("curve", ("time", "output", "size")), []
    document = Document()
    document.add_root(drawn.source)
    document.on_change(events.append)
    return drawn, events


def columns(output):
    return {"time": TIME, "output": output, "size": np.where(output != 0, abs(output), np.nan)}


def test_only_changed_columns_are_sent_in_one_message(sent):
    drawn, events = sent
    drawn.show(columns(TIME - 0.5))
    events.clear()
    drawn.show(columns(0.5 - TIME))  # the same sizes, NaN among them
    [event] = events
    assert isinstance(event, ColumnDataChangedEvent)
    assert event.cols == ["output"]
    np.testing.assert_array_equal(drawn.source.data["output"], 0.5 - TIME)
    events.clear()
    drawn.show(columns(0.5 - TIME))
    assert events == []


def test_a_curve_of_another_length_is_sent_whole(sent):
    drawn, _ = sent
    drawn.show(columns(TIME))
    drawn.show({"time": TIME[:3], "output": TIME[:3], "size": TIME[:3]})
    assert {len(column) for column in drawn.source.data.values()} == {3}
    drawn.clear()
    assert len(drawn) == 0


def test_the_reach_of_a_curve_leaves_out_what_an_axis_cannot_show(sent):
    drawn, _ = sent
    assert drawn.reach("output") is None
    drawn.show(columns(TIME - 0.5))
    assert drawn.reach("output") == (-0.5, 0.5)
    assert drawn.reach("size") == (0.25, 0.5)
    assert together([drawn.reach("size"), None, (0.1, 0.2)]) == (0.1, 0.5)
    drawn.clear()
    assert together([drawn.reach("output")]) is None
