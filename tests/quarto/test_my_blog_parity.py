"""The text of each page of My Blog, as both renderers make it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import html
from test_parity import IGNORED, Built, body, punctuated
from test_quarto import environment, quarto  # noqa: F401 - a fixture

from sample import PARTS, ROOT


def differences(direct: Built, rendered: Built) -> list[str]:
    """Return the pages that one site lacks, and of each other page the first words that differ."""
    lacking = sorted(direct.pages.keys() ^ rendered.pages.keys())
    return [f"{path}: in one site alone" for path in lacking] + [
        f"{path}: {first}"
        for path, page in direct.pages.items()
        if path in rendered.pages and (first := _difference(page, rendered.pages[path]))
    ]


def _difference(ours: html.HtmlElement, theirs: html.HtmlElement) -> str:
    """Return the first words in which two pages differ; empty if they have the same text."""
    texts = [words(ours), words(theirs)]
    if texts[0] == texts[1]:
        return ""
    longest = max(map(len, texts))
    padded = [text + [""] * (longest - len(text)) for text in texts]
    at = next(number for number in range(longest) if padded[0][number] != padded[1][number])
    return " | ".join(" ".join(text[max(at - 3, 0) : at + 4]) for text in texts)


def words(page: html.HtmlElement) -> list[str]:
    """Return the words of a page's body that a reader sees."""
    seen = html.fromstring(html.tostring(body(page)))
    for hidden in list(seen.iter("script", "style", "template")):
        hidden.drop_tree()
    for block in seen.iter("p", "li", "td", "th", "div", "figcaption", "h1", "h2", "h3", "text"):
        block.tail = f" {block.tail or ''}"
    return punctuated(str(seen.text_content())).split()


def test_one_other_word_is_a_difference(tmp_path: Path) -> None:
    text = "<main id='article-body'><p>Trade <b>{}</b> in 2022.</p><script>1</script></main>"
    for folder, word in (("a", "rose"), ("b", "rose"), ("c", "fell")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "index.html").write_text(
            f"<html><body>{text.format(word)}</body></html>"
        )
    first, same, other = (Built(tmp_path / folder) for folder in "abc")
    assert differences(first, same) == []
    assert differences(first, other) == ["index.html: Trade rose in 2022. | Trade fell in 2022."]
    (tmp_path / "c/more.html").write_text("<html><body><p>More</p></body></html>")
    assert "more.html: in one site alone" in differences(first, Built(tmp_path / "c"))


@pytest.mark.slow
@pytest.mark.quarto
def test_all_pages_of_my_blog_have_the_same_text(quarto: str, tmp_path: Path) -> None:  # noqa: F811
    root = tmp_path / "publication"
    root.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        copy(ROOT / part, root / part)
    shutil.copy(IGNORED, root / ".gitignore")
    for command in (
        [sys.executable, "-m", "broadsheet", "build", "--output", str(tmp_path / "press")],
        [quarto, "render"],
    ):
        done = subprocess.run(
            command,
            cwd=root,
            env=environment(tmp_path),
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    direct, rendered = Built(tmp_path / "press"), Built(root / "_site")
    assert len(direct.pages) > 200
    assert differences(direct, rendered) == []
