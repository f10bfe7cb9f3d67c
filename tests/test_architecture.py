"""The layers of the package: imports point down, and each heavy library stays in its corner."""

import ast
import importlib.util
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Container, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "traffic_marl"

LAYERS = (  # from the top; a part imports itself and lower lines only
    ("cli", "make"),
    ("chaos", "explaining", "report"),
    ("comparison", "running", "viewer"),
    ("learning",),
    ("branching", "tuning"),
    ("rollout",),
    ("simulators",),
    ("environments", "strategies"),
    ("events", "scenario"),
    ("actions", "local_measures"),
    ("emissions", "observation", "reward", "measures"),
    ("detection", "messages", "planning"),
    ("exchange", "simulation"),
    ("demand",),
    ("network",),
    ("kernels",),
    ("imported",),
    ("checks", "files", "remarks", "tasks"),
    ("reading",),
    ("arrays", "errors", "program", "units", "version"),
)
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}
CORNERS = {  # where a library may be imported: parts, or rooms of a part
    "matplotlib": ("comparison", "explaining", "learning"),
    "networkx": ("network",),
    "optuna": ("tuning",),
    "numba": ("actions", "kernels", "observation"),
    "pettingzoo": ("environments",),
    "pydantic": ("scenario",),
    "pygame": ("viewer",),
    "ray": ("learning.rllib",),
    "rich": ("cli",),
    "torch": ("learning",),
    "typer": ("cli",),
}
HEAVY = ("matplotlib", "optuna", "pygame", "ray", "torch")
DOORS = ("__init__", "__main__")  # of the package: may use every part, and none of the libraries
MOST_MODULES = 16  # in one folder

FILES = sorted(PACKAGE.rglob("*.py"))


def place_of(path: Path) -> str:
    """The dotted folder a file of the package lies in, such as `learning.rllib`; a file at the top is its own."""
    parts = path.relative_to(PACKAGE).parts
    return ".".join(parts[:-1]) or parts[0].removesuffix(".py")


def part_of(path: Path) -> str:
    """The part a file of the package belongs to."""
    return place_of(path).partition(".")[0]


def package_of(path: Path) -> str:
    """The package that relative imports in a file start from."""
    return ".".join(path.relative_to(PACKAGE.parent).parent.parts)


def imports(source: str, package: str) -> Iterator[str]:
    """Full names of everything a source imports, at any depth of it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            module = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def violations(place: str, source: str, package: str = "traffic_marl") -> list[str]:
    """What a source at `place` imports although it must not."""
    return [name for name in imports(source, package) if not is_allowed(place, name.split("."))]


def is_allowed(place: str, name: list[str]) -> bool:
    """Whether a file at `place` may import the module or object of this name."""
    part = place.partition(".")[0]
    if name[0] != "traffic_marl":
        return any(is_inside(place, corner) for corner in CORNERS.get(name[0], (part,)))
    if part in DOORS:
        return len(name) > 1 and name[1] in LEVEL
    return len(name) > 1 and (name[1] == part or LEVEL.get(name[1], -1) > LEVEL[part])


def is_inside(place: str, corner: str) -> bool:
    """Whether a dotted place is a corner or a room of it."""
    return f"{place}.".startswith(f"{corner}.")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_file_imports_lower_parts_and_its_own_libraries_only(path):
    part = part_of(path)
    assert part in LEVEL or part in DOORS, f"{part} has no place in the layers"
    assert violations(place_of(path), path.read_text(encoding="utf-8"), package_of(path)) == []


def test_the_files_are_found():
    assert {"arrays", "errors", "kernels", "network", "demand", "simulation"} <= {part_of(path) for path in FILES}


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("kernels", "from traffic_marl.simulation import Simulation"),
        ("kernels", "from traffic_marl import simulation"),
        ("demand", "def late():\n    import traffic_marl.scenario"),
        ("viewer", "import traffic_marl.comparison.table"),
        ("environments", "from traffic_marl.strategies.strategy import Strategy"),
        ("environments", "from traffic_marl import parallel_env"),
        ("rollout", "from traffic_marl import aec_env"),
        ("measures", "from traffic_marl import compare"),
        ("measures", "import traffic_marl"),
        ("simulation", "import numba"),
        ("demand", "from networkx import shortest_path"),
        ("rollout", "import torch.nn as nn"),
        ("cli", "from matplotlib import pyplot"),
        ("learning", "import ray"),
        ("learning.runs", "from ray.rllib.core import Columns"),
        ("learning.rllib_free", "import ray"),
        ("__init__", "import ray"),
    ],
)
def test_an_import_upwards_sideways_or_from_another_corner_is_caught(place, source):
    assert len(violations(place, source)) == 1


def test_a_corner_may_be_one_room_of_a_part():
    assert violations("learning.rllib", "import ray") == []
    assert violations("learning.networks", "import torch") == []


def test_relative_imports_are_seen_through():
    assert violations("kernels", "from ..simulation import Simulation", "traffic_marl.kernels") != []
    assert violations("kernels", "from .tables import Roads", "traffic_marl.kernels") == []


def test_no_folder_holds_more_modules_than_one_can_survey():
    counts = Counter(path.parent.relative_to(PACKAGE).as_posix() for path in FILES if path.name != "__init__.py")
    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


# Circles of imports


def arrows(sources: dict[str, str], folders: frozenset[str]) -> dict[str, set[str]]:
    """The modules that each module imports, at any depth of it.

    Args:
        sources: by dotted name of the module.
        folders: names among these that are packages: relative imports start in them.
    """
    found = {}
    for module, source in sources.items():
        package = module if module in folders else module.rpartition(".")[0]
        found[module] = {home_of(name, sources) for name in imports(source, package)} - {module, ""}
    return found


def home_of(name: str, modules: Container[str]) -> str:
    """The module that holds a name, such as `a.b` for `a.b.Thing`; empty for names of other packages."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other, directly or through others."""
    reached = {module: reachable(graph, module) for module in graph}
    groups = {frozenset(other for other in reached[each] if each in reached[other]) for each in graph}
    return sorted(sorted(group) for group in groups if group)


