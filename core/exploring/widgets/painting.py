"""Let the browser paint curves that follow the hand, and nothing else with them."""

from collections.abc import Sequence
from typing import Any

from .axes import bokeh

# Curves are painted on the canvas above that of axes and grids, which then need neither painting
# nor measuring while the hand moves. Bokeh clips what it paints there only where it is asked to.
ABOVE = """
const figures = new Set()
for (const renderer of renderers) {
  const view = Bokeh.index.find_one(renderer)
  if (view == null || !('needs_clip' in view)) continue
  Object.defineProperty(view, 'needs_clip', {value: true})
  renderer.level = 'overlay'
  figures.add(view.plot_view)
}
for (const figure of figures) {
  const arrange = figure._invalidate_layout_if_needed
  if (arrange && figure._invalidated_painters) figure._invalidate_layout_if_needed = () => {
    const changed = [...figure._invalidated_painters].some((p) => p.model.level !== 'overlay')
    if (changed || figure._invalidate_all || figure._needs_layout) arrange.call(figure)
  }
  figure.request_paint()
}
// Bokeh writes the legend anew with each curve and then leaves the samples of its lines out.
const key = () => JSON.stringify(legend.items.map(({visible, renderers}) => {
  const {line_alpha, line_dash} = renderers[0].glyph
  return [visible, line_alpha, line_dash]
}))
const listed = Bokeh.index.find_one(legend)
if (listed && listed._render_items) {
  const write = listed._render_items
  let last = key()
  listed._render_items = () => {
    const now = key()
    if (now === last) return
    last = now
    write.call(listed)
    listed.request_paint()
  }
}
"""


def paint_above(renderers: Sequence[Any], legend: Any) -> Any:
    """Return the script for a page that has been drawn.

    Args:
        renderers: The curves of all figures.
        legend: The legend that names them.
    """
    return bokeh("models").CustomJS(args={"renderers": renderers, "legend": legend}, code=ABOVE)
