"""A plotly figure in, a living drawing out: SVG that answers pointer, finger and keys, with its words and
its table.

    import plotly_alive as alive

    alive.describe(figure)                 # its alternative text
    alive.tabulate(figure).csv()           # its values
    alive.draw(figure).svg                 # a drawing that stands by itself
    alive.html(figure)                     # all of it, for a page

    plotly.io.renderers.default = "alive"  # each figure that is shown from now on

A figure is a `go.Figure`, its dictionary, or its JSON. The import of this package registers the
renderer `alive` with plotly, now or when plotly's renderers are loaded, and loads nothing else.
"""

import importlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plotly_alive.api import Drawing as Drawing
    from plotly_alive.api import Renderer as Renderer
    from plotly_alive.api import describe as describe
    from plotly_alive.api import draw as draw
    from plotly_alive.api import html as html
    from plotly_alive.api import read as read
    from plotly_alive.api import tabulate as tabulate
    from plotly_alive.api import write_assets as write_assets
    from plotly_alive.errors import AliveError as AliveError
    from plotly_alive.errors import BrowserError as BrowserError
    from plotly_alive.errors import DrawingError as DrawingError
    from plotly_alive.errors import FigureError as FigureError
    from plotly_alive.plotly_renderer import AliveRenderer as AliveRenderer
    from plotly_alive.reading.chart_data import Chart as Chart
    from plotly_alive.table.table import Table as Table

__version__ = "0.1.0"

_PLACES = {
    "api": ("Drawing", "Renderer", "describe", "draw", "html", "read"),
    "errors": ("AliveError", "BrowserError", "FigureError", "DrawingError"),
    "plotly_renderer": ("AliveRenderer",),
    "reading.chart_data": ("Chart",),
    "table.table": ("Table",),
}
_MODULES = {name: module for module, names in _PLACES.items() for name in names} | {
    "tabulate": "api",
    "write_assets": "api",
}
__all__ = sorted(_MODULES)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module 'plotly_alive' has no attribute {name!r}")
    return getattr(importlib.import_module(f"plotly_alive.{_MODULES[name]}"), name)


_RENDERERS = "plotly.io._renderers"


class _WhenPlotlyLoads(importlib.abc.MetaPathFinder):
    """Registers our renderer when plotly's renderers are loaded."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return plotly's own module, with our renderer after it is loaded."""
        if name != _RENDERERS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_register(module: ModuleType) -> None:
                load(module)
                _register(module)

            spec.loader.exec_module = load_and_register  # type: ignore[method-assign]
        return spec


def _register(renderers: ModuleType) -> None:
    from plotly_alive.plotly_renderer import AliveRenderer

    renderers.renderers["alive"] = AliveRenderer()


if _RENDERERS in sys.modules:
    _register(sys.modules[_RENDERERS])
else:
    sys.meta_path.insert(0, _WhenPlotlyLoads())
