"""Writes the generated pages into the folder of the documents."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from docs.generate import class_fields, command_line, learned, measures, scenario_fields, strategy_pages, today
from traffic_marl.strategies.catalogue import STRATEGIES

DOCS = Path(__file__).parents[1]
PAGES: dict[str, Callable[[], str]] = {  # the makers of the generated pages, by path below `docs/`
    "reference/command-line.md": command_line.page,
    "reference/scenario-fields.md": scenario_fields.page,
    "generated/measures.md": measures.sections,
    "generated/strategies.md": strategy_pages.overview,
    "generated/rewards.md": learned.rewards,
    "generated/observations.md": learned.observations,
    "generated/features.md": learned.features,
    "generated/algorithms.md": learned.algorithms,
    "generated/today.md": today.comparisons,
    "generated/settings.md": class_fields.training_settings,
    "generated/federation.md": class_fields.federation,
    **{f"generated/fields/{name}.md": partial(class_fields.fields_of, name) for name in class_fields.CLASSES},
    **{f"strategies/{name}.md": partial(strategy_pages.page, name) for name in STRATEGIES},
}


def write_all() -> None:
    """Writes every generated page. A page that has not changed is left alone, so that Sphinx does not read it again."""
    for path, make in PAGES.items():
        write(DOCS / path, make())


def write(path: Path, text: str) -> None:
    """Writes a text into a file unless it holds that text already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
