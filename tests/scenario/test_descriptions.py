"""Every field of a scenario is described, and every quantity names its unit."""

import pytest

from traffic_marl.scenario import Scenario
from traffic_marl.scenario.validation import models_in


def models():
    """The scenario and all models that its fields hold."""
    found = [Scenario]
    for model in found:
        for field in model.model_fields.values():
            found += [inner for inner in models_in(field.annotation) if inner not in found]
    return found


FIELDS = [(model, name) for model in models() for name in model.model_fields]
WITHOUT_UNIT = {"factor", "share", "left", "through", "right"}


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_every_field_has_a_sentence(model, name):
    description = model.model_fields[name].description
    assert description
    assert description.rstrip().endswith(".")


def test_all_parts_are_found():
    assert {model.__name__ for model in models()} >= {"GridNetwork", "CustomDemand", "Vehicle", "Signals", "Scenario"}


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_numbers_that_are_no_counts_name_their_unit(model, name):
    if model.model_fields[name].annotation in (float, float | None):
        assert name in WITHOUT_UNIT or name.rpartition("_")[2] in {"s", "m", "kmh", "vph", "mps2", "share", "factor"}
