"""Markdown of a page, and its includes and shortcodes as far as no other file is at fault."""

from __future__ import annotations

from bad import Bad

_TEXTS = {
    "include-of-itself": "{{< include include-of-itself.qmd >}}",
    "article-unknown": "[x](article:nobody)",
}
_TOLERATED = {
    "include-missing": "{{< include none.md >}}",
    "include-name-too-long": "{{< include " + "i" * 3000 + ".md >}}",
    "include-of-a-folder": "{{< include ../markdown >}}",
    "code-cell": "```{python}\n1 + 1\n```",
    "meta-missing": "{{< meta none >}}",
    "meta-of-several": "{{< meta keywords >}}",
    "meta-index-of-5000-digits": "{{< meta keywords." + "9" * 5000 + " >}}",
    "meta-index-of-a-strange-digit": "{{< meta keywords.\u00b2 >}}",
    "meta-without-key": "{{< meta >}}",
    "shortcode-empty": "{{< >}}",
    "shortcode-quote": "{{< meta 'title >}}",
    "var-missing": "{{< var none >}}",
    "image-name-too-long-and-quoted": "![x](<" + "é" * 300 + ".png>)",
    "image-name-too-long": "![x](" + "i" * 3000 + ".png)",
    "link-name-too-long": "[x](" + "l" * 3000 + ".png)",
    "link-empty": "[x]() ![](<>)",
    "link-to-no-host": "[x](https://[::1) [y](//[) [z](http://a:99999999/)",
    "link-percent": "[x](%00%ff%zz.html)",
    "link-out-of-the-root": "[x](../../../../etc/passwd)",
    "shortcode-unknown": "{{< none a b=c >}}",
    "heading-too-long": "# " + "h" * 3000,
    "id-too-long": "# A {#" + "i" * 3000 + "}",
    "update-day": "::: {.content-hidden}\nx\n:::",
}

CASES = {
    **{
        name: Bad(
            f"markdown/{name}.qmd",
            f"---\ntitle: New\nkeywords: [a, b]\n---\n\n{text}\n",
            tolerated=name in _TOLERATED,
        )
        for name, text in {**_TEXTS, **_TOLERATED}.items()
    },
}
