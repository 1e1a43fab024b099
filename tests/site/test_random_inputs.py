"""Random inputs: whatever a text, a notebook or a front matter is, it works or gives an error of
ours.

Quick as they stand; `--hypothesis-profile long` looks for hours.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bad import front_matter, notebooks, put
from broadsheet.project.settings.settings import FrontMatter
from broadsheet.site.build.build import build
from fuzz import targets

KEYS = sorted({field.alias or name for name, field in FrontMatter.model_fields.items()})
SCRAPS = st.sampled_from(
    [
        *"[]{}:,-?&*!|>%@`'\"#\\\n\t ~",
        "\n  ",
        "- ",
        ": ",
        "? ",
        "&a ",
        "*a",
        "<<: ",
        "!!int ",
        "!!set ",
        "---\n",
        "...\n",
        "2023-02-30",
        "2023-05-26",
        "0x1f",
        "1e999",
        ".nan",
        "true",
        "null",
        "\\ud800",
        "\\0",
        "\x85",
        "\u2028",
        "\ufeff",
        "\ud800",
        "title",
        "date",
        "author",
        "listing",
        "{{ x }}",
        "`{python} x`",
        "{{< meta x >}}",
        "a" * 300,
    ]
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.dates(),
    st.datetimes(),
    st.sampled_from(
        [
            "2023-02-30",
            "<b>",
            "../../x",
            "https://[::1",
            "{1..9999}",
            "a" * 300,
            "`{python} 1`",
            "\0",
        ]
    ),
)
VALUES = st.recursive(
    ODD,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*KEYS, "a", "name", "slug", "from", "contents", "feed", "wrong", "right"]
            )
            | st.text(max_size=5),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck))
WHOLE = json.loads(notebooks.GOOD)


def _written(data: object) -> str:
    return yaml.safe_dump(data, allow_unicode=True, default_flow_style=None)


@QUICK
@given(st.lists(SCRAPS | st.text(max_size=8), max_size=30).map("".join))
def test_any_text_as_front_matter(text: str) -> None:
    targets.front_matter(text)


@QUICK
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_any_values_of_known_keys(data: dict[str, object]) -> None:
    targets.front_matter(_written(data))


@QUICK
@given(
    st.dictionaries(
        st.sampled_from(["project", "website", "broadsheet", "format", "lang"]), VALUES, max_size=4
    )
)
def test_any_values_of_the_configuration(data: dict[str, object]) -> None:
    targets.configuration(_written({"project": {"type": "website"}, **data}))


@QUICK
@given(st.lists(SCRAPS | st.text(max_size=8), max_size=40).map("".join))
def test_any_text_as_markdown(text: str) -> None:
    targets.source(text)
    targets.markdown(text)


@st.composite
def _mutated(draw: st.DrawFn) -> Any:
    """A notebook some of whose parts are others."""
    notebook = json.loads(json.dumps(WHOLE))
    for _ in range(draw(st.integers(1, 3))):
        at, key = notebook, None
        parent: Any = None
        while isinstance(at, (dict, list)) and at and draw(st.integers(0, 3)):
            parent, key = (
                at,
                draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at)))),
            )
            at = at[key]
        if parent is None:
            continue
        if draw(st.booleans()):
            parent[key] = draw(
                st.recursive(
                    st.none()
                    | st.booleans()
                    | st.integers()
                    | st.floats()
                    | st.text(max_size=10)
                    | st.sampled_from(
                        ["parameters", "code", "\ud800", "#| a: b\n1", "---\ntitle: x\n---"]
                    ),
                    lambda inner: (
                        st.lists(inner, max_size=3)
                        | st.dictionaries(
                            st.sampled_from(["tags", "source", "cell_type", "metadata", "name"]),
                            inner,
                            max_size=3,
                        )
                    ),
                )
            )
        else:
            del parent[key]
    return notebook


@QUICK
@given(_mutated())
def test_any_notebook(notebook: object) -> None:
    targets.notebook(json.dumps(notebook))


@QUICK
@given(
    st.text(max_size=50)
    | st.lists(
        st.sampled_from([*'{}[]",:', '"cells"', '"nbformat"', "4", "null", "NaN"]), max_size=30
    ).map("".join)
)
def test_any_text_as_a_notebook(text: str) -> None:
    targets.notebook(text)


@pytest.mark.parametrize("name", front_matter.CASES)
def test_a_known_bad_input_is_no_surprise_to_the_fuzzers(name: str) -> None:
    content = front_matter.CASES[name].content
    assert isinstance(content, str)
    targets.source(content)


@settings(deadline=None, max_examples=3, suppress_health_check=list(HealthCheck))
@given(
    data=st.lists(
        st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5), min_size=10, max_size=10
    )
)
def test_a_build_of_any_pages(
    tmp_path_factory: pytest.TempPathFactory, data: list[dict[str, object]]
) -> None:
    root: Path = tmp_path_factory.mktemp("any")
    put(root / "_quarto.yml", "project: {type: website}\nwebsite: {title: T, search: false}\n")
    put(root / "index.qmd", "---\ntitle: T\nlisting: {contents: '*'}\n---\n")
    for number, keys in enumerate(data):
        put(root / f"p{number}.qmd", f"---\n{_written(keys)}\n---\nWords.\n")
    report = build(root, jobs=1)
    assert (root / "_site/index.html").is_file()
    assert not [fault for fault in report.faults if type(fault).__name__ == "UnexpectedError"], (
        report.faults
    )
