"""Maps of the network with the mean queue of each road."""

from traffic_marl.report.charts.street_plan import scale_of, street_plan
from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html, tag
from traffic_marl.report.places import means_of
from traffic_marl.report.sections.section import section
from traffic_marl.viewer.scene.street_map import StreetMap, street_map

LIMITS = (0.5, 1.0, 2.0, 4.0, 8.0)  # [veh] mean queues from which a road has the next shade
UNIT = "veh"


def queues(findings: Findings) -> Html | None:
    """A map for each strategy that is shown. None without measures by place."""
    shown = [label for label in findings.shown if label in findings.local]
    if not shown:
        return None
    streets = street_map(findings.comparison.scenario.build_network())
    maps = [_map(streets, label, _mean_queues(findings, label)) for label in shown]
    about = "Standing vehicles on each road to a signal, mean over the time of the demand and all draws of the traffic."
    return section(
        "queues",
        "Where queues stand",
        tag("p", about, class_="note"),
        scale_of(LIMITS, UNIT),
        tag("div", *maps, class_="sides"),
    )


def _map(streets: StreetMap, label: str, values: dict[str, float]) -> Html:
    plan = street_plan(streets, values, LIMITS, f"Mean queue of each road under {label}", UNIT)
    return tag("figure", tag("figcaption", label), plan, class_="side")


def _mean_queues(findings: Findings, label: str) -> dict[str, float]:
    """[veh] Mean queue of each approach by the name of its road."""
    means = means_of(findings.local[label].approaches)
    queue = means.numbers["mean_queue"].tolist()
    return {place.road: value for place, value in zip(means.places, queue, strict=True)}
