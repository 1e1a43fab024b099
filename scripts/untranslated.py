"""Lists the texts for readers that a catalogue does not translate yet: `make messages` ends with it.

    fr  broadsheet.po: 2 texts
        Copied!
        number|Figure

Translate them in the file that it names; a text behind a bar has the context before it. Exits with 1
if there is one.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages import pofile

ROOT = Path(__file__).parents[1]
CATALOGUES = sorted(ROOT.glob("**/src/**/locale/*/LC_MESSAGES/*.po"))


def untranslated(path: Path) -> list[str]:
    """The texts of a catalogue without a translation, each with its context."""
    with path.open("rb") as file:
        messages = list(pofile.read_po(file, locale=path.parts[-3]))
    texts = []
    for message in messages:
        first = str(message.id[0] if isinstance(message.id, tuple) else message.id)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if first and not all(forms):
            texts.append(f"{message.context}|{first}" if message.context else first)
    return texts


def main() -> int:
    """List them, by catalogue."""
    count = 0
    for path in CATALOGUES:
        texts = untranslated(path)
        count += len(texts)
        if texts:
            print(f"{path.parts[-3]}  {path.relative_to(ROOT)}: {len(texts)} texts")
            print("".join(f"    {text}\n" for text in texts), end="")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
