"""What machines are told of the entries of live coverage: schema.org's LiveBlogPosting.

They are read from the rendered body (see `lua/updates.lua`), so that both renderers' pages say the
same.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree, html

from broadsheet.markdown import body


def coverage(rendered: str, url: str = "") -> Mapping[str, object]:
    """The keys that make an article a LiveBlogPosting, from its body; none where it has no entries.

    ``url`` is the page's full address; without one entries have none.
    """
    if 'class="update' not in rendered:
        return {}
    root = html.fragment_fromstring(rendered, create_parent="div")
    posts = [
        _post(entry, url)
        for entry in root.iterfind(".//article")
        if "update" in entry.get("class", "").split()
    ]
    times = [str(post["datePublished"]) for post in posts]
    return (
        {
            "@type": "LiveBlogPosting",
            "coverageStartTime": times[-1],
            "coverageEndTime": times[0],
            "liveBlogUpdate": posts,
        }
        if posts
        else {}
    )


def _post(entry: html.HtmlElement, url: str) -> dict[str, object]:
    time = entry.find(".//time").get("datetime")
    title = next(entry.iter("h1", "h2", "h3", "h4", "h5", "h6"), None)
    headline = " ".join(title.text_content().split()) if title is not None else ""
    for apart in (entry.find("p[@class='update-time']"), title):
        if apart is not None:
            apart.drop_tree()
    text = body.read(etree.tostring(entry, encoding="unicode", method="html", with_tail=False)).text
    post = {
        "@type": "BlogPosting",
        "headline": headline or text[:110],
        "datePublished": time,
        "articleBody": text,
    }
    return post | ({"url": f"{url}#{entry.get('id')}"} if url else {})
