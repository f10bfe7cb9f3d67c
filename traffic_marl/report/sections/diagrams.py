"""Diagrams of space and time along the main corridors, strategies side by side."""

from itertools import takewhile

from traffic_marl.report.charts.axes import SIDE, Axis, time_axis
from traffic_marl.report.charts.plot import framed, path, polyline
from traffic_marl.report.corridors import busiest_seconds, courses, main_corridors, reds
from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html, joined, tag
from traffic_marl.report.sections.section import section
from traffic_marl.viewer.recording.recording import Recording
from traffic_marl.viewer.scene.corridor import Corridor


def diagrams(findings: Findings) -> Html | None:
    """A row of diagrams for each corridor. None without a recording or a corridor."""
    recordings = findings.recordings
    if not recordings:
        return None
    seconds = busiest_seconds(recordings[0])
    rows = [_row(recordings, corridor, seconds) for corridor in main_corridors(recordings[0])]
    if not rows:
        return None
    about = (
        "Each line is a vehicle that drives straight on, upwards. A flat line stands. Thick bars are times without "
        f"green at a stop line. Seed {recordings[0].origin.seed}, the same trips under each strategy, when most "
        f"vehicles were on the road under {recordings[0].label}."
    )
    return section("corridors", "Along the main corridors", tag("p", about, class_="note"), joined(rows))


def _row(recordings: tuple[Recording, ...], corridor: Corridor, seconds: tuple[int, int]) -> Html:
    """The diagrams of one corridor."""
    drawn = [
        tag("div", tag("h3", recording.label), _diagram(recording, corridor, seconds), class_="side")
        for recording in recordings
    ]
    title = f"{corridor.label}, {corridor.length:.0f} m"
    return tag("figure", tag("figcaption", title), tag("div", *drawn, class_="sides"))


def _diagram(recording: Recording, corridor: Corridor, seconds: tuple[int, int]) -> Html:
    """The diagram of one strategy. Its time ends with the recording, if that is shorter."""
    first, last = seconds
    across, up = time_axis(last, begin=first), _up(recording, corridor)
    seconds = (first, min(last, recording.last))
    lines = [
        polyline(across.places(course.time).tolist(), (SIDE - up.places(course.distance)).tolist())
        for course in (courses(recording, corridor, seconds) if first < seconds[1] else ())
    ]
    drawn = [path("".join(lines), "course")]
    for stop in corridor.stop_lines:
        y = SIDE - up.at(stop.distance)
        bars = "".join(f"M{across.at(a):.1f} {y:.1f}H{across.at(b):.1f}" for a, b in reds(recording, stop, seconds))
        drawn.append(path(bars, "red"))
    label = f"Space and time along {corridor.label} under {recording.label}"
    return framed(drawn, across, up, label, kind="tall")


def _up(recording: Recording, corridor: Corridor) -> Axis:
    """The axis of distance, with the intersections as ticks. A beginning that their names share stands in its title."""
    names = recording.street_map.intersections
    shared = shared_beginning([names[stop.intersection] for stop in corridor.stop_lines])
    ticks = tuple((stop.distance, names[stop.intersection].removeprefix(shared)) for stop in corridor.stop_lines)
    return Axis(0.0, corridor.length, f"{shared}..." if shared else "intersections", ticks)


def shared_beginning(names: list[str]) -> str:
    """The beginning that all names share, up to a mark between words. Empty for a single name."""
    begin = "".join(letters[0] for letters in takewhile(lambda each: len(set(each)) == 1, zip(*names, strict=False)))
    begin = begin if len(names) > 1 else ""
    return begin[: max((place + 1 for place, letter in enumerate(begin) if not letter.isalnum()), default=0)]
