"""What a zygote does with its libraries when they are imported, so that what they load or build at
first use is there.

Nothing of this may be seen by a notebook: no setting is changed, no cell is counted, no name is
left behind.
"""

from __future__ import annotations

import importlib
import io
import warnings
from collections.abc import Callable, Collection
from typing import Any


def all_of(libraries: Collection[str], shell: Any) -> None:
    """Exercise the shell and those of ``libraries`` that are installed."""
    warnings.simplefilter(
        "ignore"
    )  # shown once here, a warning would not be shown again where it matters
    shell.run_cell(
        "None", silent=True, store_history=False
    )  # input transformation, compilation; no cell that counts
    for name, act in _ACTS.items():
        if name in libraries:
            try:
                importlib.import_module(name)
            except ModuleNotFoundError:
                continue
            act(shell)
    warnings.filters.remove(("ignore", None, Warning, None, 0))  # type: ignore[attr-defined]


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


def _pydantic(shell: Any) -> None:
    import pydantic

    made = pydantic.create_model(
        "Exercise", number=(int, 1), names=(list[str], pydantic.Field(default_factory=list))
    )
    made.model_validate({"number": 2}).model_dump_json()


def _babel(shell: Any) -> None:
    from datetime import date

    from babel import dates, numbers

    numbers.format_decimal(1.5, "#,##0.0", locale="en")
    dates.format_date(date(2020, 1, 1), "d MMMM yyyy", locale="en")


_ACTS: dict[str, Callable[[Any], None]] = {
    "pandas": _pandas,
    "plotly.graph_objects": _plotly,
    "plotly.express": _plotly_express,
    "pydantic": _pydantic,
    "babel.dates": _babel,
}
