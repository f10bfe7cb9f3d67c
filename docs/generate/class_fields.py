"""Tables of the fields of public data classes."""

from dataclasses import MISSING, Field, fields
from importlib import import_module
from typing import Any

from docs.generate.comments import declared_fields
from docs.generate.markdown import inline, table
from traffic_marl.learning.federated.federation import Federation
from traffic_marl.learning.settings import TrainingSettings

CLASSES = {  # by name, where each is found
    "Readings": "traffic_marl.simulation",
    "Records": "traffic_marl.simulation",
    "Faults": "traffic_marl.simulation",
    "Disturbances": "traffic_marl.simulation",
    "Closure": "traffic_marl.simulation",
    "Fallback": "traffic_marl.simulation",
    "Visits": "traffic_marl.simulation",
    "LocalMeasures": "traffic_marl.local_measures",
    "PlaceMeasures": "traffic_marl.local_measures",
    "Place": "traffic_marl.local_measures",
    "Balance": "traffic_marl.local_measures",
    "Consumption": "traffic_marl.emissions",
    "Measures": "traffic_marl.measures",
    "Rollout": "traffic_marl.rollout",
    "RunRecord": "traffic_marl.rollout",
    "Comparison": "traffic_marl.comparison.comparison",
    "Row": "traffic_marl.comparison.comparison",
    "Degradation": "traffic_marl.comparison.robustness.degradation",
    "Series": "traffic_marl.comparison.robustness.degradation",
    "Turn": "traffic_marl.comparison.robustness.turns",
    "Recorded": "traffic_marl.report",
    "Decisions": "traffic_marl.explaining.decisions",
    "Handover": "traffic_marl.explaining",
    "Worth": "traffic_marl.explaining",
    "Conditions": "traffic_marl.strategies",
    "NamedStrategy": "traffic_marl.strategies",
    "Network": "traffic_marl.network.network",
    "Placement": "traffic_marl",
    "Report": "traffic_marl",
    "Validation": "traffic_marl",
}


def fields_of(name: str) -> str:
    """A table of the fields of a class, as its source declares them."""
    owner = getattr(import_module(CLASSES[name]), name)
    rows = [(inline(each.name), inline(each.annotation), _escaped(each.comment)) for each in declared_fields(owner)]
    return table(("field", "type", "unit, shape, meaning"), rows)


def training_settings() -> str:
    """A table of the settings of a training run with their defaults and help texts."""
    return _described_fields(TrainingSettings)


def federation() -> str:
    """A table of the fields of a federation with their defaults and help texts."""
    return _described_fields(Federation)


def _described_fields(owner: Any) -> str:
    """A table of fields that carry their help text."""
    rows = [
        (inline(field.name), inline(_default(field)), field.metadata["description"].help) for field in fields(owner)
    ]
    return table(("setting", "default", "meaning"), rows)


def _default(field: Field[Any]) -> str:
    return str(field.default) if field.default is not MISSING else "required"


def _escaped(text: str) -> str:
    return text.replace("*", "\\*").replace("_", "\\_") if "`" not in text else text
