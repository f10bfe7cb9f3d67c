"""The page of a report, which needs no other file and no network."""

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from traffic_marl.files import replace_text
from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html, escaped, joined, tag
from traffic_marl.report.sections.diagrams import diagrams
from traffic_marl.report.sections.fairness import fairness
from traffic_marl.report.sections.learning import learning
from traffic_marl.report.sections.over_time import over_time
from traffic_marl.report.sections.queues import queues
from traffic_marl.report.sections.replay import replay
from traffic_marl.report.sections.results import intervals, results
from traffic_marl.report.sections.rules import origin, rules
from traffic_marl.report.sections.service import service

MINUTE = 60.0  # [s]

Section = Callable[[Findings], Html | None]

SECTIONS: tuple[Section, ...] = (
    results,
    intervals,
    over_time,
    fairness,
    service,
    queues,
    diagrams,
    replay,
    learning,
    rules,
    origin,
)  # in the order of the page


def write_report(findings: Findings, path: Path, flag: str | None = None) -> None:
    """Writes the page. An existing file is replaced.

    Args:
        findings: to report.
        path: file of the page.
        flag: name of the option that gave the path, for messages. None names the path itself.

    Raises:
        FileError: the file cannot be written.
    """
    replace_text(path, flag, page(findings))


def page(findings: Findings) -> str:
    """The page as HTML."""
    sections = [drawn for make in SECTIONS if (drawn := make(findings)) is not None]
    parts = {
        "TITLE": escaped(f"{findings.comparison.scenario.name}: strategies compared"),
        "STYLE": _asset("report.css"),
        "SCRIPT": _asset("report.js"),
        "LINKS": _links(sections),
        "SECTIONS": "\n".join(sections),
        "HEADING": escaped(findings.comparison.scenario.name),
        "ABOUT": escaped(_about(findings)),
    }
    return re.sub("@@([A-Z]+)@@", lambda place: parts[place[1]], _asset("report.html"))


def _about(findings: Findings) -> str:
    """The size of network and demand."""
    comparison, network = findings.comparison, findings.comparison.scenario.build_network()
    demanded = comparison.rows[0].measures.demanded
    several = f", mean of {len(demanded)} draws" if len(demanded) > 1 else ""
    count = len(network.intersections)
    return (
        f"{count} intersection{'' if count == 1 else 's'} with signals, {len(network.roads)} roads. "
        f"{demanded.mean():,.0f} vehicles due in {comparison.horizon / MINUTE:.4g} min{several}."
    )


def _links(sections: list[Html]) -> Html:
    """Links to the sections by their headings."""
    found = [re.match(r'<section id="(\w+)"><h2>(.*?)</h2>', drawn) for drawn in sections]
    return joined(tag("a", Html(each[2]), href=f"#{each[1]}") for each in found if each is not None)


@cache
def _asset(name: str) -> str:
    """A file of the page."""
    return files("traffic_marl.report").joinpath(name).read_text(encoding="utf-8")
