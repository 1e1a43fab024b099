"""Front matter of a page: YAML that is none, that means what there is not, or that is without
bounds.
"""

from __future__ import annotations

from bad import Bad

_BOMB = "\n".join(
    ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11))]
)
_DOUBLING = "\n".join(
    ["b0: &b0 {x: y}", *(f"b{n}: &b{n} {{l: *b{n - 1}, r: *b{n - 1}}}" for n in range(1, 40))]
)

_TEXTS = {
    # Dates that do not exist, under known and unknown keys
    "day-february-30": "date: 2023-02-30",
    "day-month-13": "date: 2023-13-01",
    "day-hour-25": "date: 2023-05-26T25:61:00",
    "day-hour-25-without-seconds": "date: 2023-05-26 25:61",
    "day-year-0": "date: 0000-05-26",
    "day-year-99999": "date: 99999-05-26",
    "day-offset": "date: 2023-05-26T10:00:00+99:00",
    "day-before-time": "date: 0001-01-01T00:00:00+12:00",
    "day-after-time": "date: 9999-12-31T23:59:59-12:00",
    "day-number": "date: 20230526",
    "day-seconds": "date: 1684108800",
    "day-seconds-as-text": 'date: "1684108800"',
    "day-bool": "date: true",
    "day-words": "date: last Tuesday",
    "day-list": "date: [2023-05-26]",
    "day-slashes": "date: 26/13/2023",
    "day-modified": "date-modified: 2023-06-31",
    "day-in-corrections": "date: 2023-05-26\ncorrections:\n  - date: 2023-02-30\n    wrong: a\n    right: b",
    "day-in-corrections-number": "date: 2023-05-26\ncorrections:\n  - {date: 7, wrong: a, right: b}",
    "day-in-updates": "updates-until: 2023-11-31",
    "day-unknown-key": "reviewed: 2023-02-30",
    "day-unknown-key-nested": "review:\n  last:\n    - 2023-04-31",
    "day-as-key": "review: {2023-02-30: x}",
    # Tags
    "tag-int": "order: !!int abc",
    "tag-int-unknown-key": "mine: !!int abc",
    "tag-float": "mine: !!float 1,5",
    "tag-bool": "draft: !!bool maybe",
    "tag-timestamp": "mine: !!timestamp tomorrow",
    "tag-null": "mine: !!null something",
    "tag-seq": "mine: !!seq {a: b}",
    "tag-map": "mine: !!map [a]",
    "tag-python": "mine: !!python/object/apply:os.system [id]",
    "tag-python-name": "mine: !!python/name:os.system",
    "tag-unknown": "mine: !expr x + 1",
    "tag-binary": "mine: !!binary aGVsbG8=",
    "tag-binary-broken": 'mine: !!binary "@@@"',
    "tag-set": "mine: !!set {a, b}",
    "tag-omap": "mine: !!omap [a: 1]",
    "tag-directive": "%TAG ! tag:example.org,2000:\n---\nmine: !x y",
    # Characters
    "nul-escaped": 'title: "a\\0b"',
    "nul-raw": "title: a\0b",
    "control-escaped": 'title: "a\\x07b"',
    "control-raw": "title: a\x1bb",
    "control-c1": 'title: "a\\x9bb"',
    "control-in-key": '"my\\x01key": b',
    "delete-raw": "title: a\x7fb",
    "surrogate-escaped": 'title: "a\\ud800b"',
    "surrogate-in-unknown-key": 'mine: {deep: ["\\udfff"]}',
    "surrogate-as-key": '"\\ud800": b',
    "non-character": 'title: "a\\uffffb"',
    # Structure
    "anchor-of-itself": "mine: &a [*a]",
    "anchor-of-itself-mapping": "mine: &a {b: *a}",
    "anchor-of-itself-by-merge": "mine: &a {<<: *a}",
    "anchor-undefined": "mine: *nowhere",
    "bomb-of-lists": _BOMB,
    "bomb-of-mappings": _DOUBLING,
    "many-values": "mine: [" + "x, " * 100_001 + "x]",
    "nested-brackets": "mine: " + "[" * 1200 + "]" * 1200,
    "nested-brackets-open": "mine: " + "[" * 5000,
    "nested-braces": "mine: " + "{a: " * 1200 + "x" + "}" * 1200,
    "nested-lists": "mine:\n  " + "- " * 900 + "x",
    "nested-by-indentation": "\n".join(" " * n + "a:" for n in range(600)),
    "integer-of-5000-digits": "order: " + "9" * 5000,
    "integer-hexadecimal": "mine: 0x" + "f" * 5000,
    "integer-octal": "mine: 0o" + "7" * 5000,
    "integer-negative": "mine: -" + "1" * 5000,
    "integer-of-65-bits": "mine: 18446744073709551616",
    "key-list": "? [a, b]\n: c",
    "key-mapping": "? {a: b}\n: c",
    "key-twice": "title: A\nmine: 1\ntitle: B",
    "key-twice-as-number": "mine: {1: a, '1': b}",
    "key-twice-nested": "mine:\n  a: 1\n  a: 2",
    "merge-of-a-list": "a: &a [1]\nb: {<<: *a}",
    "merge-of-a-number": "b: {<<: 3}",
    "tab": "title:\tA\n\tb: c",
    "not-yaml-colon": "title: A: B",
    "not-yaml-quote": 'title: "A',
    "not-yaml-percent": "title: A\nmine: %b",
    "not-yaml-at": "author: @me",
    "not-yaml-line-break-of-unicode": "title: a\x85mine: c",
    "directive": "%YAML 1.2\n---\ntitle: A",
    "directive-of-another-version": "%YAML 9.9\n---\ntitle: A",
    "list": "- title: A\n- date: B",
    "one-word": "untitled",
}

