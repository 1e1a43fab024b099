"""When Python looks for garbage: objects that hold each other in circles, which only a look at all
objects finds.

By its own thresholds, that is a tenth of a build's time, and in a preview each fourth page comes a
seventh of a second later for it.
"""

from __future__ import annotations

import gc

_THRESHOLDS = (100_000, 20, 20)
"""The thresholds of :func:`gc.set_threshold` for a process most of whose objects stay."""


def collect_seldom() -> None:
    """Have Python look for garbage less often in this process."""
    gc.set_threshold(*_THRESHOLDS)


class IdleCollection:
    """Looks for garbage when there is nothing else to do. What is there at the first time is looked at no
    more: modules, and the publication as it was read, of which next to nothing ever goes. Has state:
    whether there was work since the last time.
    """

    def __init__(self) -> None:
        self._is_first, self._is_due = True, False

    def worked(self) -> None:
        """Note that something was done."""
        self._is_due = True

    def idle(self) -> None:
        """Look for garbage, if something was done since the last time."""
        if not self._is_due:
            return
        gc.collect()
        if self._is_first:
            gc.freeze()
        self._is_first = self._is_due = False
