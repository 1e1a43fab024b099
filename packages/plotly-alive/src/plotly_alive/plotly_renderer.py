"""The renderer `alive` of plotly: what a notebook, nbconvert or Quarto shows of a figure is a living
drawing. It is registered in each process that shows a figure of plotly and has this package: what draws is
loaded with the first figure that it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from plotly.io.base_renderers import MimetypeRenderer

from plotly_alive.errors import AliveError

if TYPE_CHECKING:
    from plotly_alive.living_html import Script


class AliveRenderer(MimetypeRenderer):  # type: ignore[misc]
    """Shows a figure as HTML (:func:`plotly_alive.html`).

    A figure that cannot be drawn is shown as its table, with a warning that says why; one that
    cannot even be read as plotly's own renderer for files shows it.
    """

    def __init__(
        self,
        language: str = "en",
        *,
        table: bool = True,
        script: Script = "inline",
        base: str = "",
    ) -> None:
        self.language, self.table, self.script, self.base = language, table, script, base

    def to_mimebundle(self, fig_dict: Mapping[str, Any]) -> dict[str, str]:
        """Return the figure as Jupyter's messages have it."""
        from plotly_alive.api import html, warned

        try:
            shown = html(
                fig_dict,
                table=self.table,
                script=self.script,
                language=self.language,
                base=self.base,
                without_picture="warn",
            )
        except AliveError as error:
            import plotly.io as pio

            warned(f"the figure is shown by plotly itself: {error}")
            shown = pio.to_html(fig_dict, full_html=False, include_plotlyjs="cdn", validate=False)
        return {"text/html": shown}
