"""The door of the package: names, where they come from, and what type checkers see."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import traffic_marl

DOOR = ast.parse(Path(traffic_marl.__file__).read_text(encoding="utf-8"))
CONSTRUCTORS = ("vector_env", "parallel_env", "aec_env", "env", "gymnasium_env")


def seen_by_type_checkers():
    """Names that the door imports, with their modules."""
    for node in ast.walk(DOOR):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("traffic_marl"):
            yield from ((alias.name, node.module) for alias in node.names)


def test_type_checkers_see_the_names_that_are_offered():
    assert sorted(name for name, _ in seen_by_type_checkers()) == sorted(traffic_marl.__all__)
    assert dir(traffic_marl) == sorted(traffic_marl.__all__)


@pytest.mark.parametrize(("name", "module"), [*seen_by_type_checkers()])
def test_each_name_comes_from_where_type_checkers_look_for_it(name, module):
    assert name == "__version__" or getattr(traffic_marl, name) is getattr(import_module(module), name)


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_environments_are_made_by_plain_functions(name):
    make = getattr(traffic_marl, name)
    assert inspect.isfunction(make)
    assert next(iter(inspect.signature(make).parameters)) == "scenario"


@pytest.mark.parametrize("name", [each for each in traffic_marl.__all__ if each != "__version__"])
def test_each_public_name_is_documented(name):
    assert name.isupper() or inspect.getdoc(getattr(traffic_marl, name))
