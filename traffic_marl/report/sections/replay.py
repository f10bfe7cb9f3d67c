"""The replay of two strategies side by side, as a page of its own inside the report."""

from traffic_marl.report.findings import Findings
from traffic_marl.report.markup import Html, tag
from traffic_marl.report.sections.section import section
from traffic_marl.viewer.page.html import page


def replay(findings: Findings) -> Html | None:
    """The player. None without a recording."""
    if not findings.recordings:
        return None
    names = " and ".join(recording.label for recording in findings.recordings)
    origin = findings.recordings[0].origin
    about = f"Seed {origin.seed} of {origin.scenario} under {names}, second by second. Space plays and pauses."
    frame = tag("iframe", srcdoc=page(findings.recordings), title=f"Replay of {names}", loading="lazy")
    missing = tag("p", "The replay runs in a browser, not on paper.", class_="paper")
    return section("replay", "Replay", tag("p", about, class_="note"), frame, missing)
