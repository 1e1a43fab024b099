"""Shortcodes whose answers come from elsewhere than the page: the brand, cells, files beside it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from broadsheet.errors import RenderError
from broadsheet.markdown.document import Document
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.project.settings.rights import rights_of, with_rights
from broadsheet.project.settings.settings import FrontMatter
from broadsheet.text.placeholders import picture

BRAND = """\
color:
  palette: {sea: "#005f73", deep: sea, night: "#101418"}
  primary: deep
  tertiary: {light: "#eeddcc", dark: night}
logo:
  images: {sun: {path: logos/sun.png, alt: The sun}}
  small: sun
  medium: {light: sun, dark: moon.png}
  large: https://elsewhere.example/logo.svg
"""


def rendered(root: Path, markdown: str, **metadata: object) -> str:
    with Pandoc(workers=1, time_limit=30, root=root) as pool:
        return pool.render(Document("posts/a/index.qmd", markdown, metadata=metadata)).html


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "_brand.yml").write_text(BRAND)
    return tmp_path


@pytest.mark.parametrize(
    ("shortcode", "shown"),
    [
        ("brand color primary", "#005f73"),
        ("brand color sea", "#005f73"),
        ("brand color tertiary", "#eeddcc"),
        ("brand color tertiary dark", "#101418"),
        ("brand color primary dark", "#005f73"),
        (
            "brand logo small light",
            '<img src="/logos/sun.png" class="img-fluid" alt="The sun">',
        ),
        (
            "brand logo medium",
            '<img src="/logos/sun.png" class="img-fluid light-content" alt="The sun">'
            '<img src="/moon.png" class="img-fluid dark-content" alt="">',
        ),
        (
            "brand logo large dark",
            '<img src="https://elsewhere.example/logo.svg" class="img-fluid" alt="">',
        ),
    ],
)
def test_the_brand_of_the_publication(root: Path, shortcode: str, shown: str) -> None:
    assert rendered(root, f"{{{{< {shortcode} >}}}}") == f"<p>{shown}</p>"


@pytest.mark.parametrize(
    "shortcode",
    ["brand color no", "brand logo no", "brand font base", "brand", "brand color sea night"],
)
def test_what_the_brand_lacks_stays_as_written(root: Path, shortcode: str) -> None:
    assert rendered(root, f"{{{{< {shortcode} >}}}}") == f"<p>{{{{&lt; {shortcode} &gt;}}}}</p>"


def test_a_brand_of_the_page(root: Path) -> None:
    brand = {"light": {"logo": {"small": "sun.png"}}, "dark": {"logo": {"small": "moon.png"}}}
    html = rendered(root, "{{< brand logo small dark >}}", brand=brand)
    assert 'src="/posts/a/moon.png"' in html


def test_a_logo_for_light_pages_alone_is_on_dark_ones_too(root: Path) -> None:
    html = rendered(root, "{{< brand logo small >}}", brand={"logo": {"small": "sun.png"}})
    assert 'class="img-fluid light-content dark-content"' in html and html.count("<img") == 1


def test_an_address_can_be_a_value_of_the_brand(root: Path) -> None:
    html = rendered(root, "![Ours]({{< brand logo small light >}})")
    assert 'src="/logos/sun.png"' in html


@pytest.mark.parametrize("size", [(1, 1), (400, 300), (12, 4000), (4000, 3)])
def test_a_placeholder_has_its_size(size: tuple[int, int]) -> None:
    image = Image.open(io.BytesIO(picture(*size)))
    image.load()
    assert image.size == size
    assert (min(image.getextrema()) == 0) == (size == (400, 300))  # with its size on it


@pytest.mark.parametrize("size", ["0", "4001", "x", "-5", "3 99999999999"])
def test_a_placeholder_that_no_page_can_have(root: Path, size: str) -> None:
    document = Document("a.qmd", f"{{{{< placeholder {size} >}}}}", options={"is-strict": True})
    with Pandoc(workers=1, root=root) as pool, pytest.raises(RenderError, match="has no size"):
        pool.render(document)


def test_a_value_is_no_place_for_what_runs(root: Path) -> None:
    for hostile in (
        "<img src=x onerror=alert(1)>",
        '<a href="x" style="color:red">a</a>',
        "[a](vbscript:b)",
        "`x`{=slot}",
        "<script>alert(1)</script>",
        "A.\n\n<script>alert(1)</script>",
    ):
        html = rendered(root, "{{< meta x >}}", x=hostile)
        assert "&lt;" in html or "(vbscript:b)" in html or "{=slot}" in html, hostile
        assert "<script" not in html and "<img" not in html and "<a" not in html


def test_elements_that_nobody_has_are_reported(root: Path) -> None:
    with Pandoc(workers=1, root=root) as pool:
        notices = pool.render(Document("a.qmd", "Here: {{< contents nobody >}}")).notices
    assert [notice.what for notice in notices] == [
        "`{{< contents nobody >}}`: the page has no element with this id"
    ]


def test_values_have_shortcodes_of_their_own(root: Path) -> None:
    (root / "_variables.yml").write_text(
        "keys:\n  palette: '{{< kbd Ctrl-P >}}'\n  git: '*or* ({{< var keys.palette >}}, {{< meta x >}})'\n"
    )
    html = rendered(
        root, "{{< var keys.git >}} `{{< var keys.git >}}`", x="`{{< meta y >}}`", y="**z**"
    )
    keys = '<kbd title="Ctrl-P">Ctrl-P</kbd>'
    assert html == f"<p><em>or</em> ({keys}, <code>z</code>) <code>or (Ctrl-P, z)</code></p>"


@pytest.mark.parametrize(
    "metadata", [{"a": "{{< meta a >}}"}, {"a": "{{< meta b >}}", "b": "x {{< meta a >}}"}]
)
def test_a_value_that_leads_to_itself_ends(root: Path, metadata: dict[str, str]) -> None:
    document = Document("a.qmd", "{{< meta a >}}", metadata=metadata)
    with Pandoc(workers=1, root=root) as pool:
        page = pool.render(document)
    assert "?meta:a" in page.html
    assert "`{{< meta a >}}` is in its own value" in [notice.what for notice in page.notices]


@pytest.mark.parametrize(
    ("metadata", "key", "shown"),
    [
        ({"license": "CC BY"}, "license.text", "CC BY 4.0"),
        ({"license": "cc by-nc-sa 3.0"}, "license.text", "CC BY-NC-SA 3.0"),
        ({"license": "CC BY"}, "license.url", "https://creativecommons.org/licenses/by/4.0/"),
        ({"license": "Ask us"}, "license.text", "Ask us"),
        ({"license": "Ask us"}, "license", "Ask us"),
        ({"license": {"text": "Ours"}}, "license.text", "Ours"),
        ({"copyright": "2024 Us"}, "copyright.statement", "2024 Us"),
    ],
)
def test_the_parts_of_terms(root: Path, metadata: dict[str, object], key: str, shown: str) -> None:
    settings = FrontMatter.model_validate(metadata)
    metadata = dict(with_rights(metadata, rights_of(settings.license, settings.copyright)))
    assert rendered(root, f"{{{{< meta {key} >}}}}", **metadata) == f"<p>{shown}</p>"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("::: {.callout-note title='{{< meta x >}}'}\nText.\n:::", "A <em>b</em> c*"),
        ("::: {#thm-a name='{{< meta x >}}'}\nText.\n:::", "A <em>b</em> c*"),
        ("::: {#fig-a fig-cap='{{< meta x >}}'}\nText.\n:::", "A <em>b</em> c*"),
        ("::: {.callout-note title='{{< env A_NAME *d* >}}'}\nText.\n:::", "*d*"),
        ("[s]{title='{{< meta x >}}'}", 'title="A b c*"'),
    ],
)
def test_an_attribute_that_is_markdown_has_values_as_such(
    root: Path, markdown: str, html: str
) -> None:
    assert html in rendered(root, markdown, x="A *b* c\\*")
    assert "<script>" not in rendered(root, markdown, x="<script>alert(1)</script>")
