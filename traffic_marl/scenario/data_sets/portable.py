"""Scenarios written into one folder with copies of their files, so that it can be moved or handed on."""

import json
from pathlib import Path

from traffic_marl.files import replace_text
from traffic_marl.scenario.data_sets.beside import copy_files
from traffic_marl.scenario.scenario import INTERVAL, Scenario

SCENARIO = "scenario.json"


def save_portable(scenario: Scenario, folder: Path) -> None:
    """Writes a scenario into an existing folder, with copies of its files beside it.

    Raises:
        FileError: a file cannot be written.
    """
    left_out = {INTERVAL} - scenario.model_fields_set
    content = copy_files(json.loads(scenario.model_dump_json(exclude=left_out)), folder)
    replace_text(folder / SCENARIO, None, json.dumps(content, indent=2) + "\n")
