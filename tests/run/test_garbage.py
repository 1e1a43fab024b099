"""Garbage is looked for when there was work, and when there is nothing else to do."""

from __future__ import annotations

import gc
import weakref

import pytest

from broadsheet.processes.garbage import IdleCollection, collect_seldom


class Circle:
    """An object that only a look at all objects finds to be garbage."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture(autouse=True)
def as_before():
    thresholds, is_enabled = gc.get_threshold(), gc.isenabled()
    gc.disable()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    if is_enabled:
        gc.enable()


def test_what_work_leaves_is_found_when_there_is_nothing_to_do():
    collection = IdleCollection()
    for _ in range(3):
        collection.worked()
        left = weakref.ref(Circle())
        assert left() is not None
        collection.idle()
        assert left() is None


def test_without_work_nobody_looks():
    collection, left = IdleCollection(), weakref.ref(Circle())
    collection.idle()
    assert left() is not None


def test_what_is_there_at_the_first_time_is_looked_at_no_more():
    collection, kept = IdleCollection(), Circle()
    gc.unfreeze()
    collection.worked()
    collection.idle()
    assert gc.get_freeze_count() > 1000
    left = weakref.ref(kept)
    del kept
    collection.worked()
    collection.idle()
    assert left() is not None


def test_a_process_whose_objects_stay_looks_seldom():
    collect_seldom()
    assert gc.get_threshold()[0] > 10_000
