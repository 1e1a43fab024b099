"""Each command that README and the guides show is one that there is, with options that it has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from broadsheet.cli.options import joined, parser

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^[ \t]*```+(sh|console)\b[^\n]*\n(.*?)^[ \t]*```", re.MULTILINE | re.DOTALL)
OURS = re.compile(r"(?:\S*/)?broadsheet(?=\s)")


def commands() -> list[str]:
    """The commands of Broadsheet in the blocks of the guides, each once."""
    seen: dict[str, None] = {}
    for guide in GUIDES:
        for kind, block in FENCE.findall(guide.read_text("utf-8")):
            for line in block.replace("\\\n", " ").split("\n"):
                if kind == "console" and not line.strip().startswith("$ "):
                    continue
                shown = re.split(r"\s+#\s", line.strip().removeprefix("$ "))[0]
                for part in re.split(r"\s*(?:&&|\|\|?|;)\s*", shown):
                    if match := OURS.match(part):
                        seen[" ".join(part[match.end() :].split())] = None
    return list(seen)


@pytest.mark.parametrize("command", commands())
def test_it_is_a_command_with_these_options(command: str) -> None:
    words = shlex.split(command.partition(" > ")[0])
    if words[0].startswith("--print-"):  # it prints and ends
        with pytest.raises(SystemExit) as end:
            parser().parse_args(joined(words))
        assert not end.value.code
    else:
        assert parser().parse_args(joined(words))
