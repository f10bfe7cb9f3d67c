"""Carrying: files that a scenario or a setting names reach the runners of a cluster with the training.

Other machines do not have them, and the processes of a cluster work in folders of their own, where a relative path
leads nowhere.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ray._private import worker

from traffic_marl.errors import ScenarioError
from traffic_marl.imported import is_reference, split_reference
from traffic_marl.learning.environment import Environment, ScenarioEnvironment
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario, load_scenario

NAMING = ("path", "also", "reader")  # fields of a scenario that name files
OWN = ("reward", "observation")  # settings that may name an object in a file


@dataclass(frozen=True)
class CarriedEnvironment:
    """Makes the environment of a runner from the files that it brings along."""

    scenarios: tuple[dict[str, Any], ...]  # of the training and the further ones, as plain values
    settings: TrainingSettings
    files: Mapping[str, bytes]  # by the path that names them

    def __call__(self, copies: int, runner: int, runners: int, threads: int | None) -> Environment:
        """An environment with this number of copies and seeds that no other runner uses."""
        paths = written(self.files)
        scenario, *further = [Scenario.model_validate(renamed(content, paths)) for content in self.scenarios]
        own: dict[str, Any] = {name: _renamed_text(getattr(self.settings, name), paths) for name in OWN}
        settings = replace(self.settings, **own, also=tuple(_kept(each) for each in further))
        return ScenarioEnvironment(scenario, settings)(copies, runner, runners, threads)


def carried(scenario: Scenario, settings: TrainingSettings) -> CarriedEnvironment | ScenarioEnvironment:
    """What makes the environments of runners on other machines. Nothing is carried where no file is named.

    Args:
        scenario: the traffic to learn on.
        settings: of the training.
    """
    contents = [each.model_dump(mode="json") for each in (scenario, *map(load_scenario, settings.also))]
    texts = [text for content in contents for text in named(content)]
    texts += [getattr(settings, name) for name in OWN if is_reference(getattr(settings, name))]
    files = {str(path): path.read_bytes() for path in map(_file_of, texts) if path.is_file()}
    if not files or not all(map(_can_be_read, contents)):
        return ScenarioEnvironment(scenario, settings)
    return CarriedEnvironment(tuple(contents), settings, files)


def _can_be_read(content: dict[str, Any]) -> bool:
    """Whether plain values give the scenario again, unlike those of one that holds a function."""
    try:
        Scenario.model_validate(content)
    except ScenarioError:
        return False
    return True


def named(content: Any, field: str = "") -> Iterator[str]:
    """The texts in a scenario that name files.

    Args:
        content: plain values.
        field: that holds them.
    """
    if isinstance(content, str) and field in NAMING:
        yield content
    if isinstance(content, list | tuple):
        for each in content:
            yield from named(each, field)
    if isinstance(content, dict):
        for name, value in content.items():
            yield from named(value, name)


def renamed(content: Any, paths: Mapping[str, str], field: str = "") -> Any:
    """The same scenario with other paths of its files.

    Args:
        content: plain values.
        paths: the new paths by the former ones.
        field: that holds them.
    """
    if isinstance(content, str):
        return _renamed_text(content, paths) if field in NAMING else content
    if isinstance(content, list | tuple):
        return [renamed(each, paths, field) for each in content]
    if isinstance(content, dict):
        return {name: renamed(value, paths, name) for name, value in content.items()}
    return content


def written(files: Mapping[str, bytes]) -> dict[str, str]:
    """Writes files into a new folder of this process alone. It ends with the session of ray.

    Returns:
        The new paths by the former ones.
    """
    node = worker._global_node
    folder = Path(tempfile.mkdtemp(prefix="files_", dir=None if node is None else node.get_session_dir_path()))
    paths = {}
    for number, (path, content) in enumerate(files.items()):
        copy = folder / str(number) / Path(path).name  # under its own name, which tells its format
        copy.parent.mkdir()
        copy.write_bytes(content)
        paths[path] = str(copy)
    return paths


def _file_of(text: str) -> Path:
    """The file that a text names, by its path or as `file.py:Name`."""
    return split_reference(text, "reader")[0] if is_reference(text) else Path(text)


def _renamed_text(text: str, paths: Mapping[str, str]) -> str:
    """A path or a reference with the new path of its file."""
    path = str(_file_of(text))
    if path not in paths:
        return text
    return f"{paths[path]}:{split_reference(text, 'reader')[1]}" if is_reference(text) else paths[path]


def _kept(scenario: Scenario) -> str:
    """The path of a new file with a scenario, in the folder of `written`."""
    (path,) = written({"scenario.json": b""}).values()
    scenario.save(Path(path))
    return path
