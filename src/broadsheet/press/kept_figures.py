"""Figures that were drawn: the memory of a press from one page to the next, and the store from one
build to the next, `.broadsheet/figures/`.

Editions of a notebook, and articles on the same tables, have figures in common, which a build makes
once. The preview makes the same page again and again, and most of it is as it was. And where only
the prose of a notebook has changed, the figures of all its editions are as they were.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

import msgspec

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.slicing.slices import SLICED
from broadsheet.data.vintages import SIGN
from broadsheet.errors import StoreError
from broadsheet.figures import figure_making
from broadsheet.figures.drawing.chart_renderer import Pictures, UndrawableError
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.figures.drawing.sketch import SCALE, FigureOptions, Sketch
from broadsheet.figures.figure_making import PNG, DrawnFigure
from broadsheet.processes.secret_values import found_in
from broadsheet.storage.store import Store
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.language import spoken
from plotly_alive.reading.plotly_json import PlotlyFigure

MOST, MOST_ON_SCREEN = 50, 200
"""The number of figures that a build remembers, in each of its processes, and that the preview does."""
LARGEST = 500_000
"""The most bytes of the files of a figure that a build remembers."""


@dataclass(frozen=True)
class KeptFigure:
    """A figure that an earlier build drew, with what an author is told of it."""

    figure: PageFigure
    """The figure."""
    assets: Mapping[str, bytes]
    """The bytes of its files by their path. In the store they lack the picture in PNG, which has a
    store of its own.
    """
    export: tuple[int, int] | None
    """The size of that picture, in CSS pixels; None if it has none."""
    is_empty: bool
    """True if it has traces without a single value."""
    unplaced: tuple[str, ...]
    """The places that its map does not have."""
    needs_source: bool
    """True if neither a table nor its author names a source."""
    has_table: bool
    """True if its values are in a table."""

    @property
    def label(self) -> str:
        """Its label."""
        return self.figure.label

    @property
    def alt(self) -> str:
        """Its alternative text."""
        return self.figure.alt

    @property
    def drawn(self) -> DrawnFigure:
        """The figure with its files."""
        return DrawnFigure(self.figure, self.assets, None, is_drawn=True, export=self.export)

    def placed(self, folder: PurePosixPath, options: FigureOptions) -> KeptFigure:
        """Return it as a figure of another page, as
        :func:`~broadsheet.figures.figure_making.placed` does.
        """
        here = figure_making.placed(self.drawn, self.label, folder, options)
        return replace(self, figure=here.figure, assets=here.assets)


class KeptFigures:
    """The figures that are kept in a ``store``; ``pictures`` have them as PNG. ``inputs`` is a digest
    of what all figures depend on: the program, its libraries, the configuration.
    """

    def __init__(self, store: Store, inputs: str, pictures: Pictures) -> None:
        self._store, self._inputs, self._pictures = store, inputs, pictures

    def get(self, key: str) -> KeptFigure | None:
        """Return the figure under that key, at the place for which it was drawn; None if there is
        none.
        """
        path = self._path(key)
        kept = self._store.decode(path, self._store.get(path), KeptFigure)
        if kept is None or kept.export is None:
            return kept
        stem, png = kept.figure.data.removesuffix(".json"), None
        with suppress(UndrawableError):
            picture = kept.assets.get(f"{stem}-full.svg", b"")
            png = self._pictures.rasterize(picture, kept.export, SCALE)
        return (
            replace(kept, assets={**kept.assets, f"{stem}{PNG}": png}) if png is not None else None
        )

    def put(self, key: str, sketch: Sketch, drawn: DrawnFigure) -> None:
        """Keep the figure of a ``sketch``, where the store can be written. One that holds the value of
        a known secret is not kept.
        """
        kept = KeptFigure(
            drawn.figure,
            {path: data for path, data in drawn.assets.items() if not path.endswith(PNG)},
            drawn.export,
            sketch.is_empty,
            tuple(sketch.unplaced),
            sketch.needs_source,
            sketch.has_table,
        )
        # A text that is no Unicode is told of where the page is kept.
        with suppress(StoreError, UnicodeEncodeError):
            data = msgspec.json.encode(kept, enc_hook=str)
            if not any(map(found_in, (data, *kept.assets.values()))):
                self._store.put(self._path(key), data)

    def _path(self, key: str) -> str:
        name = digest_of((key, self._inputs))
        return f"{name[:2]}/{name}"


class FigureMemory:
    """Makes figures, and remembers up to ``most`` of them, those that were wanted last, if their files
    have no more than ``largest`` bytes; these are ``kept`` for later builds as well. Has state.
    """

    def __init__(
        self, most: int = 0, largest: int | None = None, kept: KeptFigures | None = None
    ) -> None:
        self._most = most
        self._largest = largest
        self._kept = kept
        self._sketches: dict[str, Sketch | KeptFigure] = {}
        self._drawn: dict[str, DrawnFigure] = {}
        self._keys = WeakKeyDictionary[Sketch, str]()

    def sketch(
        self,
        figure: PlotlyFigure,
        label: str,
        folder: PurePosixPath,
        catalogue: Catalogue | None,
        options: FigureOptions,
        *,
        is_whole: bool = False,
    ) -> Sketch | KeptFigure:
        """Return a figure, planned as :func:`~broadsheet.figures.figure_making.sketched` does, or one
        that was kept; never that if the sketch ``is_whole``.
        """
        if not self._most:
            return figure_making.sketched(figure, label, folder, catalogue, options)
        key = _key(figure, label, catalogue, options)
        planned = self._sketches.pop(key, None)
        if is_whole and isinstance(planned, KeptFigure):
            planned = None
        elif planned is None and self._kept is not None and not is_whole:
            planned = self._kept.get(key)
        if planned is None:
            planned = figure_making.sketched(figure, label, folder, catalogue, options)
        self._sketches[key] = planned
        if len(self._sketches) > self._most:
            self._forget(next(iter(self._sketches)))
        if isinstance(planned, KeptFigure):
            return planned.placed(folder, options)
        sketch = replace(planned, folder=folder, options=options)
        self._keys[sketch] = key
        return sketch

    def figure(self, sketch: Sketch | KeptFigure, pictures: Pictures) -> DrawnFigure:
        """Return the figure of a ``sketch``, drawn as
        :func:`~broadsheet.figures.figure_making.drawn` does.
        """
        if isinstance(sketch, KeptFigure):
            return sketch.drawn
        key = self._keys.get(sketch, "")
        if key in self._drawn:
            return figure_making.placed(
                self._drawn[key], sketch.label, sketch.folder, sketch.options
            )
        drawn = figure_making.drawn(sketch, pictures)
        if key in self._sketches:
            size = sum(map(len, drawn.assets.values()))
            if self._largest is not None and size > self._largest:
                self._forget(key)
            elif drawn.is_drawn:
                self._drawn[key] = drawn
                if self._kept is not None and drawn.fault is None:
                    self._kept.put(key, sketch, drawn)
        return drawn

    def _forget(self, key: str) -> None:
        del self._sketches[key]
        self._drawn.pop(key, None)


def _key(
    figure: PlotlyFigure, label: str, catalogue: Catalogue | None, options: FigureOptions
) -> str:
    """Return a digest of what a figure is made of, on whatever page it is."""
    tables = list[tuple[object, object]]()
    if catalogue is not None:
        tables = [
            (resource, catalogue.state(resource).sha256)
            for resource in catalogue.package.resources
            if resource.name in options.drawn_from
        ]
        tables += [
            (name, catalogue.origin(name))
            for name in options.drawn_from
            if SLICED in name or SIGN in name
        ]
    today = catalogue.today if catalogue is not None else None
    of_any_page = replace(options, saved_as="", page="")
    language = spoken()
    words = dict(language.words)
    plotly = json.dumps(figure, sort_keys=True)
    return digest_of((plotly, label, of_any_page, tables, str(today), language.tag, words))
