"""What may stand for an observation: names, groups, and encoders of a user's own."""

import numpy as np
import pytest

from tests.helpers.observed_traffic import INTERVAL, NETWORKS, TIMING, played
from traffic_marl.errors import UsageError
from traffic_marl.observation import (
    FeatureEncoder,
    ObservationLayout,
    allowed_phases,
    check_observation,
    make_encoder,
    name_of,
)

NETWORK = NETWORKS["grid"]
PHASES = 4


class MaskOnly:
    """The shortest observation that there can be."""

    def __init__(self, network, timing, interval):
        self.layout = ObservationLayout(PHASES, 0, (), phase_features=("allowed",), signal_features=())
        self._facts = network, timing, interval

    def __call__(self, readings):
        return allowed_phases(*self._facts, readings)


def made(observation):
    """The encoder of an observation of the grid."""
    return make_encoder(NETWORK, TIMING, INTERVAL, observation)


def refused(observation):
    """The line with which an observation is refused before there is a network."""
    with pytest.raises(UsageError) as caught:
        check_observation(observation)
    with pytest.raises(UsageError, match=r"^observation: "):
        made(observation)
    return str(caught.value)


def gives(values, layout=None):
    """An observation that gives these values for all readings."""

    class Encoder:
        def __init__(self, network, timing, interval):
            self.layout = ObservationLayout(PHASES, 0, (), ("allowed",), ()) if layout is None else layout

        def __call__(self, readings):
            return values

    return Encoder


def test_a_function_that_takes_the_expected_flows_gets_them():
    class Told(MaskOnly):
        def __init__(self, network, timing, interval, flow="none given"):
            super().__init__(network, timing, interval)
            told.append(flow)

    told, flow = [], np.ones(len(NETWORK.tables.movement_intersection))
    make_encoder(NETWORK, TIMING, INTERVAL, Told, flow=flow)
    make_encoder(NETWORK, TIMING, INTERVAL, Told)
    make_encoder(NETWORK, TIMING, INTERVAL, MaskOnly, flow=flow)
    assert told[0] is flow
    assert told[1:] == [None]


@pytest.mark.parametrize("groups", ["queue+exit", " exit + queue ", ("exit", "queue"), ["queue", "exit"]])
def test_groups_may_be_a_text_or_a_sequence_in_any_order(groups):
    features = made(groups).layout.movement_features
    assert features == ("present", "queue", "exit_queue", "exit_vehicles")
    assert name_of(groups) == "queue+exit"


def test_names_of_observations_stand_for_their_groups():
    assert made("local+exit").layout == made("pressure").layout
    assert name_of("exit+local") == "pressure"
    assert name_of(("upstream",)) == "upstream"


def test_an_encoder_of_ones_own_is_used():
    encoder = made(MaskOnly)
    readings = played(NETWORK).readings()
    observed = encoder(readings)
    assert observed.dtype == np.float32
    assert np.array_equal(encoder.layout.allowed(observed), allowed_phases(NETWORK, TIMING, INTERVAL, readings))


def test_an_encoder_in_a_file_is_used(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from traffic_marl.observation import FeatureEncoder\n"
        "def queues(network, timing, interval):\n"
        "    return FeatureEncoder(network, timing, interval, ['queue'])\n"
    )
    text = f"{path}:queues"
    check_observation(text)
    assert name_of(text) == text
    assert made(text).layout.movement_features == ("present", "queue")


def test_a_function_of_a_file_has_a_name_by_which_it_is_found_again():
    assert name_of(MaskOnly) == f"{__file__}:MaskOnly"
    with pytest.raises(UsageError, match="cannot be found again by a name in a file"):
        name_of(lambda network, timing, interval: None)


@pytest.mark.parametrize(
    ("observation", "line"),
    [
        (
            "neighbors",
            "unknown observation 'neighbors'; did you mean neighbours? Available: local, pressure, upstream, ",
        ),
        ("queue+exits", "unknown observation 'exits'; did you mean exit? Available: "),
        ("", "unknown observation ''; available: "),
        ((), "there is no group of features; available: queue, bands"),
        (5, "5 is not an observation; give a function that makes an encoder, or names: local, "),
        (None, "None is not an observation; "),
        ((1, 2), "(1, 2) is not an observation; "),
        ("none.py:Mine", "there is no file none.py; "),
        (lambda network: None, "cannot be called with (network, timing, interval); let it take these arguments"),
    ],
)
def test_what_is_no_observation_is_refused(observation, line):
    assert line in refused(observation)


@pytest.mark.parametrize(
    ("observation", "line"),
    [
        (lambda network, timing, interval: 3, r"makes 3, which is no encoder; give something with a `layout`"),
        (gives(0, ObservationLayout(9, 0, (), ("allowed",), ())), "has 9 phases, the network 4; take them from"),
        (gives(0, ObservationLayout(PHASES, 0, (), (), ())), "has no phase feature 'allowed', which is the action"),
    ],
)
def test_an_encoder_that_does_not_fit_is_refused(observation, line):
    with pytest.raises(UsageError, match=line):
        made(observation)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (np.zeros((2, 6)), r"gives an array of shape \(2, 6\); give \(2, 6, 4\): copies, intersections, features"),
        (None, r"gives .*; give "),
        ("text", r"gives 'text', not numbers; give an array of shape \(2, 6, 4\)"),
        (np.full((2, 6, 4), np.nan), "gives a value that is no finite number"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(values, line):
    encoder = made(gives(values))
    with pytest.raises(UsageError, match=f"^observation: gives.*Encoder {line}"):
        encoder(played(NETWORK).readings())


def test_the_whole_program_has_one_encoder_of_features():
    assert type(made("upstream")) is FeatureEncoder
