"""The process that runs notebooks for a build, before the first one."""

from __future__ import annotations

from broadsheet.run.executors import LocalExecutor

SEEN = (
    "(__import__('gc').isenabled(), __import__('gc').get_freeze_count(), "
    "sorted({'papermill', 'broadsheet.run.job', 'broadsheet.data.catalogue', 'pydantic'}"
    " & {*__import__('sys').modules}))"
)


def test_it_has_imported_what_runs_need_and_no_more_and_its_collector_leaves_that_alone() -> None:
    with LocalExecutor(1, {}) as executor:
        collects, left_alone, modules = executor.submit(eval, SEEN).result()
    assert collects
    assert left_alone > 100_000
    assert modules == ["broadsheet.run.job", "papermill"]
