"""A build hook of hatchling: puts plotly.js's small bundles, the scripts that draw diagrams and the icons
of links, as npm has them, and the theme's fonts into the wheel.

Who installs Broadsheet with pip has no npm, and would else have each page load the whole plotly.js,
and diagrams shown as code.
"""

import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BrowserLibraries(BuildHookInterface):  # type: ignore[type-arg]
    """Adds ``theme/plotly/plotly-NAME.min.js``, ``theme/diagrams/`` and
    ``theme/icons/bootstrap-icons.svg``, with their licences, and ``theme/fonts/`` to a wheel.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the bundles from ``node_modules``, installed by npm if they are not there, and the
        fonts, made if they are not there.
        """
        if version == "editable":
            return
        root = Path(self.root)
        included = build_data["force_include"]
        fonts = root / "src/broadsheet/theme/fonts"
        if not (fonts / "fonts.json").exists():
            runpy.run_path(str(root / "scripts/subset_fonts.py"))["write"](fonts)
        for file in fonts.iterdir():
            included[str(file)] = f"broadsheet/theme/fonts/{file.name}"
        if not any(root.glob("node_modules/plotly.js-*-dist-min")) and (npm := shutil.which("npm")):
            command = [npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=root, check=False)
        bundles = sorted(root.glob("node_modules/plotly.js-*-dist-min"))
        if not bundles:
            self.app.display_warning(
                "no npm: the wheel is made without plotly.js's small bundles; "
                "pages that it builds load the whole plotly.js"
            )
        icons = root / "node_modules/bootstrap-icons"
        for file in (icons / "bootstrap-icons.svg", icons / "LICENSE"):
            if file.is_file():
                included[str(file)] = f"broadsheet/theme/icons/{file.name}"
        for folder in bundles:
            for file in [*folder.glob("*.min.js"), folder / "LICENSE"]:
                name = file.name if file.suffix == ".js" else f"{folder.name}.LICENSE"
                included[str(file)] = f"broadsheet/theme/plotly/{name}"
        for script in ("mermaid/dist/mermaid.min.js", "@viz-js/viz/dist/viz-global.js"):
            file = root / "node_modules" / script
            if file.is_file():
                included[str(file)] = f"broadsheet/theme/diagrams/{file.name}"
                for licence in file.parents[1].glob("LICENSE*"):
                    included[str(licence)] = f"broadsheet/theme/diagrams/{file.name}.LICENSE"
