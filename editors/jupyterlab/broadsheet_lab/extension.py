"""The extension of the Jupyter server: its routes, and what it has started, which ends with it."""

from __future__ import annotations

from jupyter_server.extension.application import ExtensionApp

from broadsheet_lab.handlers import ArticleHandler, CompletionsHandler, PreviewHandler
from broadsheet_lab.previews import Previews
from broadsheet_lab.worker import Worker


class BroadsheetLab(ExtensionApp):
    """The server extension. It has state: a worker process, and the previews that run."""

    name = "broadsheet_lab"

    def initialize_settings(self) -> None:
        """Make what the routes share. No process is started before somebody asks for something."""
        self.worker, self.previews = Worker(), Previews()

    def initialize_handlers(self) -> None:
        """Add the routes."""
        shared = {"worker": self.worker, "previews": self.previews}
        self.handlers.extend(
            [
                ("/broadsheet/article", ArticleHandler, shared),
                ("/broadsheet/completions", CompletionsHandler, shared),
                ("/broadsheet/preview", PreviewHandler, shared),
            ]
        )

    async def stop_extension(self) -> None:
        """End the processes."""
        self.worker.close()
        await self.previews.close()
