"""A program that runs notebooks by the warm engine in processes of its own: `python warm_pool.py spawn`,
or `fork`.

It has a zygote before it makes them; one that is forked from it must not use that.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import papermill
from nbformat.v4 import new_code_cell, new_notebook


def printed(number: int) -> str:
    """What a notebook prints that is given a number."""
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    cells = [new_code_cell(f"n = {number}"), new_code_cell("print(n)")]
    ran = papermill.execute_notebook(
        new_notebook(cells=cells, metadata={"kernelspec": kernel}),
        None,
        engine_name="warm",
        progress_bar=False,
    )
    return str(ran.cells[1].outputs[0].text)


if __name__ == "__main__":
    print(printed(0))
    with ProcessPoolExecutor(2, mp_context=get_context(sys.argv[1])) as pool:
        print(*pool.map(printed, range(1, 5)))
    print(printed(5))
