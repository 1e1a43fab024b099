"""Uses libraries in the zygote after they are imported, so that what they load or build at first
use is ready.

No notebook may notice this: no setting is changed, no cell is counted, no name is left behind.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def quiet() -> Iterator[None]:
    """Hide warnings. A warning that is shown here would not be shown again in a notebook."""
    ignored = ("ignore", None, Warning, None, 0)
    warnings.simplefilter("ignore")
    try:
        yield
    finally:
        warnings.filters.remove(ignored)  # type: ignore[attr-defined]


def all_of(libraries: Collection[str], shell: Any) -> None:
    """Exercise the shell and those of ``libraries`` that are installed."""
    with quiet():
        # input transformation, compilation; no cell that counts
        shell.run_cell("None", silent=True, store_history=False)
        for name, act in _ACTS.items():
            # those of plotly make their figures of tables
            if name in libraries and name in sys.modules and "pandas" in sys.modules:
                act(shell)


def _pandas(shell: Any) -> None:
    import pandas as pd

    pd.options.display.encoding = "UTF-8"  # what it would have found in a kernel's own stdout
    table = pd.read_csv(
        io.StringIO("day,kind,value\n2020-01-01,a,1.5\n2021-01-01,b,2\n"), parse_dates=["day"]
    )
    table.groupby([table["day"].dt.year, "kind"])["value"].agg(["sum", "mean"]).round(
        1
    ).reset_index()
    table.pivot_table(index="day", columns="kind", values="value").merge(
        table, on="day"
    ).sort_values("day").describe()
    shell.display_formatter.format(table)


def _plotly(shell: Any) -> None:
    import pandas as pd
    import plotly.graph_objects as go
    import plotly.io as pio

    table = pd.DataFrame(
        {"x": pd.date_range("2020-01-01", periods=3, freq="MS"), "y": [1.0, 2.0, 3.0]}
    )
    figure = go.Figure(
        go.Scatter(
            x=table["x"],
            y=table["y"],
            mode="lines+markers+text",
            line={"width": 2},
            marker={"size": 2, "line": {"width": 1}},
        )
    )
    font = {"font": {"size": 2}}
    axis = {
        "title": {"text": "a", **font},
        "tickfont": {"size": 2},
        "tickformat": "d",
        "ticksuffix": "%",
    }
    figure.update_layout(
        title={"text": "a", "pad": {"l": 1}, "subtitle": {"text": "b", **font}, **font},
        xaxis=axis,
        yaxis=axis,
        legend={"x": 0, "title": font, **font},
        margin={"l": 1},
        hoverlabel=font,
        font={"size": 2},
        showlegend=False,
    )
    figure.add_trace(go.Bar(x=["a"], y=[2]))
    figure.add_annotation(text="a", x=1, y=1, font={"size": 2})
    figure.add_hline(1)
    figure.update_traces(hovertemplate="%{y}")
    pio.to_json(figure)


def _plotly_express(shell: Any) -> None:
    import pandas as pd
    import plotly.express as px

    table = pd.DataFrame(
        {
            "x": pd.date_range("2020-01-01", periods=3, freq="MS"),
            "y": [1.0, 2.0, 3.0],
            "kind": ["a", "b", "a"],
        }
    )
    px.line(table, x="x", y="y", color="kind", title="a", labels={"x": "b"})


_ACTS: dict[str, Callable[[Any], None]] = {
    "pandas": _pandas,
    "plotly.graph_objects": _plotly,
    "plotly.express": _plotly_express,
}
