"""The sources that speak SDMX and send CSV: ECB, Eurostat, OECD, IMF, ILO, BIS, and others like them.

``query`` has `flow` and `key`, and the words of the service: `startPeriod`, `endPeriod`. A flow is
written as in SDMX 2.1, `AGENCY,FLOW,VERSION`, of which a service may want only the second; a key has
the codes of the dimensions with dots between them, `D.USD.EUR.SP00.A`. The columns are those of
SDMX-CSV: the dimensions by their codes, `TIME_PERIOD`, `OBS_VALUE`, and the attributes.

What is large Eurostat sends later: it answers with a number, under which it is asked until the data
are ready.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from lxml import etree

from broadsheet.data.descriptor import Refresh
from broadsheet.data.refresh.answers import (
    Rate,
    RawAnswer,
    SourceDescription,
    SourceError,
    SourceTable,
)
from broadsheet.data.refresh.client import Client, beginning_of
from broadsheet.data.refresh.file_formats import table_of_csv
from plotly_alive.errors import shown

_CSV_1 = "application/vnd.sdmx.data+csv;version=1.0.0"
_CSV_2 = "application/vnd.sdmx.data+csv;version=2.0.0"
_NEEDED = ("TIME_PERIOD", "OBS_VALUE")


@dataclass(frozen=True)
class SdmxService:
    """A service that speaks SDMX, and the ways in which it differs from the others."""

    base: str
    """The address below which its data are."""
    description: SourceDescription
    """The service, as people know it."""
    accept: str = _CSV_1
    """The media type that it is asked for."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The words of each request."""
    is_version_3: bool = False
    """True if a flow is a path of its own parts, as in SDMX 3."""
    agency: str = ""
    """The agency of a flow that names none."""
    later: str = ""
    """The address, from the host on, of answers that are sent later; empty if none are."""


class SdmxCsv:
    """A source that speaks SDMX and sends CSV."""

    service = SdmxService("", SourceDescription("an SDMX service"))
    """The service."""

    def describe(self, entry: Refresh) -> SourceDescription:
        """Describe the source."""
        return self.service.description

    def latest(self, entry: Refresh, client: Client) -> str:
        """Return nothing: a request for the last values would miss those that were revised."""
        return ""

    def fetch(self, entry: Refresh, client: Client) -> Sequence[RawAnswer]:
        """Return the data, when they are ready."""
        words = {name: value for name, value in entry.query.items() if name not in ("flow", "key")}
        query: dict[str, Any] = {**self.service.words, **words}
        answer = client.get(self._address(entry), query, headers={"Accept": self.service.accept})
        if self.service.later and answer.content.lstrip()[:1] == b"<":
            answer = self._sent_later(entry, client, answer)
        return [answer]

    def parse(self, entry: Refresh, answers: Sequence[RawAnswer]) -> SourceTable:
        """Return the observations, a row each."""
        answer = answers[0]
        if answer.content.lstrip()[:1] in (b"<", b"{"):
            raise SourceError(
                f"{answer.request} is answered by {beginning_of(answer.content)}, and not by CSV",
                "Correct `flow` and `key`, and see whether the service sends CSV.",
            )
        table = table_of_csv(entry, answer)
        missing = [name for name in _NEEDED if name not in table.columns]
        if missing:
            raise SourceError(
                f"{answer.request} is answered by CSV without `{missing[0]}`: "
                f"{beginning_of(answer.content)}",
                "See whether the service sends SDMX-CSV.",
            )
        if not table.rows:
            raise SourceError(f"{answer.request} has no observations", "Correct `key`.")
        return table

    def _address(self, entry: Refresh) -> str:
        base = (entry.address or self.service.base).rstrip("/")
        if not base:
            raise SourceError(
                "`address` is missing: the source `sdmx` is any service", "Give its address."
            )
        flow, key = str(entry.query.get("flow", "")), str(entry.query.get("key", ""))
        if not flow:
            raise SourceError("`query` has no `flow`", "Give the flow, as the service names it.")
        parts = flow.split(",")
        if not self.service.is_version_3:
            return "/".join((base, "data", _quoted(flow), _quoted(key) or "all"))
        if len(parts) == 1:
            parts = [self.service.agency, flow]
        if not parts[0]:
            raise SourceError(
                f"the flow {shown(flow)} names no agency", "Write AGENCY,FLOW, such as IMF.STA,CPI."
            )
        agency, name, version = [*parts, "+"][:3]
        path = map(_quoted, (agency, name, version, key or "*"))
        return "/".join((base, "data", "dataflow", *path))

    def _sent_later(self, entry: Refresh, client: Client, answer: RawAnswer) -> RawAnswer:
        """Return the data of an answer that says that they come later."""
        number, state = _queued(answer)
        base = (entry.address or self.service.base).rstrip("/").partition("/sdmx/")[0]
        wait = 1.0
        while state in ("SUBMITTED", "PROCESSING"):
            client.pause(wait)
            wait = min(2 * wait, 30.0)
            answer = client.get(f"{base}{self.service.later}/status/{number}")
            _, state = _queued(answer)
        if state != "AVAILABLE":
            raise SourceError(
                f"{answer.request} says of the data {shown(state)}",
                "Run it again later; or ask for less: fewer series, a later beginning.",
            )
        return client.get(f"{base}{self.service.later}/data/{number}")


