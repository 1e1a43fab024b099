"""The client that has a notebook's cells run: papermill's own, with the kernel of a run's plan."""

from __future__ import annotations

from typing import Any

from papermill.clientwrap import PapermillNotebookClient

from papermill_warm.kernel import RunPlan, WarmKernelManager


class WarmNotebookClient(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client of one run, by a :class:`~papermill_warm.kernel.RunPlan`."""

    def __init__(self, record: Any, plan: RunPlan, **options: Any) -> None:
        super().__init__(record, **options)
        self._plan = plan

    def create_kernel_manager(self) -> WarmKernelManager:
        """Return the manager of the run's kernel."""
        self.km = manager = WarmKernelManager(kernel_name=self.kernel_name, config=self.config)
        manager.plan = self._plan
        return manager
