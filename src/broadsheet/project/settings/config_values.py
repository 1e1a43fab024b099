"""Values in the texts of `website:`, such as its title: `{{< var version >}}` of `_variables.yml`,
`{{< meta key >}}` of `_quarto.yml`, `{{< env NAME fallback >}}` of the environment or of a file
`_environment`.

Other shortcodes are left for the renderer of Markdown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from broadsheet.errors import Notice, Place
from broadsheet.processes.secret_values import is_secret
from broadsheet.storage import limits
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.yaml_text import YamlText, read_yaml

VARIABLES = "_variables.yml"
ENVIRONMENT = "_environment"
FILES = (VARIABLES, ENVIRONMENT, f"{ENVIRONMENT}.local")
"""The files in which values may be."""
_SHORTCODE = re.compile(r"\{\{<\s*(var|meta|env)\s+([\w.-]+)(?:\s+(.*?))?\s*>\}\}")
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(.*))\s*")


class ConfigValues:
    """Answers the shortcodes of a configuration. Has state: notices of those without an answer."""

    def __init__(self, root: Path, config: YamlText) -> None:
        self._root, self._config = root, config
        self.notices: list[Notice] = []

    def filled(self, value: object, at: tuple[str | int, ...]) -> object:
        """Return a value of the configuration, at this path, with the answers in its texts. Raises
        :class:`FileError` or :class:`ConfigError` for a file of values that cannot be read.
        """
        if isinstance(value, Mapping):
            return {key: self.filled(item, (*at, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item, (*at, index)) for index, item in enumerate(value)]
        if not isinstance(value, str) or "{{<" not in value:
            return value

        def answer(match: re.Match[str]) -> str:
            text = self._answer(match[1], match[2], match[3] or "")
            if text is None:
                what = f"`{match.group()}` has no value; it stays as written"
                mend = f"Give `{match[2]}` a value, or mend its name here."
                self.notices.append(Notice(self._config.place(at), what, mend, topic="shortcode"))
            return match.group() if text is None else text

        return _SHORTCODE.sub(answer, value)

    def _answer(self, kind: str, name: str, fallback: str) -> str | None:
        if kind == "env":
            value = None if is_secret(name) else os.environ.get(name) or self._environment(name)
            return value or fallback.strip("\"'") or None
        data: object = self._config.data if kind == "meta" else self._read(VARIABLES)
        for part in name.split("."):
            data = data.get(part) if isinstance(data, Mapping) else None
        return None if data is None or isinstance(data, (Mapping, list)) else str(data)

    def _environment(self, name: str) -> str | None:
        """Return a variable of the files, of which the later one wins."""
        values: dict[str, str] = {}
        for file in FILES[1:]:
            values |= dict(_variables(self._text_of(file)))
        return values.get(name)

    def _read(self, name: str) -> Mapping[str, object]:
        return read_yaml(self._text_of(name), Place(name)).data

    def _text_of(self, name: str) -> str:
        if not os.path.lexists(self._root / name):
            return ""
        check_path(self._root, self._root / name, Place(name))
        return read_text(self._root / name, name, limit=limits.TABLE["config-size"])


def _variables(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if match := _LINE.fullmatch(line.strip()):
            yield match[1], next(filter(None, match.groups()[1:]), "")
