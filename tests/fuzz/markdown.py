"""Look for Markdown on which something breaks before Pandoc has it: includes, shortcodes, inline
expressions, templates, updates, addresses, and the reading of sentences.

    python tests/fuzz/markdown.py -max_total_time=3600

See `front_matter.py` beside it for what it needs and what becomes of what it finds.
"""

from __future__ import annotations

import sys
from pathlib import Path

SEEDS = (
    '{{< include part.md >}}\n\n{{< meta title >}} {{< var name >}} {{< video a.mp4 title="x" >}} {{{< meta x >}}}\n',
    "The value is `{python} 1 + 1` and `` `{python} x` ``.\n\n```{python}\nx\n```\n",
    "{{ a }} {{ b | slug }} {{ d }}\n",
    '::: {.update time="2023-11-24T16:00+02:00"}\nNews.\n:::\n',
    "In 2024 exports rose by 12.5 percent, from $3.1 billion to 3.5; three of four more than last year.\n",
    "Im Jahr 2024 stieg die Ausfuhr um 12,5 Prozent auf 3,5 Milliarden Euro, mehr als je zuvor.\n",
    "[a](../b.qmd#c) ![d](e.png) <a href='//x.example/%zz'>y</a> [words]{claim=x} [1.5]{.fact}\n",
)

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.fuzz.front_matter import run

    run("markdown", SEEDS)
