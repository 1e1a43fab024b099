"""Whatever is edited, in whatever order: a build that goes on from the last gives the site of one from
nothing.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_incremental import CONFIG, article, built, files  # noqa: F401 - a fixture

from broadsheet.data.catalogue import update_hashes
from broadsheet.site.build.build import build
from conftest import Site

Edit = Callable[[Site, int], None]
"""Changes a publication, one of several ways by a number."""
TEMPLATES = Path(__file__).parents[2] / "src/broadsheet/templates"
NAMES = ("one", "two", "three", "four", "n5", "n6", "n7", "n8")
WORDS = ("Harbour", "Market", "*Ledger* & Co.", "Größe", "“Quoted”", "1,000 <b>", "")
DOT = "<svg xmlns='http://www.w3.org/2000/svg' width='{0}' height='9'><path d='M0 0h{0}v9z'/></svg>"


def posts(site: Site) -> list[Path]:
    return sorted((site.root / "posts").rglob("*.qmd"))


def a_post(site: Site, number: int) -> str:
    there = posts(site)
    return there[number % len(there)].relative_to(site.root).as_posix()


def set_key(site: Site, path: str, key: str, value: str) -> None:
    """Set a key of a front matter, or take it out if the value is empty."""
    _, front, body = site.read(path).split("---\n", 2)
    front = re.sub(rf"^{key}:.*\n", "", front, flags=re.MULTILINE)
    site.write(path, f"---\n{front}{f'{key}: {value}' + chr(10) if value else ''}---\n{body}")


def keyed(key: str, *values: str) -> Edit:
    """Sets a key of an article to one of some values, or takes it out."""

    def edit(site: Site, number: int) -> None:
        set_key(site, a_post(site, number), key, ("", *values)[number // 7 % (len(values) + 1)])

    return edit


def titled(site: Site, number: int) -> None:
    word = WORDS[number // 7 % len(WORDS)]
    set_key(site, a_post(site, number), "title", json.dumps(f"{word} {number % 5}"))


def dated(site: Site, number: int) -> None:
    set_key(site, a_post(site, number), "date", f"202{number % 4}-0{1 + number % 9}-11")


def written(site: Site, number: int) -> None:
    path, word = a_post(site, number), WORDS[number // 7 % len(WORDS)]
    site.write(path, f"{site.read(path)}\n## A part {number}\n\n{word}, said @b.\n")


def linked(site: Site, number: int) -> None:
    path, other = a_post(site, number), Path(a_post(site, number // 3)).name
    site.write(path, f"{site.read(path)}\nSee [that]({other}#a-part-{number % 9}) too.\n")


def included(site: Site, number: int) -> None:
    site.write("_shared.md", f"Shared words, edition {number}.\n")


def pictured(site: Site, number: int) -> None:
    site.write("posts/photo.svg", DOT.format(1 + number % 20))


def tabled(site: Site, number: int) -> None:
    years = range(2019 + number % 3, 2023)
    rows = "".join(f"{year},{year % 100 * 7 + number % 11}.5\n" for year in years)
    site.write("data/trade.csv", f"year,total\n{rows}")
    update_hashes(site.root)


def described(site: Site, number: int) -> None:
    catalogue = json.loads(site.read("data/datapackage.json"))
    catalogue["resources"][0]["title"] = f"Trade, as of {number}"
    site.write("data/datapackage.json", json.dumps(catalogue))


def configured(site: Site, number: int) -> None:
    lines = (
        ("title: The Test", f"title: The Test of {number}"),
        ("*weekly*", f"*every {number} days*"),
        ("text: About", f"text: About {number}"),
        ("bibliography:", "toc: true\nbibliography:"),
        ("website:\n", "website:\n  site-language: en\n"),
        ("website:\n", "broadsheet: {theme: {colors: {accent: '#123456'}}}\nwebsite:\n"),
        ("", ""),
    )
    old, new = lines[number % 3] if number % 2 else lines[-1]
    site.write("_quarto.yml", CONFIG.replace(old, new, 1) if old else CONFIG)


def styled(site: Site, number: int) -> None:
    path = site.root / "theme/broadsheet.css"
    if number % 3 == 0 and path.exists():
        path.unlink()
    else:
        site.write("theme/broadsheet.css", f"body {{ margin: {number % 9}px }}\n")


def templated(site: Site, number: int) -> None:
    path = site.root / "theme/templates/bylines.html.jinja"
    if number % 3 == 0 and path.exists():
        path.unlink()
    else:
        text = (TEMPLATES / "bylines.html.jinja").read_text("utf-8")
        site.write("theme/templates/bylines.html.jinja", f"{text}<!-- {number % 4} -->")


def added(site: Site, number: int) -> None:
    name = f"posts/added{number % 4}.qmd"
    site.write(name, article(f"Added {number}", 1 + number % 27, "[One](one.qmd)", "Sea"))


def moved(site: Site, number: int) -> None:
    source = site.root / a_post(site, number)
    target = source.with_name(f"moved{number % 5}.qmd")
    if len(posts(site)) > 3 and not target.exists():
        source.rename(target)


def removed(site: Site, number: int) -> None:
    if len(posts(site)) > 3:
        (site.root / a_post(site, number)).unlink()


def put_back(site: Site, number: int) -> None:
    name = NAMES[number % len(NAMES)]
    site.write(f"posts/{name}.qmd", article(name.capitalize(), 1 + number % 27, "It is back."))


def listed(site: Site, number: int) -> None:
    ways = (
        "{contents: [posts], feed: true}",
        "{contents: [posts], sort: title, max-items: 3}",
        "{contents: [posts], type: table, fields: [title, date, place]}",
        "{contents: ['posts/*.qmd'], type: grid, categories: true, sort: 'date desc'}",
        "{contents: [posts], include: {categories: Sea}, feed: {items: 1}}",
    )
    set_key(site, "index.qmd", "listing", ways[number % len(ways)])


def in_folder(site: Site, number: int) -> None:
    path = site.root / "posts/_metadata.yml"
    if number % 3 == 0 and path.exists():
        path.unlink()
    else:
        site.write(
            "posts/_metadata.yml",
            f"author: Writer {number % 3}\ntoc: {str(number % 2 == 0).lower()}\n",
        )


def cited(site: Site, number: int) -> None:
    site.write(
        "references.bib",
        f"@book{{b, author={{Ann Author}}, title={{Book {number % 4}}}, year={{2020}}}}\n",
    )


def run_otherwise(site: Site, number: int) -> None:
    text = site.read("posts/trade/index.ipynb")
    site.write(
        "posts/trade/index.ipynb", re.sub(r"In all(?: \d+)?", f"In all {number % 6}", text, count=1)
    )


def about_renamed(site: Site, number: int) -> None:
    site.write(
        "about.qmd", f"---\ntitle: About {number % 4}\n---\n## Who {{#who{number % 2}}}\n\nWe.\n"
    )


EDITS: dict[str, Edit] = {
    "title": titled,
    "date": dated,
    "categories": keyed("categories", "[Town]", "[Sea, Town]", "['1,000 <b>']"),
    "author": keyed("author", "Ann Writer", "[Ann Writer, Ben Editor]"),
    "subtitle": keyed("subtitle", "'It *rose*'", "Plain"),
    "description": keyed("description", "What is in it.", "'<b>'"),
    "own key": keyed("place", "Odesa", "Kyiv"),
    "order": keyed("order", "1", "2", "-3"),
    "draft": keyed("draft", "true", "false"),
    "alias": keyed("aliases", "[/old/a.html]", "[/old/b.html, /old/c.html]"),
    "related": keyed("related", "[one]", "[posts/two]"),
    "image": keyed("image", "photo.svg", "none.svg"),
    "language": keyed("lang", "de", "en"),
    "toc": keyed("toc", "true"),
    "corrections": keyed("corrections", "[{date: 2024-02-02, wrong: three, right: four}]"),
    "text": written,
    "link": linked,
    "include": included,
    "picture": pictured,
    "table": tabled,
    "catalogue": described,
    "settings": configured,
    "style": styled,
    "template": templated,
    "added": added,
    "moved": moved,
    "removed": removed,
    "back": put_back,
    "listing": listed,
    "folder": in_folder,
    "bibliography": cited,
    "notebook": run_otherwise,
    "about": about_renamed,
}

edits = st.lists(
    st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 200)), min_size=1, max_size=6
)


def hold_against_one_from_nothing(site: Site, folder: Path) -> None:
    """Build, and build a copy that has no site and no pages yet: they are the same, and so is what is
    reported.
    """
    report = build(site.root, jobs=2)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(site.root, folder, ignore=shutil.ignore_patterns("_site", "pages", "_site.*"))
    fresh = build(folder, jobs=2)
    assert sorted(map(str, report.faults)) == sorted(map(str, fresh.faults))
    if report.faults:  # the old pages stand, which the other does not have
        return
    assert files(site.root / "_site") == files(folder / "_site")
    told = [str(notice) for notice in report.notices if "of the site before" not in notice.what]
    assert sorted(told) == sorted(map(str, fresh.notices))
    assert report.pages == fresh.pages


@settings(
    deadline=None,
    max_examples=settings().max_examples // 12,  # each edit is two builds
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits)
def test_a_series_of_edits(
    built: Path,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
    series: list[tuple[str, int]],
) -> None:
    folder = tmp_path_factory.mktemp("edited")
    shutil.copytree(built, folder / "publication")
    site = Site(folder / "publication")
    for name, number in series:
        EDITS[name](site, number)
        hold_against_one_from_nothing(site, folder / "twin")
