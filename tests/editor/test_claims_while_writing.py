"""What the preview and an editor say of the words of claims while an author writes: proved by their
meaning, on the author's word, or refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from test_lsp import FRONT, SETUP, Editor, edit, publication  # noqa: F401

from conftest import Site
from previewing import ended, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TEXT = f"""{FRONT}{SETUP}Trade of `{{python}} usd(trade.total[2022])` [rose]{{claim="rose(trade.total, 2021, 2022)"}}; it
[came of age]{{claim="trade.total[2022] > 100"}} and **[grew|shrank]{{by="trade.total, 2021, 2022"}}**.

[[Nearly doubled]{{claim="trade.total[2022] > trade.total[2021] * 1.25"}}, so to speak]{{.unchecked reason="a joke"}}.
"""
FALSE = TEXT.replace("[rose]", "[doubled]")


def test_an_editor_says_what_words_rest_on_by_the_last_run(
    publication: Site,  # noqa: F811
    run: Any,
    edit: Any,  # noqa: F811
) -> None:
    path = "posts/trade/index.qmd"
    publication.write(path, TEXT)
    assert run(publication, "run", "trade")[0] == 0

    async def work(editor: Editor) -> None:
        assert await editor.open(path, TEXT) == []
        said = await editor.hover(path, "[rose")
        assert said.startswith("“rose”: by their meaning: the values prove what they say.")
        assert "The condition: “Total” of 2022 is more than in 2021." in said
        assert "are on your word" in await editor.hover(path, "[came of")
        assert "“grew”: by their meaning" in await editor.hover(path, "[gre")
        assert "are on your word" in await editor.hover(path, "[[Nearly")
        assert await editor.hover(path, "Trade o") == ""
        assert await editor.change(path, FALSE) == ["last-run: doubled"]
        said = await editor.hover(path, "[doub")
        assert "refused. the values do not say “doubled”: it is 1.3 times as much" in said
        assert "True would be “rose by 29.5 percent”" in said
        assert await editor.change(path, TEXT.replace("; it\n", ", as in 1999; it\n")) == []
        said = await editor.hover(path, "[rose")
        assert "on your word: “1999” stands beside a claim that reads “Total”" in said
        new = TEXT.replace("rose(trade.total, 2021, 2022)", "rose(trade.total, 2020, 2022)")
        assert await editor.change(path, new) == []
        assert await editor.hover(path, "[rose") == ""

    edit(work)


def test_the_preview_says_it_in_the_cards_of_the_claims(
    site: Site, run: Callable[..., Any], browser: Browser
) -> None:
    site.table()
    site.write("references.bib", "@misc{paper, title = {A paper}, year = {2023}}\n")
    site.write("_quarto.yml", site.read("_quarto.yml").replace('"*.qmd"', '"**/*.qmd"'))
    site.write("posts/trade/index.qmd", TEXT)
    site.write("index.qmd", "---\ntitle: Front\nlisting:\n  contents: posts\n---\n")
    running = started(site)
    try:
        page = browser.new_page()
        page.goto(running.address + "posts/trade/")
        page.locator(".preview-words").first.wait_for(state="attached")
        page.get_by_role("link", name="came of age").hover()
        card = page.locator(".known-card")
        card.get_by_text("“came of age”: the condition is true, and the words are").wait_for()
        said = " ".join(page.locator(".preview-words").all_text_contents())
        assert "“rose”: the values prove what these words mean." in said
        site.write("posts/trade/index.qmd", FALSE)
        page.get_by_text("its values do not say “doubled”").first.wait_for(state="attached")
        page.get_by_text("True would be “rose by 29.5 percent”").first.wait_for(state="attached")
        page.close()
    finally:
        ended(running)
    assert run(site, "build")[0] == 1
    site.write("posts/trade/index.qmd", TEXT)
    assert run(site, "build")[0] == 0
    assert "preview-words" not in (site.root / "_site/posts/trade/index.html").read_text("utf-8")
