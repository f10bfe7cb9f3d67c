"""A study of chaos as tables of text, as CSV and as JSON."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from traffic_marl.chaos.folder import course_file
from traffic_marl.chaos.outcomes import Outcome, Study, Survival
from traffic_marl.chaos.plan import When
from traffic_marl.comparison.explanation import PERCENT
from traffic_marl.comparison.statistics import Estimate
from traffic_marl.comparison.table import NOTHING, CellKind, Column, TextTable, with_interval
from traffic_marl.version import __version__

HEADS = (
    "fault",
    "met_in",
    "seed",
    "delay",
    "undisturbed_delay",
    "resumptions",
    "lost_agent_steps",
    "seconds",
    "failure",
)


def render_study(study: Study) -> tuple[TextTable, ...]:
    """The table of delays and, if processes were struck, that of recoveries."""
    struck = {outcome.line.trained.folder: outcome for outcome in study.outcomes if _was_struck(outcome)}
    delays = _delays(study)
    return (delays, _recoveries(study, tuple(struck.values()))) if struck else (delays,)


def _delays(study: Study) -> TextTable:
    columns = (
        Column("fault", CellKind.NAME),
        Column("met in", CellKind.TEXT),
        Column("delay\n[s/veh]"),
        Column("change\n[s/veh]"),
        Column("result", CellKind.TEXT),
        Column(f"{study.beside}\n[s/veh]"),
    )
    rows = tuple(_delay_cells(study, outcome) for outcome in study.outcomes)
    return TextTable(_title(study), columns, rows, tuple(_notes(study)))


def _delay_cells(study: Study, outcome: Outcome) -> tuple[str, ...]:
    first = outcome is study.undisturbed
    return (
        outcome.line.name,
        _place(outcome),
        _estimate(outcome.delay),
        NOTHING if first else _estimate(study.change(outcome)),
        NOTHING if first else str(study.survival(outcome)),
        NOTHING if outcome.beside != outcome.beside else f"{outcome.beside:.1f}",
    )


def _title(study: Study) -> str:
    trained = f"{len(study.seeds)} training seed{'' if len(study.seeds) == 1 else 's'}"
    used = f"{len(study.validation_seeds)} validation seed{'' if len(study.validation_seeds) == 1 else 's'}"
    return f"{study.scenario.name}: the last policies of {trained} on {used}"


def _notes(study: Study) -> Iterator[str]:
    yield (
        f"+-: {PERCENT} intervals over the training seeds. change: paired difference from the undisturbed training. "
        f"result: whether the mean lies {Survival.WITHIN} the interval of the undisturbed training."
    )
    if len(study.seeds) == 1:
        yield "One training seed has no interval. Give more to know what a fault changes."
    for outcome in study.outcomes:
        for seed, course in zip(study.seeds, outcome.courses, strict=True):
            if course.failure is not None:
                file = course_file(Path(), outcome.line.trained, seed).as_posix()
                again = f"To try it again, remove {file} from the folder of the study."
                yield f"{outcome.line.name}, seed {seed}: the training did not go on ({course.failure}). {again}"
            if course.missed:
                yield f"{outcome.line.name}, seed {seed}: nothing was hit by {', '.join(course.missed)}."


def _recoveries(study: Study, outcomes: tuple[Outcome, ...]) -> TextTable:
    columns = (
        Column("fault", CellKind.NAME),
        Column("roadside", CellKind.TEXT),
        Column("hits"),
        Column("resumed"),
        Column("lost\nagent-steps"),
        Column("recovery\n[s]"),
        Column("longest\n[s]"),
        Column("training\n[s]"),
    )
    rows = tuple(_recovery_cells(outcome) for outcome in (study.undisturbed, *outcomes))
    notes = (
        "resumed: times that a training ended and went on from its last checkpoint. lost: sampled before a hit, and "
        "sampled again after it. recovery: mean time from a hit until an iteration was finished again.",
    )
    return TextTable(f"{study.scenario.name}: trainings whose processes were hit", columns, rows, notes)


def _recovery_cells(outcome: Outcome) -> tuple[str, ...]:
    hits = [hit for course in outcome.courses for hit in course.hits]
    times = [hit.recovery_s for hit in hits if hit.recovery_s is not None]
    seconds = [course.seconds for course in outcome.courses]
    return (
        outcome.line.name,
        "fails" if outcome.line.when in (When.TRAINING, When.BOTH) else "works",
        str(len(hits)),
        str(sum(hit.resumed for hit in hits)),
        f"{sum(hit.lost_agent_steps for hit in hits):,}",
        f"{sum(times) / len(times):.1f}" if times else NOTHING,
        f"{max(times):.1f}" if times else NOTHING,
        f"{sum(seconds) / len(seconds):.0f}",
    )


def study_to_csv(study: Study) -> str:
    """One line for each line of the table and training seed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADS)
    for outcome in study.outcomes:
        for place, (seed, course) in enumerate(zip(study.seeds, outcome.courses, strict=True)):
            delays = (_plain(float(each.delays[place])) for each in (outcome, study.undisturbed))
            told = course.resumptions, course.lost_agent_steps, round(course.seconds, 1), course.failure
            writer.writerow((outcome.line.name, _place(outcome), seed, *delays, *told))
    return text.getvalue()


def study_to_json(study: Study) -> str:
    """The study as one JSON object, with a line end."""
    content = {
        "version": __version__,
        "scenario": study.scenario.name,
        "scenario_hash": study.scenario.hash(),
        "seeds": study.seeds,
        "validation_seeds": study.validation_seeds,
        "beside": study.beside,
        "lines": [_as_json(study, outcome) for outcome in study.outcomes],
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _as_json(study: Study, outcome: Outcome) -> dict[str, Any]:
    courses = [asdict(course) for course in outcome.courses]
    for course in courses:
        del course["delays"]
    return {
        "fault": outcome.line.name,
        "met_in": outcome.line.when,
        "used_in": outcome.line.used_in.hash(),
        "delays": [_plain(delay) for delay in outcome.delays.tolist()],
        "delay": _interval(outcome.delay),
        "change": _interval(study.change(outcome)),
        "result": study.survival(outcome),
        "beside_delay": _plain(outcome.beside),
        "courses": courses,
    }


def _interval(found: Estimate) -> dict[str, float | None]:
    return {"mean": _plain(found.mean), "half_width": found.half_width}


def _plain(value: float) -> float | None:
    """The value, None where there is none."""
    return None if value != value else value


def _estimate(found: Estimate) -> str:
    return NOTHING if found.mean != found.mean else with_interval(found, ".1f")


def _place(outcome: Outcome) -> str:
    """Where the fault is met."""
    if outcome.line.when is not None:
        return str(outcome.line.when)
    return "training" if outcome.line.trained.schedule is not None else NOTHING


def _was_struck(outcome: Outcome) -> bool:
    return outcome.line.trained.schedule is not None