_VALUES = {
    "title-list": "title: [A, B]",
    "title-mapping": "title: {a: b}",
    "author-number": "author: 12",
    "author-without-name": "author: {url: 'https://a.example'}",
    "author-list-of-lists": "author: [[A, B]]",
    "author-too-long": "author: " + "A" * 3000,
    "alias-out-of-the-site": "aliases: [../../x.html]",
    "alias-of-another-page": "aliases: [/good.html]",
    "lang-number": "lang: 12",
    "lang-empty": "lang: ''",
    "lang-list": "lang: [en, de]",
    "draft-word": "draft: perhaps",
    "listing-number": "listing: 3",
    "listing-of-numbers": "listing: [1, 2]",
    "listing-type": "listing: {type: carousel}",
    "listing-globs-of-100000": "listing: {contents: '{1..100000}'}",
    "listing-globs-multiplied": "listing: {contents: ['" + "{a,b}" * 20 + "']}",
    "listing-page-size": "listing: {page-size: 0}",
    "listing-page-size-infinite": "listing: {page-size: .inf}",
    "listing-max-items": "listing: {max-items: -1}",
    "listing-feed": "listing: {feed: [a]}",
    "listing-feed-items": "listing: {feed: {items: 0}}",
    "listing-feed-category-too-long": "listing: {feed: {categories: [" + "c" * 3000 + "]}}",
    "listing-include": "listing: {include: [a]}",
    "listing-sort": "listing: {sort: {a: b}}",
    "editions-number": "editions: 3",
    "editions-without-slug": "editions: [{title: A}]",
    "edition-of-no-mapping": "editions: [a]",
    "edition-slug-number": "editions: [{slug: 2024}]",
    "edition-slug-with-a-slash": "editions: [{slug: a/b}]",
    "edition-slug-too-long": "editions: [{slug: " + "s" * 300 + "}]",
    "edition-slug-twice": "editions: [{slug: a}, {slug: a}]",
    "edition-slug-of-its-own-page": "editions: [{slug: edition-slug-of-its-own-page}]",
    "edition-date": "editions: [{slug: other, date: 12}]",
    "corrections-text": "date: 2023-05-26\ncorrections: none",
    "corrections-without-right": "date: 2023-05-26\ncorrections: [{date: 2023-05-27, wrong: a}]",
    "excerpt-mapping": "excerpt: {a: b}",
    "unchecked-list": "unchecked: [a]",
}

_TOLERATED = {
    "bibliography-number": "bibliography: 3",
    "categories-mapping": "categories: {a: b}",
    "categories-number": "categories: 7",
    "categories-of-numbers": "categories: [1, 2]",
    "category-too-long": "categories: [" + "C" * 3000 + "]",
    "image-list": "image: [a.png]",
    "image-too-long": "image: " + "i" * 3000 + ".png",
    "alias-too-long": "aliases: [/" + "a" * 3000 + "/]",
    "alias-of-its-own": "aliases: [/front_matter/alias-of-its-own.html]",
    "toc-depth-word": "toc-depth: deep",
    "toc-depth-0": "toc-depth: 0",
    "order-infinite": "order: .inf",
    "order-no-number": "order: .nan",
    "execute-list": "execute: [echo]",
    "execute-echo": "execute: {echo: loudly}",
    "format-toc": "format: {html: {toc: perhaps}}",
    "page-layout": "page-layout: round",
    "reference-location": "reference-location: nowhere",
    "empty": "",
    "spaces": "   \n\n  ",
    "comment": "# nothing",
    "tag-of-text": "title: !!str 12",
    "merge": "a: &a {x: 1}\nb: {<<: *a, y: 2}",
    "anchor-twice": "a: &x 1\nb: &x 2\nc: *x",
    "crlf": "title: A\r\nmine: b\r\n",
    "key-number": "mine: {3: a, 2.5: b, true: c, null: d}",
    "infinite": "mine: [.inf, -.inf, .nan, 1e400]",
    "byte-order-mark-within": "title: A\ufeffB",
    "separators": "title: A\u2028B\u2029C",
    "toc-depth-99": "toc: true\ntoc-depth: 99",
    "alias-with-signs": "aliases: ['/a b?c#d', '/é/']",
    "image-missing": "image: none.png",
    "listing-contents-mapping": "listing: {contents: {a: b}}",
    "lang-unknown": "lang: tlh",
    "lang-words": "lang: the King's English",
}

CASES = {
    **{
        name: Bad(f"front_matter/{name}.qmd", f"---\n{text}\n---\nA new page.\n")
        for name, text in {**_TEXTS, **_VALUES}.items()
    },
    **{
        name: Bad(f"front_matter/{name}.qmd", f"---\n{text}\n---\nA new page.\n", tolerated=True)
        for name, text in _TOLERATED.items()
    },
    "never-closed": Bad("front_matter/never-closed.qmd", "---\ntitle: A\n\nA new page.\n"),
    "never-closed-after-a-comment": Bad(
        "front_matter/never-closed-after-a-comment.qmd", "---\n# mine\ntitle: A\n"
    ),
    "after-an-empty-line": Bad(
        "front_matter/after-an-empty-line.qmd",
        "\n\n---\ntitle: Found\n---\nText.\n",
        tolerated=True,
    ),
    "rule-of-dashes": Bad(
        "front_matter/rule-of-dashes.qmd", "---\n\nText after a rule.\n", tolerated=True
    ),
    "line-after-an-empty-line": Bad(
        "front_matter/line-after-an-empty-line.qmd",
        "\n\n---\ntitle: A\ndate: 2023-02-30\n---\nText.\n",
    ),
}
