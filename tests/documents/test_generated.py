"""The makers of generated pages: what they read from the program, and what they refuse."""

import re
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from docs.generate import command_line, scenario_fields, strategy_pages
from docs.generate.comments import declared_fields
from docs.generate.markdown import table
from docs.generate.pages import DOCS, PAGES, write
from docs.generate.sensing import sensed
from traffic_marl.cli.app import app
from traffic_marl.scenario import GridNetwork


@dataclass
class Sample:
    """Fields with and without comments."""

    length: float  # [m] (K,)
    count: int = 3
    names: (
        tuple[str, ...]  # in order
    ) = ()


def test_fields_come_with_their_annotation_default_and_comment():
    found = [(field.name, field.annotation, field.default, field.comment) for field in declared_fields(Sample)]
    assert found == [
        ("length", "float", "", "[m] (K,)"),
        ("count", "int", "3", ""),
        ("names", "tuple[str, ...]", "()", "in order"),
    ]


def test_every_page_that_is_put_into_another_is_made_or_there():
    named = [
        (page.parent / name).resolve()
        for page in DOCS.rglob("*.md")
        for name in re.findall(r"^```\{include\} (\S+)$", page.read_text(), flags=re.MULTILINE)
    ]
    made = {(DOCS / path).resolve() for path in PAGES}
    assert len(named) > 20
    assert [path for path in named if path not in made and not path.is_file()] == []


def test_bars_in_cells_do_not_end_them():
    assert table(("a",), [("x | y",)]).splitlines()[-1] == "| x \\| y |"


def test_every_command_has_a_section_with_its_options():
    page = command_line.page()
    names = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert {f"## {name}" for name in names} <= set(page.splitlines())
    assert "| `--seeds N` |" in page
    assert "[default" not in page


def test_flags_on_the_page_of_the_command_line_are_code():
    prose = re.sub(r"```.*?```|`[^`]*`|[|] --- [|\n -]*", "", command_line.page(), flags=re.DOTALL)
    assert "--" not in prose


def test_fields_of_a_scenario_say_range_default_and_meaning():
    (row,) = [line for line in scenario_fields.page().splitlines() if line.startswith("| `block_m`")][:1]
    assert "number, 1 to 100000" in row
    assert f"`{GridNetwork.model_fields['block_m'].default}`" in row
    assert GridNetwork.model_fields["block_m"].description in row


@pytest.mark.parametrize(
    ("name", "looks_at", "ignores"),
    [
        ("webster", "expected flow", "queue"),
        ("max_pressure", "queue", "expected flow"),
        ("actuated", "moving", "expected flow"),
    ],
)
def test_a_page_tells_what_a_strategy_looks_at(name, looks_at, ignores):
    assert looks_at in sensed(name)
    assert ignores not in sensed(name)
    assert strategy_pages.FROM[looks_at] in strategy_pages.page(name)


def test_a_strategy_that_looks_at_nothing_has_no_list():
    assert sensed("random") == frozenset()
    assert "Readings that it uses" not in strategy_pages.page("random")


def test_a_page_that_has_not_changed_is_left_alone(tmp_path):
    path = tmp_path / "folder" / "page.md"
    write(path, "text")
    before = path.stat().st_mtime_ns
    write(path, "text")
    assert path.stat().st_mtime_ns == before
    write(path, "other")
    assert path.read_text() == "other"


@pytest.mark.parametrize(
    ("name", "content", "refused"),
    [
        ("page.html", '<script src="https://elsewhere.org/a.js"></script>', True),
        ("page.html", '<link rel="stylesheet" href="//elsewhere.org/a.css">', True),
        ("page.html", '<a href="https://elsewhere.org">a link</a><script src="a.js"></script>', False),
        ("style.css", "@import url(https://elsewhere.org/font.css);", True),
        ("style.css", "body { background: url(picture.png); }", False),
    ],
)
def test_built_pages_load_nothing_from_elsewhere(tmp_path, name, content, refused):
    errors = pytest.importorskip("sphinx.errors")
    from docs.generate import offline

    (tmp_path / name).write_text(content)
    built = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=str(tmp_path))
    if refused:
        with pytest.raises(errors.ExtensionError, match=f"{name} loads from elsewhere"):
            offline.check(built, None)
    else:
        offline.check(built, None)
