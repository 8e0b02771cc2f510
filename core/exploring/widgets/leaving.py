"""How what is shown leaves the page: the link, command lines, CSV and PNG."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..drives import Drive, Drives
from .axes import bokeh

LINK = "history.replaceState(null, '', location.pathname + (text.value ? '?' + text.value : ''))"
COPY = """
const area = document.createElement('textarea')
area.value = text.value
document.body.append(area)
area.select()
if (navigator.clipboard) navigator.clipboard.writeText(text.value)
else document.execCommand('copy')
area.remove()
"""
SAVE = """
const [name, content] = [source.data.name[0], source.data.text[0]]
const link = document.createElement('a')
link.href = URL.createObjectURL(new Blob([content], {type: 'text/csv'}))
link.download = name
link.click()
URL.revokeObjectURL(link.href)
"""
PICTURE = """
const save = (blob) => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = 'curves.png'
  link.click()
}
// Bokeh's own way of saving a layout, which draws its figures onto one canvas.
const view = Bokeh.index.find_one(figures)
view.export('auto', true).to_blob().then(save)
"""


class Leaving:
    """The controls by which the settings and curves leave the page.

    Args:
        table: Returns the curves that are shown as CSV.
    """

    def __init__(self, table: Callable[[], str]) -> None:
        models = bokeh("models")
        self._table = table
        self._drive: Drive | Drives = Drive()
        self.query = models.TextInput(visible=False, name="query")
        self.query.js_on_change("value", models.CustomJS(args={"text": self.query}, code=LINK))
        self.commands = models.TextAreaInput(
            title="The same on the command line",
            rows=6,
            min_width=300,
            name="commands",
            sizing_mode="stretch_width",
        )
        copy = models.Button(label="Copy", width=90)
        copy.js_on_click(models.CustomJS(args={"text": self.commands}, code=COPY))
        self.download = models.ColumnDataSource({"name": [], "text": []}, name="download")
        self.download.js_on_change(
            "data", models.CustomJS(args={"source": self.download}, code=SAVE)
        )
        curves = models.Button(label="Curves as CSV", width=130, name="csv")
        curves.on_click(lambda: self._save("curves.csv", self._table()))
        self.waveform = models.Button(
            label="Drive as CSV", width=120, visible=False, name="drive-csv"
        )
        self.waveform.on_click(lambda: self._save("drive.csv", drive_text(self._drive)))
        self.picture = models.Button(label="PNG", width=70, name="png")
        # A source reaches the page only as part of a model that is in it.
        self.query.tags = [self.download]
        self.layout = models.Column(
            self.commands,
            models.Row(copy, curves, self.waveform, self.picture),
            self.query,
            sizing_mode="stretch_width",
        )

    def offer_picture(self, figures: Any) -> None:
        """Let the button save the figures of a layout."""
        code = bokeh("models").CustomJS(args={"figures": figures}, code=PICTURE)
        self.picture.js_on_click(code)

    def write(self, query: str, commands: Sequence[str], drive: Drive | Drives) -> None:
        """Show the link's query and the commands."""
        self.query.value, self._drive = query, drive
        self.commands.value = "\n".join(commands)
        self.waveform.visible = drive.waveform() is not None

    def _save(self, name: str, text: str) -> None:
        self.download.data = {"name": [name], "text": [text]}


def drive_text(drive: Drive | Drives) -> str:
    """Return a drive as the table that `--waveform` reads.

    That of several inputs has a column for each one that does not keep the system's own drive.
    """
    given = drive.waveform()
    waves = given if isinstance(given, dict) else {"value": given} if given else {}
    text = io.StringIO()
    text.write(",".join(["time (s)", *waves]) + "\n")
    times = sorted({t for wave in waves.values() for t in wave.times})
    for row in zip(
        times, *(wave(np.array(times)).tolist() for wave in waves.values()), strict=True
    ):
        text.write(",".join(repr(value) for value in row) + "\n")
    return text.getvalue()
