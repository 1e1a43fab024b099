"""The old spelling of facts and claims: it works, one notice shows the new one, and `facts migrate`
moves what it can.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from conftest import Site

Run = Callable[..., tuple[int, str, str]]

CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")
year = 2022
total = bs.fact("total", trade["total"], at=year, format="$190 billion")
before = bs.fact("before", trade["total"], at=2021, format="$147 billion")
record = bs.highest("record", trade["total"], at=year)
more = bs.claim("more", bool(total.value > 100), "More than 100 billion", evidence=[total])"""

PROSE = """Trade came to `{python} total`, [a record]{claim=record}, after `{python} before`, [over 100]{claim=more}."""


def cells(site: Site) -> list[str]:
    notebook = json.loads(site.read("posts/trade/index.ipynb"))
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def test_one_notice_shows_the_new_spelling_of_the_first(site: Site, run: Run) -> None:
    site.table()
    site.article("trade", CELL, ("md", PROSE))
    code, _, reported = run(site, "build", "--strict")
    assert code == 0
    assert reported.count("the old way") == 1
    assert "index.ipynb, cell 2, line 4: 4 facts and claims are made the old way" in reported
    assert "`` `{python} usd(trade.total[year], '$190 billion')` ``" in reported
    assert "`broadsheet facts migrate trade`" in reported


def test_what_the_prose_alone_uses_moves_into_it(site: Site, run: Run) -> None:
    site.table()
    site.article("trade", CELL, ("md", PROSE))
    run(site, "build")
    was = site.read("_site/posts/trade/index.html").partition('<section class="known"')[0]
    code, done, reported = run(site, "facts", "migrate", "trade")
    assert code == 0 and "moved into the prose: 3; left as they are: 1" in done
    assert "`total` is left as it is: the code uses it too" in reported
    _, code_cell, prose = cells(site)
    assert (
        "before" not in code_cell and "record" not in code_cell and "total = bs.fact" in code_cell
    )
    assert "`{python} usd(trade.total[2021], '$147 billion')`" in prose
    assert '[a record]{claim="highest(trade.total, at=year)"}' in prose
    code, _, reported = run(site, "build", "--strict")
    assert code == 0, reported
    import lxml.html

    now = site.read("_site/posts/trade/index.html").partition('<section class="known"')[0]
    assert lxml.html.fromstring(now).text_content() == lxml.html.fromstring(was).text_content()


def test_what_would_read_otherwise_stays(site: Site, run: Run) -> None:
    site.table()
    cell = CELL.rpartition("\n")[0] + "\nyear = 2021"
    site.article("trade", cell, ("md", PROSE.replace(", [over 100]{claim=more}", "")))
    code, _, reported = run(site, "facts", "migrate", "trade")
    assert code == 0
    assert "`total` is left as it is: the article would read otherwise" in reported
    assert "`record` is left as it is: in the prose it fails" in reported
    assert "total = bs.fact" in cells(site)[1]
