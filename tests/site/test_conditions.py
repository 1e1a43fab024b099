"""What a condition hides is nowhere on the site; what only the copy in Markdown has is on no page."""

from __future__ import annotations

import pytest

from publishing import article, publish, write

BODY = """\
Everybody reads this.

::: {.content-visible when-format="llms-txt"}
## For programs

Copied words.
:::

[Paged words]{.content-hidden when-format="llms-txt"}

## After

```{.python .content-hidden when-format="html"}
secret_code()
```

`secret_words`{.content-visible when-profile="dev"}

### Secret heading {.content-hidden when-format="html"}

Secret section.
"""


def everything(root) -> dict[str, str]:
    files = (path for path in (root / "_site").rglob("*") if path.is_file())
    texts = {
        path.relative_to(root / "_site").as_posix(): path.read_bytes().decode(errors="ignore")
        for path in files
    }
    return {name: text for name, text in texts.items() if not name.startswith("theme/")}


def test_what_is_hidden_is_in_no_file_of_the_site(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("The title", body=BODY)})
    publish(tmp_path)
    having = [
        name for name, text in everything(tmp_path).items() if "secret_" in text or "Secret" in text
    ]
    assert having == []


def test_the_page_and_its_copy_in_markdown_differ_where_the_author_says_so(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("The title", body=BODY)})
    publish(tmp_path)
    files = everything(tmp_path)
    copied = [name for name, text in files.items() if "Copied words" in text]
    assert copied == ["posts/a/index.md"]
    assert "## For programs" in files["posts/a/index.md"]
    page = files["posts/a/index.html"]
    assert "For programs" not in page and "Paged words" in page and 'id="after"' in page
    assert "Paged words" not in files["posts/a/index.md"]


@pytest.mark.parametrize(("profiles", "is_shown"), [("", False), ("dev", True), ("x,dev", True)])
def test_a_profile_is_the_one_that_is_active(tmp_path, monkeypatch, profiles, is_shown):
    monkeypatch.setenv("QUARTO_PROFILE", profiles)
    body = 'For all. [For some.]{.content-visible when-profile="dev"}'
    write(tmp_path, {"posts/a/index.qmd": article("The title", body=body)})
    publish(tmp_path)
    page = (tmp_path / "_site/posts/a/index.html").read_text()
    assert "For all." in page and ("For some." in page) == is_shown