def _queued(answer: RawAnswer) -> tuple[str, str]:
    """Return the number and the state of data that are sent later."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(answer.content, parser)
        texts = {
            etree.QName(element).localname: (element.text or "").strip()
            for element in tree.iter(etree.Element)
        }
    except (etree.XMLSyntaxError, ValueError):
        texts = {}
    number, state = texts.get("id", ""), texts.get("status", "")
    if not number or not state or not number.replace("-", "").isalnum():
        raise SourceError(
            f"{answer.request} is answered by {beginning_of(answer.content)}, and not by CSV",
            "Correct `flow` and `key`; if it is too large, ask for less.",
        )
    return number, state


def _quoted(text: str) -> str:
    if ".." in text.split("/") or text in (".", ".."):
        raise SourceError(f"{shown(text)} is no flow or key", "Correct `query`.")
    return quote(text, safe=",.:@+*~()-_;")


class Ecb(SdmxCsv):
    """The European Central Bank."""

    service = SdmxService(
        "https://data-api.ecb.europa.eu/service",
        SourceDescription(
            "European Central Bank",
            "Free to use if the source is named and figures are not changed.",
            "https://www.ecb.europa.eu/services/using-our-site/disclaimer/html/index.en.html",
        ),
        words={"format": "csvdata"},
    )


class Eurostat(SdmxCsv):
    """Eurostat."""

    service = SdmxService(
        "https://ec.europa.eu/eurostat/api/dissemination/sdmx/2.1",
        SourceDescription(
            "Eurostat",
            "Free to use, also for commerce, if the source is named; some data are excepted.",
            "https://ec.europa.eu/eurostat/help/copyright-notice",
        ),
        words={"format": "SDMX-CSV", "compressed": "false"},
        later="/1.0/async",
    )


class Oecd(SdmxCsv):
    """The OECD, of which 60 downloads an hour may be had."""

    service = SdmxService(
        "https://sdmx.oecd.org/public/rest",
        SourceDescription(
            "OECD",
            "Creative Commons Attribution 4.0, unless a data set says otherwise.",
            "https://www.oecd.org/en/about/terms-conditions.html",
            rates=(Rate(60, 3600.0), Rate(20, 60.0)),
        ),
        accept="application/vnd.sdmx.data+csv; charset=utf-8",
        words={"format": "csvfile", "dimensionAtObservation": "AllDimensions"},
    )


class Imf(SdmxCsv):
    """The International Monetary Fund, by SDMX 3."""

    service = SdmxService(
        "https://api.imf.org/external/sdmx/3.0",
        SourceDescription(
            "International Monetary Fund",
            "Free to use if the source is named; see the terms for what is excepted.",
            "https://www.imf.org/en/about/copyright-and-terms",
            rates=(Rate(10, 5.0),),
        ),
        accept=_CSV_2,
        is_version_3=True,
    )


class Ilo(SdmxCsv):
    """The International Labour Organization."""

    service = SdmxService(
        "https://sdmx.ilo.org/rest",
        SourceDescription(
            "International Labour Organization, ILOSTAT",
            "Creative Commons Attribution 4.0.",
            "https://www.ilo.org/rights-and-permissions",
        ),
        words={"format": "csvfile"},
    )


class Bis(SdmxCsv):
    """The Bank for International Settlements, by SDMX 3."""

    service = SdmxService(
        "https://stats.bis.org/api/v2",
        SourceDescription(
            "Bank for International Settlements",
            "Free to use if the source is named; figures may not be sold alone.",
            "https://www.bis.org/terms_statistics.htm",
        ),
        words={"format": "csv"},
        is_version_3=True,
        agency="BIS",
    )
