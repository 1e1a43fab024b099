"""Rules for editions that are wrong: a case is the value of `editions:`, as YAML in one line, for a
plain page.

The catalogue has the table `partners`, with the columns `partner`, `year`, `total`, `day` and
`note`.
"""

from __future__ import annotations

COLUMNS = [
    {"name": "partner", "title": "Partner", "type": "string"},
    {"name": "year", "title": "Year", "type": "integer"},
    {"name": "total", "title": "Total", "type": "number"},
    {"name": "day", "title": "Day", "type": "date"},
    {"name": "note", "title": "Note", "type": "string"},
]
TABLE = f"""partner,year,total,day,note
Alba,2021,1.5,2021-05-01,
alba,2022,2.5,2022-05-01,"a
b"
{"Long" * 100},2023,,,`{{python}} 1`
"../up",2024,1e300,0001-01-01,<b>bold</b> [a](b)
"…",2025,0,9999-12-31,"{{{{ year }}}}"
"""

ROWS = "from: partners, parameters: {year: '{{ year }}'}"

CASES: dict[str, str] = {
    "null": "null",
    "text": "2024",
    "number": "5",
    "list-of-null": "[null]",
    "list-of-texts": "[a, b]",
    "list-of-lists": "[[a]]",
    "empty-mapping": "{}",
    "unknown-rule": "{rows: all, slug: a}",
    "slug-missing": "[{parameters: {year: 1}}]",
    "slug-null": "[{slug: null}]",
    "slug-empty": "[{slug: ''}]",
    "slug-number": "[{slug: 2024}]",
    "slug-index": "[{slug: index}]",
    "slug-dots": "[{slug: '..'}]",
    "slug-path": "[{slug: a/b}]",
    "slug-capitals": "[{slug: Berlin}]",
    "slug-newline": '[{slug: "a\\nb"}]',
    "slug-nul": '[{slug: "a\\0b"}]',
    "slug-too-long": f"[{{slug: {'a' * 300}}}]",
    "slug-twice": "[{slug: a}, {slug: a}]",
    "slug-underscore": "[{slug: _site}]",
    "slug-list": "[{slug: [a]}]",
    "parameters-null": "[{slug: a, parameters: null}]",
    "parameters-list": "[{slug: a, parameters: [1]}]",
    "title-a-list": "[{slug: a, title: [1]}]",
    "date-that-does-not-exist": "[{slug: a, date: 2023-02-30}]",
    "matrix-null": "{matrix: null, slug: a}",
    "matrix-empty": "{matrix: {}, slug: a}",
    "matrix-of-nothing": "{matrix: {year: []}, slug: a}",
    "matrix-of-null": "{matrix: {year: null}, slug: a}",
    "matrix-of-mappings": "{matrix: {year: [{a: 1}]}, slug: '{{ year }}'}",
    "matrix-of-nulls": "{matrix: {year: [null, null]}, slug: 'a-{{ year }}'}",
    "matrix-twice": "{matrix: {year: [1, 1]}, slug: 'a-{{ year }}'}",
    "matrix-all-alike": "{matrix: {year: [1, 2]}, slug: a}",
    "matrix-of-case": "{matrix: {name: [Berlin, berlin]}, slug: '{{ name | slug }}'}",
    "matrix-of-signs": "{matrix: {name: ['…']}, slug: '{{ name | slug }}'}",
    "matrix-and-from": "{matrix: {a: [1]}, from: partners, slug: a}",
    "template-unknown": "{matrix: {a: [1]}, slug: '{{ b }}'}",
    "template-filter": "{matrix: {a: [1]}, slug: '{{ a | upper }}'}",
    "template-empty": "{matrix: {a: [1]}, slug: '{{ }}'}",
    "template-open": "{matrix: {a: [1]}, slug: '{{ a'}",
    "template-nested": "{matrix: {a: [1]}, slug: '{{ {{ a }} }}'}",
    "template-list": "{matrix: {a: [1]}, slug: [a]}",
    "from-unknown": "{from: partner, parameters: {}, slug: a}",
    "from-number": "{from: 5, parameters: {}, slug: a}",
    "from-a-path": "{from: ../partners, parameters: {}, slug: a}",
    "from-empty": "{from: '', parameters: {}, slug: a}",
    "from-broken-table": "{from: broken, parameters: {}, slug: '{{ year }}'}",
    "rows-of-one-slug-but-for-case": f"{{{ROWS}, slug: '{{{{ partner | slug }}}}', where: {{year: {{to: 2022}}}}}}",
    "rows-with-an-empty-cell": f"{{{ROWS}, slug: 'a-{{{{ total }}}}', where: {{year: 2023}}}}",
    "rows-with-code": f"{{{ROWS}, slug: '{{{{ year }}}}', title: '{{{{ note }}}}', where: {{year: 2023}}}}",
    "rows-with-a-path": f"{{{ROWS}, slug: '{{{{ partner }}}}', where: {{year: 2024}}}}",
    "rows-with-a-long-name": f"{{{ROWS}, slug: '{{{{ partner | slug }}}}', where: {{year: 2023}}}}",
    "rows-of-signs": f"{{{ROWS}, slug: '{{{{ partner | slug }}}}', where: {{year: 2025}}}}",
    "rows-with-a-template": f"{{{ROWS}, slug: '{{{{ year }}}}', title: '{{{{ note }}}}', where: {{year: 2025}}}}",
    "where-unknown": f"{{{ROWS}, slug: a, where: {{nothing: 1}}}}",
    "where-null": f"{{{ROWS}, slug: a, where: null}}",
    "where-list": f"{{{ROWS}, slug: a, where: [1]}}",
    "where-nothing-left": f"{{{ROWS}, slug: a, where: {{year: 1}}}}",
    "where-mapping": f"{{{ROWS}, slug: a, where: {{year: {{above: 1}}}}}}",
    "where-of-other-types": f"{{{ROWS}, slug: a, where: {{year: {{from: b, to: [1]}}}}}}",
    "where-deep": f"{{{ROWS}, slug: a, where: {{year: [[[{{a: 1}}]]]}}}}",
    "each-unknown": f"{{{ROWS}, slug: a, each: nothing}}",
    "each-number": f"{{{ROWS}, slug: a, each: 5}}",
    "each-of-none": f"{{{ROWS}, slug: '{{{{ partner | slug }}}}', each: partner, at-least: 9}}",
    "at-least-huge": f"{{{ROWS}, slug: a, each: partner, at-least: 99999999999999999999999}}",
    "at-least-null": f"{{{ROWS}, slug: a, each: partner, at-least: null}}",
    "date-of-a-far-row": f"{{{ROWS}, slug: 'a{{{{ year }}}}', date: '{{{{ day }}}}', where: {{year: [2024, 2025]}}}}",
}