def reachable(graph: dict[str, set[str]], module: str) -> set[str]:
    """The modules met when imports are followed from a module on; itself only where the way leads back."""
    found: set[str] = set()
    ahead = [module]
    while ahead:
        new = graph[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def test_no_modules_import_each_other_in_a_circle():
    sources = {module_name(path): path.read_text(encoding="utf-8") for path in FILES}
    folders = frozenset(module_name(path) for path in FILES if path.name == "__init__.py")
    assert circles(arrows(sources, folders)) == []


@pytest.mark.parametrize(
    "sources",
    [
        {"a.one": "from a.two import Two", "a.two": "def late():\n    from a.one import One"},
        {"a.one": "from a import two", "a.two": "import a.three", "a.three": "from .one import One"},
        {"a": "from a.one import One", "a.one": "from a import One"},
        {"a.one": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a.two", "a.two": "import a.one"},
    ],
    ids=["inside a function", "through a third", "through the door", "for type checkers alone"],
)
def test_a_circle_is_caught(sources):
    assert circles(arrows(sources, frozenset({"a"}))) == [sorted(sources)]


def test_modules_that_share_what_they_import_are_no_circle():
    sources = {"a.one": "import a.two\nimport a.three", "a.two": "from a.three import Three", "a.three": ""}
    assert circles(arrows(sources, frozenset())) == []


def python(code: str) -> str:
    """What a fresh interpreter prints when it runs `code`."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, check=False, text=True, cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_package_takes_no_heavy_library():
    loaded = python(f"import sys, traffic_marl; print([name for name in {HEAVY} if name in sys.modules])")
    assert loaded == "[]"


def test_all_but_learning_and_viewer_import_where_the_heavy_libraries_are_missing():
    names = [module_name(path) for path in FILES if part_of(path) not in ("learning", "viewer", "__main__")]
    missing = "; ".join(f"sys.modules[{name!r}] = None" for name in HEAVY)  # makes their import fail
    code = f"import importlib, sys; {missing}\nfor name in {names}: importlib.import_module(name)\nprint('imported')"
    assert python(code) == "imported"


def module_name(path: Path) -> str:
    """Dotted name under which a file is imported."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_an_installed_package_has_every_folder():
    listed = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {".".join(path.relative_to(PACKAGE.parent).parts[:-1]) for path in PACKAGE.rglob("__init__.py")}

    assert folders <= set(listed)
