"""`website: llms-txt`: a copy in Markdown of each page, and the list of all of them."""

from __future__ import annotations

from small_sites import page, small_site

CONFIG = "website: {title: T, llms-txt: true, site-url: https://t.example/x}\n"
POST = "date: 2024-05-0{}\ncategories: [Town]\n"


def test_each_page_has_a_copy_that_leads_to_the_others(tmp_path):
    made = small_site(
        tmp_path,
        CONFIG,
        **{
            "about.qmd": page("About", body="See [home](index.qmd), [the post](posts/a.qmd#how)."),
            "posts/a.qmd": page("A", POST.format(1), "Of [us](../about.qmd).\n\n## How {#how}\n"),
        },
    )
    assert made["about.llms.md"] == (
        "# About\n\nSee [home](index.llms.md), [the post](posts/a.llms.md#how).\n"
    )
    assert "[us](../about.llms.md)" in made["posts/a.llms.md"]
    assert 'type="text/markdown" href="about.llms.md"' in made["about.html"]
    assert not made.has("posts/a.md") and not made.has("404.llms.md")


def test_a_list_is_in_the_copy_and_all_copies_are_listed(tmp_path):
    posts = {f"posts/{number}.qmd": page(f"P{number}", POST.format(number)) for number in (1, 2)}
    home = page("Home", "listing: {contents: posts}\n")
    made = small_site(tmp_path, CONFIG, **{"index.qmd": home, **posts})
    assert "- [P2](posts/2.llms.md)\n- [P1](posts/1.llms.md)" in made["index.llms.md"]
    listed = made["llms.txt"]
    for path in ("index", "posts/1", "posts/2"):
        assert f"](https://t.example/x/{path}.llms.md)" in listed
    assert "## Pages\n" in listed and "## Town\n" in listed


def test_without_an_address_the_list_is_relative(tmp_path):
    made = small_site(tmp_path, "website: {title: T, llms-txt: true}\n")
    assert "- [Home](index.llms.md)" in made["llms.txt"]


def test_a_copy_is_the_same_whether_its_page_was_made_now_or_before(tmp_path):
    files = {"a.qmd": page("A", body="See [b](b.qmd)."), "c.qmd": page("C")}
    small_site(tmp_path / "steps", CONFIG, **files)
    last = {**files, "b.qmd": page("B")}
    first, second = (small_site(tmp_path / name, CONFIG, **last) for name in ("steps", "whole"))
    for name in ("a.llms.md", "b.llms.md", "llms.txt"):
        assert first[name] == second[name]
    assert "(b.llms.md)" in first["a.llms.md"]


def test_a_callout_a_tab_and_code_in_a_copy(tmp_path):
    body = """
::: {.callout-note}
One.
:::

::: {.callout-tip title="Mind this" collapse="true"}
Two.
:::

::: {.panel-tabset}
## First

In one.

## Second

In two.
:::

```python
x = 1
```
"""
    made = small_site(tmp_path, CONFIG, **{"a.qmd": page("A", body=body)})
    assert made["a.llms.md"] == (
        "# A\n\n> **NOTE:**\n>\n> One.\n\n> **TIP:** Mind this\n>\n> Two.\n\n"
        "### First\n\nIn one.\n\n### Second\n\nIn two.\n\n```python\nx = 1\n```\n"
    )


def test_all_articles_are_listed_not_the_newest(tmp_path):
    posts = {f"p/{number}.qmd": page(f"P{number}", POST.format(1)) for number in range(25)}
    made = small_site(tmp_path, "website: {title: T, site-url: https://t.example}\n", **posts)
    assert made["llms.txt"].count("](https://t.example/p/") == 25


def test_drafts_of_the_configuration_are_nowhere(tmp_path):
    config = "website: {title: T, llms-txt: true, drafts: [secret.qmd, plans], search: false}\n"
    made = small_site(
        tmp_path,
        config,
        **{
            "secret.qmd": page("Secret", "draft: false\n"),
            "plans/a.qmd": page("Plans"),
            "b.qmd": page("B"),
        },
    )
    assert made.has("b.html") and not made.has("plans/a.html")
    assert "Plans" not in made["llms.txt"] + made["index.html"]


def test_files_for_agents_are_no_pages(tmp_path):
    files = dict.fromkeys(("AGENTS.md", "CLAUDE.md", "sub/CLAUDE.md"), "# For agents\n")
    made = small_site(tmp_path, "website: {title: T}\n", **files)
    assert not any(made.has(name.replace(".md", ".html")) for name in files)
