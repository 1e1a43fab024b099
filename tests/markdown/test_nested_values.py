"""Values of shortcodes with shortcodes of their own: how many, how deep, and what is read for them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from broadsheet.markdown import shortcodes
from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.project.settings import metadata_shortcodes
from broadsheet.project.settings.metadata_shortcodes import filled
from broadsheet.site.build.build import build
from broadsheet.storage import limits
from broadsheet.storage.limits import LimitError

DOUBLING = "a0: x\n" + "".join(
    f'a{n}: "{{{{< var a{n - 1} >}}}} {{{{< var a{n - 1} >}}}}"\n' for n in range(1, 31)
)


def rendered(root: Path, markdown: str, **metadata: object) -> Rendered:
    with Pandoc(workers=1, time_limit=30, root=root) as pool:
        return pool.render(Document("posts/a/index.qmd", markdown, metadata=metadata))


def test_values_that_double_end(tmp_path: Path) -> None:
    (tmp_path / "_variables.yml").write_text(DOUBLING)
    page = rendered(tmp_path, "{{< var a3 >}}\n\n{{< var a30 >}}")
    assert "<p>x x x x x x x x</p>" in page.html
    (notice,) = page.notices
    assert "`{{< var a30 >}}` leads through more than 8 values" in notice.what


def test_a_page_has_so_many_shortcodes(tmp_path: Path) -> None:
    (tmp_path / "_variables.yml").write_text("a: x\nb: '" + "{{< var a >}} " * 60 + "'\n")
    with limits.under({"shortcodes": 100}):
        assert "x x" in rendered(tmp_path, "{{< var b >}}").html
        with pytest.raises(LimitError, match="the limit is 100 shortcodes"):
            rendered(tmp_path, "{{< var b >}} {{< var b >}}")


def test_values_are_together_no_larger_than_a_page(tmp_path: Path) -> None:
    (tmp_path / "_variables.yml").write_text(f"a: {'x' * 4000}\n")
    with limits.under({"included-size": 10_000}):
        rendered(tmp_path, "{{< var a >}} {{< var a >}}")
        with pytest.raises(LimitError, match="the values of its shortcodes"):
            rendered(tmp_path, "{{< var a >}} " * 3)


def test_a_page_with_too_many_is_a_fault_of_its_own(site) -> None:
    site.write("_quarto.yml", "broadsheet: {limits: {shortcodes: 20}}\n")
    site.write("a.qmd", "---\ntitle: A\nmine: x\n---\n\n" + "{{< meta mine >}} " * 30)
    site.write("b.qmd", "---\ntitle: B\n---\n\nText.\n")
    result = build(site.root, jobs=1)
    (fault,) = result.faults
    assert str(fault.where).startswith("a.qmd, line 6") and "20 shortcodes" in fault.what


def test_each_file_is_read_once_for_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_variables.yml").write_text('a: "{{< env A_B >}}"\nb: "{{< var a >}}"\n')
    (tmp_path / "_environment").write_text("A_B=here\n")
    (tmp_path / "_brand.yml").write_text('color: {palette: {sea: "#005f73"}}\n')
    reads: Counter[str] = Counter()
    read_text = metadata_shortcodes.read_text
    of_brand = shortcodes.BrandValues.of

    def counted(path: Path, *more: object, **keys: object) -> str:
        reads[path.name] += 1
        return read_text(path, *more, **keys)  # type: ignore[arg-type]

    def brand(*arguments: object) -> object:
        reads["_brand.yml"] += 1
        return of_brand(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(metadata_shortcodes, "read_text", counted)
    monkeypatch.setattr(shortcodes.BrandValues, "of", staticmethod(brand))
    html = rendered(
        tmp_path, "{{< var a >}} {{< var b >}} {{< env A_B >}} {{< brand color sea >}} {{< meta c >}}",
        c="{{< brand color sea >}} {{< var b >}}",
    ).html  # fmt: skip
    assert html.count("here") == 4 and html.count("#005f73") == 2
    assert reads == {"_variables.yml": 1, "_environment": 1, "_brand.yml": 1}


@pytest.mark.parametrize("limit", [{"shortcodes": 1000}, {"included-size": 2000}])
def test_values_of_front_matter_end(tmp_path: Path, limit: dict[str, float]) -> None:
    row = "{{< meta b >}} " * 50
    among = {"b": "{{< meta c >}} " * 50, "c": "{{< meta d >}} " * 50, "d": "word " * 10}
    with limits.under(limit):
        value = filled({"author": row}, among, tmp_path)["author"]
    assert isinstance(value, str) and "word" in value and "{{< meta" in value
    assert len(value) < 100_000
    assert filled({"a": "{{< meta d >}}"}, among, tmp_path)["a"] == among["d"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("copyright", [1, 2]), ("copyright", 2024), ("license", [1, 2]), ("copyright", {"no": {}})],
)
def test_rights_that_are_none_stop_no_other_key(site, key: str, value: object) -> None:
    site.write("_quarto.yml", "project:\n  type: website\n")
    site.write(
        "index.qmd",
        f"---\ntitle: A\nmine: So\n{key}: {value}\n---\n\n{{{{< meta mine >}}}} {{{{< meta {key} >}}}}\n",
    )
    result = build(site.root, jobs=1)
    assert not result.faults and "So" in site.read("_site/index.html")


def test_the_parts_of_rights_are_of_metadata_alone(tmp_path: Path) -> None:
    (tmp_path / "_variables.yml").write_text("license: {text: A, url: B}\n")
    page = rendered(tmp_path, "{{< var license >}} {{< var license.text >}}")
    assert "?var:license" in page.html and "A</p>" in page.html
    assert "not one value but several" in page.notices[0].what


@pytest.mark.parametrize("number", ["0", "00", "0-2", "2-0"])
def test_no_paragraphs_are_no_number_of_them(tmp_path: Path, number: str) -> None:
    page = rendered(tmp_path, f"{{{{< lipsum {number} >}}}}")
    assert "has no number of paragraphs" in page.notices[0].what
