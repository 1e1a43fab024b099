"""What `broadsheet adopt` says of a site's looks: its colours and typefaces, and the settings that do
nothing here.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.checks.sass_brand import sass_brand
from broadsheet.cli.main import main
from broadsheet.errors import Place
from broadsheet.project.project import open_project
from broadsheet.project.settings.brand import Brand
from broadsheet.project.settings.validation import check
from broadsheet.storage.yaml_text import read_yaml

SCSS = """\
/*-- scss:defaults --*/
$green: #1b6e5a; // the house's
// $primary: #ff0000;
$primary: $green !default;
$link-color: darken($primary, 10%);
$body-bg: rgb(255, 253, 248);
$body-color: black;
$secondary: #ffee00;
$font-family-sans-serif: "Open Sans", sans-serif;
$font-family-monospace: monospace;
/*-- scss:rules --*/
h1 { color: $primary; }
"""


def _read(root: Path, config: str, **files: str):
    (root / "_quarto.yml").write_text(config)
    for name, text in files.items():
        (root / f"{name}.scss").write_text(text)
    return sass_brand(open_project(root))


def test_a_site_s_sass_is_a_brand_that_both_renderers_read(tmp_path):
    brand = _read(tmp_path, "format: {html: {theme: [cosmo, own.scss]}}", own=SCSS)
    assert brand is not None and brand.sources == ("own.scss",)
    read = check(Brand, read_yaml(brand.lines, Place("_brand.yml")).data)
    assert (read.color.primary.light, read.color.background.light) == ("#1b6e5a", "#fffdf8")
    assert read.color.foreground.light == "#000000" and read.color.secondary.light is None
    assert (read.typography.base.family, read.typography.monospace.family) == ("Open Sans", None)
    assert brand.left_out == (
        "On light pages, text in #ffee00, the `secondary` colour, is hard to read.",
    )


def test_light_and_dark_have_colours_of_their_own(tmp_path):
    theme = "theme: {light: [flatly, a.scss], dark: [darkly, a.scss, b.scss]}"
    dark = "$primary: #88ccbb;\n$body-bg: #101418;\n$body-color: #e6e9ec;\n"
    light = "$primary: #1b6e5a;\n"
    brand = _read(tmp_path, f"format: {{html: {{{theme}}}}}", a=light, b=dark)
    assert brand is not None and brand.sources == ("a.scss", "b.scss")
    read = check(Brand, read_yaml(brand.lines, Place("_brand.yml")).data)
    assert (read.color.primary.light, read.color.primary.dark) == ("#1b6e5a", "#88ccbb")
    assert (read.color.background.light, read.color.background.dark) == (None, "#101418")


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ("format: {html: {theme: cosmo}}", None),
        ("format: {html: {theme: [missing.scss]}}", None),
        ("format: {html: {theme: [own.scss]}}\nbrand: {color: {primary: '#123456'}}", SCSS),
        ("format: {html: {theme: [own.scss]}}", "$primary: darken(#123456, 5%);\n"),
        ("format: {html: {theme: [own.scss]}}", "$a: $b;\n$b: $a;\n$primary: $a;\n"),
        ("format: {html: {theme: [own.scss]}}", "$body-bg: #111;\n"),
        ("format: {html: {theme: [own.scss]}}", "\ufeff$primary: #123456"),
    ],
)
def test_what_is_not_written_out_is_no_brand(tmp_path, config, text):
    assert _read(tmp_path, config, **({"own": text} if text else {})) is None


def _adopt(site: Path, capsys: pytest.CaptureFixture[str]) -> tuple[dict, str]:
    assert main(["adopt", str(site), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)["result"]
    assert main(["adopt", str(site)]) == 0
    return report, capsys.readouterr().out


def _site(root: Path, config: str, front: str = "") -> Path:
    (root / "_quarto.yml").write_text(config)
    (root / "index.qmd").write_text(f"---\ntitle: Home\n{front}---\nWords.\n")
    (root / "own.scss").write_text(SCSS)
    return root


def test_the_copy_has_the_colours_and_the_report_says_how_to_keep_them(tmp_path, capsys):
    site = _site(tmp_path, "format: {html: {theme: [own.scss]}}\n")
    report, said = _adopt(site, capsys)
    style = next(Path(report["site"]).glob("site_libs/broadsheet/broadsheet-*.css")).read_text()
    assert "--accent: #1b6e5a" in style
    assert (Path(report["copy"]) / "_brand.yml").read_text() == report["brand"]["lines"]
    assert "own.scss, which the copy has as its `_brand.yml`" in said
    assert '  primary: "#1b6e5a"' in said and "hard to read" in said
    assert not (site / "_brand.yml").exists(), "nothing of the author's is changed"


def test_the_address_of_the_site_can_be_opened(tmp_path, capsys):
    report, said = _adopt(_site(tmp_path, "website: {title: T}\n"), capsys)
    assert report["address"] == f"{Path(report['site']).as_uri()}/index.html"
    [line] = [line for line in said.splitlines() if line.startswith("The site: file://")]
    assert Path(line.removeprefix("The site: file://")).is_file()


def _nothing_here(report: dict) -> set[str]:
    return {
        group["what"].split("`")[1]
        for group in report["otherwise"]
        if "does nothing here" in group["what"]
    }


def test_settings_that_change_quarto_s_pages_are_named_with_their_place(tmp_path, capsys):
    config = """\
