"""A publication's own templates stand in for ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.site.build.build import build
from publishing import FRONT, article, publish, write

NOTE = """\
{% extends "broadsheet/plain.html.jinja" %}
{% block content %}
<p class="notice">Not news, {{ entry.title }}</p>
{{ super() }}
{% endblock %}
"""


def page(root: Path, name: str) -> str:
    return (root / "_site" / name).read_text()


def test_a_template_of_a_publication_stands_in_for_ours_and_may_extend_it(tmp_path):
    write(tmp_path, {"theme/templates/plain.html.jinja": NOTE, "posts/a.qmd": article("A")})
    assert not publish(tmp_path).faults
    assert '<p class="notice">Not news, About</p>' in page(tmp_path, "about.html")
    assert "Who we are." in page(tmp_path, "about.html")
    assert "notice" not in page(tmp_path, "posts/a.html")


def test_a_part_that_ours_include_can_be_one_of_ours_own(tmp_path):
    own = {"theme/templates/contents.html.jinja": "<nav>Our own contents</nav>\n"}
    write(tmp_path, {**own, "posts/a.qmd": article("A")})
    assert not publish(tmp_path).faults
    assert "Our own contents" in page(tmp_path, "posts/a.html")


def test_another_publication_has_ours(tmp_path):
    write(tmp_path / "one", {"theme/templates/plain.html.jinja": NOTE})
    publish(tmp_path / "one")
    write(tmp_path / "two", {})
    publish(tmp_path / "two")
    assert "notice" not in page(tmp_path / "two", "about.html")


def test_what_it_writes_is_escaped(tmp_path):
    about = '---\ntitle: "<script>alert(1)</script>"\n---\n'
    write(tmp_path, {"theme/templates/plain.html.jinja": NOTE, "about.qmd": about})
    assert not publish(tmp_path).faults
    assert "<script>alert" not in page(tmp_path, "about.html")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<p>\n{% block %}\n", "theme/templates/plain.html.jinja, line 2: this is no template: "),
        ("a\0{{ b", "theme/templates/plain.html.jinja, line 1: this is no template: "),
    ],
)
def test_what_is_no_template_stops_the_build_with_its_line(tmp_path, text, what):
    write(tmp_path, {"theme/templates/plain.html.jinja": text})
    with pytest.raises(BroadsheetError) as error:
        publish(tmp_path)
    assert str(error.value).startswith(what)


def test_one_from_elsewhere_is_not_read(tmp_path):
    root = write(tmp_path / "site", {})
    (tmp_path / "secret.jinja").write_text("secret")
    (root / "theme/templates").mkdir(parents=True)
    (root / "theme/templates/plain.html.jinja").symlink_to(tmp_path / "secret.jinja")
    with pytest.raises(BroadsheetError) as error:
        publish(root)
    assert "`theme/templates/plain.html.jinja` is a link to" in str(error.value)


def test_a_name_that_nobody_gives_is_a_fault_of_the_pages_that_want_it(tmp_path):
    write(
        tmp_path, {"theme/templates/plain.html.jinja": "{{ nobody }}", "posts/a.qmd": article("A")}
    )
    (fault,) = publish(tmp_path).faults
    assert str(fault).startswith(
        "about.qmd: theme/templates/plain.html.jinja, line 1: 'nobody' is undefined"
    )
    assert "Look into the templates of theme/templates" in str(fault)
    assert page(tmp_path, "posts/a.html")


def test_a_changed_template_makes_the_pages_anew(tmp_path):
    write(tmp_path, {"index.qmd": FRONT, "theme/templates/plain.html.jinja": NOTE})
    build(tmp_path)
    assert "Not news" in page(tmp_path, "about.html")
    text = NOTE.replace("Not news", "No news")
    (tmp_path / "theme/templates/plain.html.jinja").write_text(text)
    build(tmp_path)
    assert "No news" in page(tmp_path, "about.html")
    (tmp_path / "theme/templates/plain.html.jinja").unlink()
    build(tmp_path)
    assert "news" not in page(tmp_path, "about.html")


def test_one_misspelt_name_is_told_once_with_the_pages_that_it_costs(tmp_path):
    own = '{% extends "broadsheet/article.html.jinja" %}{% block content %}{{ entry.titel }}{% endblock %}'
    files = {f"posts/{name}.qmd": article(name) for name in "abc"}
    write(tmp_path, {"theme/templates/article.html.jinja": own, **files})
    (fault,) = publish(tmp_path).faults
    assert fault.what.startswith("theme/templates/article.html.jinja, line 1: ")
    assert [one.page for one in fault.pages] == ["posts/a", "posts/b", "posts/c"]
