"""The layers of the package: imports point down, and each heavy library stays in its corner."""

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "traffic_marl"

LAYERS = (  # from the top; a part imports itself and lower lines only
    ("cli",),
    ("comparison", "viewer"),
    ("learning",),
    ("rollout",),
    ("environments", "strategies"),
    ("scenario",),
    ("observation", "reward", "measures"),
    ("simulation",),
    ("demand",),
    ("network",),
    ("kernels",),
    ("files",),
    ("arrays", "errors", "program", "version"),
)
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}
CORNERS = {
    "matplotlib": ("comparison", "learning"),
    "networkx": ("network",),
    "numba": ("kernels", "observation"),
    "pettingzoo": ("environments",),
    "pydantic": ("scenario",),
    "pygame": ("viewer",),
    "ray": ("learning",),
    "rich": ("cli",),
    "torch": ("learning",),
    "typer": ("cli",),
}
HEAVY = ("matplotlib", "pygame", "ray", "torch")
DOORS = ("__init__", "__main__")  # of the package: may use every part, and none of the libraries

FILES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """The part a file of the package belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


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


def violations(part: str, source: str, package: str = "traffic_marl") -> list[str]:
    """What a source of `part` imports although it must not."""
    return [name for name in imports(source, package) if not is_allowed(part, name.split("."))]


def is_allowed(part: str, name: list[str]) -> bool:
    """Whether `part` may import the module or object of this name."""
    if name[0] != "traffic_marl":
        return part in CORNERS.get(name[0], (part,))
    if part in DOORS:
        return len(name) > 1 and name[1] in LEVEL
    return len(name) > 1 and (name[1] == part or LEVEL.get(name[1], -1) > LEVEL[part])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_file_imports_lower_parts_and_its_own_libraries_only(path):
    part = part_of(path)
    assert part in LEVEL or part in DOORS, f"{part} has no place in the layers"
    assert violations(part, path.read_text(encoding="utf-8"), package_of(path)) == []


def test_the_files_are_found():
    assert {"arrays", "errors", "kernels", "network", "demand", "simulation"} <= {part_of(path) for path in FILES}


@pytest.mark.parametrize(
    ("part", "source"),
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
        ("__init__", "import ray"),
    ],
)
def test_an_import_upwards_sideways_or_from_another_corner_is_caught(part, source):
    assert len(violations(part, source)) == 1


def test_relative_imports_are_seen_through():
    assert violations("kernels", "from ..simulation import Simulation", "traffic_marl.kernels") != []
    assert violations("kernels", "from .tables import Roads", "traffic_marl.kernels") == []


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