website:
  title: T
  navbar: {background: primary, pinned: false, left: [{href: index.qmd, size: 2em}]}
  sitemap: true
  twitter-card: {card-style: summary}
format: {html: {theme: cosmo, css: own.css, code-copy: true}}
"""
    front = "listing: {contents: posts, sort-ui: true, filter-ui: false, grid-columns: 2}\n"
    (tmp_path / "own.css").write_text("p {}\n")
    report, _ = _adopt(_site(tmp_path, config, front), capsys)
    named = _nothing_here(report)
    assert {"navbar: background", "listing: sort-ui", "listing: grid-columns"} <= named
    assert not named & {
        "navbar: pinned",
        "listing: filter-ui",
        "website: sitemap",
        "website: twitter-card",
        "css",
    }
    [theme] = [one for one in report["otherwise"] if "`theme`" in one["what"]]
    assert theme["places"] == ["_quarto.yml"]


def test_what_follows_from_the_theme_is_said_where_a_page_has_it(tmp_path, capsys):
    site = _site(tmp_path, "website: {title: T}\n", "listing: {contents: posts}\n")
    (site / "posts").mkdir()
    (site / "posts/a.qmd").write_text(
        "---\ntitle: A\nsubtitle: S\ndescription: D\ndate: 2023-01-01\n---\nWords.\n"
    )
    report, _ = _adopt(site, capsys)
    said = " ".join(group["what"] for group in report["otherwise"])
    assert "the front page is edited" in said and "`description` is not on the page" in said
    front = (site / "index.qmd").read_text()
    (site / "index.qmd").write_text(front.replace("listing:", "body-classes: wide\nlisting:"))
    report, _ = _adopt(site, capsys)
    assert "the front page is edited" in " ".join(group["what"] for group in report["otherwise"])
    (site / "index.qmd").write_text("---\ntitle: Home\n---\nWords.\n")
    (site / "posts/a.qmd").write_text("---\ntitle: A\nsubtitle: S\ndate: 2023-01-01\n---\nWords.\n")
    report, _ = _adopt(site, capsys)
    said = " ".join(group["what"] for group in report["otherwise"])
    assert "the front page" not in said and "`description`" not in said


def test_what_the_check_of_prose_would_say_is_no_difference(tmp_path, capsys):
    site = _site(tmp_path, "website: {title: T}\n")
    (site / "a.qmd").write_text("---\ntitle: A\n---\nThree partners, Anna and Berta, went home.\n")
    report, said = _adopt(site, capsys)
    assert report["pages"] == 2 and "Anna" not in said
