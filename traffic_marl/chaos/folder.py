"""The folder of a study: its trainings, their courses, and what the study is, so that it can go on."""

import json
from dataclasses import replace
from pathlib import Path

from traffic_marl.chaos.course import Course
from traffic_marl.chaos.plan import Trained
from traffic_marl.errors import FileError, one_line
from traffic_marl.files import replace_text
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import STATE
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.train import begin
from traffic_marl.reading import read_text
from traffic_marl.scenario import Scenario

STUDY = "chaos.json"  # says what the study is
REMEDY = "give another folder, or the same scenario and settings"


def open_study(path: Path, scenario: Scenario, settings: RunSettings) -> None:
    """Makes the folder of a study, or opens that of the same one.

    Args:
        path: of the folder.
        scenario: without faults.
        settings: of its trainings, with the first seed.

    Raises:
        FileError: it cannot be made, or holds something else.
    """
    text = json.dumps({"scenario": scenario.hash(), "settings": settings.to_json()}, indent=1) + "\n"
    file = path / STUDY
    if file.exists():
        if _content(file) != json.loads(text):
            raise FileError(one_line(path), "holds another study", REMEDY)
        return
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FileError(one_line(path), "exists already and holds no study", "give a new folder")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(one_line(path), f"cannot be made: {error.strerror or error}", "give another one") from error
    replace_text(file, "out", text)


def run_folder(study: Path, trained: Trained, settings: RunSettings, seed: int) -> RunFolder:
    """The folder of a training, begun if it is not there.

    Args:
        study: folder of the study.
        trained: the training.
        settings: of all trainings but for the seed.
        seed: of the training.

    Raises:
        TrafficError: the training cannot be begun, or the folder holds another one.
    """
    path = study / trained.folder / f"seed_{seed}"
    wanted = replace(settings, training=replace(settings.training, seed=seed))
    if not (path / STATE).is_file():
        path.parent.mkdir(exist_ok=True)
        return begin(trained.scenario, wanted, path, trust=True)
    folder = RunFolder.open_run(path)
    if folder.state.scenario != trained.scenario.hash():
        raise FileError(one_line(path), "holds a training under other faults", REMEDY)
    return folder


def course_file(study: Path, trained: Trained, seed: int) -> Path:
    """The file of the course of a training."""
    return study / trained.folder / f"seed_{seed}.json"


def course_of(study: Path, trained: Trained, seed: int) -> Course:
    """The course of a training so far.

    Raises:
        FileError: its file is damaged.
    """
    return Course.read(course_file(study, trained, seed))


def is_finished(folder: RunFolder, course: Course) -> bool:
    """Whether nothing of a training is left to do, and its course is kept. One that has failed is not tried again."""
    return course.failure is not None or (course.seconds > 0.0 and folder.settings.budget.is_spent(folder.state))


def _content(file: Path) -> object:
    try:
        return json.loads(read_text(file, REMEDY))
    except (ValueError, RecursionError) as error:
        raise FileError(one_line(file), "is damaged", REMEDY) from error
