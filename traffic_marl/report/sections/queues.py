"""Maps of the network with the mean queue of each road."""

from collections.abc import Mapping

import numpy as np

from traffic_marl.report.charts.street_plan import scale_of, street_plan
from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html, tag
from traffic_marl.report.sections.section import section
from traffic_marl.viewer.recording.recording import Recording

LIMITS = (0.5, 1.0, 2.0, 4.0, 8.0)  # [veh] mean queues from which a road has the next shade
UNIT = "veh"


def queues(findings: Findings) -> Html | None:
    """A map for each strategy that was recorded. None without a recording."""
    recordings = findings.recordings
    if not recordings:
        return None
    maps = [_map(recording, _mean_queues(recording, findings.comparison.horizon)) for recording in recordings]
    about = f"Standing vehicles of each road, mean over the time of the demand, seed {recordings[0].origin.seed}."
    return section(
        "queues",
        "Where queues stand",
        tag("p", about, class_="note"),
        scale_of(LIMITS, UNIT),
        tag("div", *maps, class_="sides"),
    )


def _map(recording: Recording, values: Mapping[str, float]) -> Html:
    label = f"Mean queue of each road under {recording.label}"
    plan = street_plan(recording.street_map, values, LIMITS, label, UNIT)
    return tag("figure", tag("figcaption", recording.label), plan, class_="side")


def _mean_queues(recording: Recording, horizon: int) -> dict[str, float]:
    """[veh] Mean queue of each road by its name."""
    streets = recording.street_map
    lanes = recording.states.queue[:horizon].mean(axis=0)
    roads = np.bincount(streets.lane_road, weights=lanes, minlength=len(streets.roads))
    return dict(zip(streets.roads, roads.tolist(), strict=True))
