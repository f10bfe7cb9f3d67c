"""Every argument of every public function: a value that fits nowhere is a mistake of the user, in one line."""

import pytest

import traffic_marl
from traffic_marl import NamedStrategy, ObservationLayout, Simulation, TrafficError
from traffic_marl.scenario.random import Ranges
from traffic_marl.simulation import Records
from traffic_marl.strategies.classical.fixed_time import FixedTime

NAME = "grid_2x2_smoke"
SCENARIO = traffic_marl.load_scenario(NAME)
NETWORK, TIMING = SCENARIO.build_network(), SCENARIO.timing()
RUN = traffic_marl.run(NAME, "fixed_time", [0], until=5)
READINGS = RUN.simulation.readings()
TRIPS = SCENARIO.build_demand().draw(0)

OPTIONS = {
    "interval": 5,
    "observation": "local",
    "reward": "delay",
    "neighbour_weight": 0.0,
    "shared_reward": False,
    "action": "phase",
    "threads": 1,
}
SINGLE = {"scenario": NAME, "seed": 0, "render_mode": None, **OPTIONS}
FACTS = {"network": NETWORK, "timing": TIMING, "interval": 5}
RIGHT = {  # by the name of each function: arguments of which all are right
    "FeatureEncoder": {**FACTS, "groups": ("queue",)},
    "Federation": {
        "districts": ("east=grid_2x2_smoke", "west=arterial_1x6"),
        "average_every": 5,
        "update_clip": 1.0,
        "noise": 1.0,
        "delta": 1e-5,
        "divides": False,
    },
    "Placement": {"address": "local", "cpus_per_runner": 1, "gpus_per_learner": 0.0, "dashboard": False},
    "JointEnv": {"parts": [traffic_marl.vector_env(NAME, 1)]},
    "RandomEnv": {"scenarios": 2, "copies": 1, "ranges": Ranges(), "duration": 60},
    "NamedStrategy": {"label": "mine", "strategy": FixedTime(), "interval": 5},
    "ObservationLayout": {
        "phases": 4,
        "movements": 0,
        "movement_features": (),
        "phase_features": ("allowed",),
        "signal_features": ("sum",),
    },
    "Simulation": {
        "network": NETWORK,
        "trips": [TRIPS],
        "timing": TIMING,
        "threads": 1,
        "audit": False,
        "log_until": 0,
    },
    "Validation": {"every": 15, "seeds": 5, "classical": True},
    "VectorEnv": {"scenario": NAME, "copies": 1, "seeds": [0], "autoreset": True, **OPTIONS},
    "aec_env": SINGLE,
    "allowed_phases": {**FACTS, "readings": READINGS},
    "compare": {
        "scenario": NAME,
        "strategies": "fixed_time",
        "seeds": [0],
        "reference": "fixed_time",
        "interval": 5,
        "threads": 1,
        "progress": None,
    },
    "gymnasium_env": {**SINGLE, "form": "intersection", "intersection": NETWORK.intersections[0], "others": "random"},
    "load_scenario": {"scenario": NAME},
    "make_encoder": {**FACTS, "observation": "local"},
    "make_reward": {"network": NETWORK, "reward": "delay", "neighbour_weight": 0.0, "shared": False},
    "named_strategy": {"given": "fixed_time"},
    "parallel_env": SINGLE,
    "run": {
        "scenario": NAME,
        "strategy": "fixed_time",
        "seeds": [0],
        "interval": 5,
        "until": 5,
        "threads": 1,
        "audit": False,
        "log_signals": False,
        "each_decision": None,
        "each_second": None,
    },
    "summarise": {"at_horizon": RUN.at_horizon, "at_end": RUN.at_end, "horizon": RUN.horizon, "audited": False},
    "train": {"scenario": NAME, "iterations": 1, "minutes": 1, "validation": None, "watch": None},
    "vector_env": {"scenario": NAME, "copies": 1, "seeds": [0], "autoreset": True, **OPTIONS},
}
PLACES = [(function, argument) for function, arguments in RIGHT.items() for argument in arguments]
MADE_BY_THE_PROGRAM = {"Comparison", "Conditions", "Measures", "Network", "Readings", "Records", "Report", "Rollout"}
MADE_BY_THE_PROGRAM |= {"RunRecord"}
PROTOCOLS = {"Controller", "Encoder", "Strategy"}
TESTED_ELSEWHERE = {"Scenario", "TrafficError", "TrainingSettings", "env"}


def test_every_public_function_is_tested():
    functions = {name for name in traffic_marl.__all__ if callable(getattr(traffic_marl, name))}
    assert functions - MADE_BY_THE_PROGRAM - PROTOCOLS - TESTED_ELSEWHERE == set(RIGHT)
    assert traffic_marl.env is traffic_marl.aec_env


@pytest.mark.parametrize(("function", "argument"), PLACES)
@pytest.mark.parametrize("value", [object(), b"x", -2.5])
def test_a_value_that_fits_nowhere_is_refused_in_one_line(function, argument, value, tmp_path):
    arguments = {**RIGHT[function], argument: value}
    if function == "train" and argument != "out":
        arguments["out"] = tmp_path / "run"
    with pytest.raises(TrafficError) as caught:
        getattr(traffic_marl, function)(**arguments)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"at_horizon": "x"}, "at_horizon: 'x' is no Records; give one, as from Simulation.records()"),
        ({"horizon": 4}, "at_horizon: the records at the horizon are those of second 5, not 4; take them when"),
        ({"at_horizon": None}, "at_horizon: None is no Records"),
    ],
)
def test_measures_are_refused_for_other_moments(arguments, line):
    assert isinstance(RUN.at_end, Records)
    with pytest.raises(TrafficError) as caught:
        traffic_marl.summarise(**{**RIGHT["summarise"], **arguments})
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (
            lambda: traffic_marl.vector_env(NAME, 1, interval=2**40),
            f"interval: {2**40} is too large; give a whole number",
        ),
        (lambda: Simulation(NETWORK, [], TIMING), "trips: [] is not a list of trips; give one Trips for each copy"),
        (lambda: Simulation(NETWORK, [TRIPS], TIMING, threads=0), "threads: 0 is too small; give a whole number"),
        (
            lambda: RUN.simulation.advance([[0] * 4], 1),
            "phases: [[0, 0, 0, 0]] will not do; give an array of whole numbers of shape (1, 4)",
        ),
        (
            lambda: RUN.simulation.advance(READINGS.phase * 0.5, 1),
            "phases: array of float64 of shape (1, 4) will not do; give an array of whole numbers of shape (1, 4)",
        ),
        (
            lambda: RUN.simulation.advance(READINGS.phase + 9, 1),
            "phases: an intersection lacks one of them; the intersections have [4, 4, 4, 4] phases, counted from 0",
        ),
        (lambda: RUN.simulation.advance(READINGS.phase, 1.5), "seconds: 1.5 is not a whole number; give a whole"),
        (
            lambda: RUN.simulation.advance(READINGS.phase, -1),
            "seconds: -1 is too small; give a whole number, at least 0",
        ),
        (lambda: NamedStrategy("", FixedTime()), "label: '' is not a name; give a text, as tables are to show it"),
        (lambda: NamedStrategy("mine", FixedTime), "strategy: <class "),
        (lambda: ObservationLayout(4, 0, ["queue"]), "movement_features: ['queue'] is not a tuple of names; give"),
        (
            lambda: traffic_marl.FeatureEncoder(NETWORK, TIMING, 5, ("queue", "wiat")),
            "group: unknown group 'wiat'; did you mean wait? Available: queue, bands",
        ),
        (
            lambda: traffic_marl.FeatureEncoder(NETWORK, TIMING, 5, "queue"),
            "groups: 'queue' is not a sequence of names",
        ),
        (lambda: traffic_marl.gymnasium_env(NAME, others=5), "others: 5 is not a strategy; give a name such as"),
        (lambda: traffic_marl.run(NAME, lambda: 3, [0]), "strategy: <lambda>() cannot be called with (conditions)"),
        (lambda: traffic_marl.run(NAME, lambda c: int.__add__, [0]), "<lambda>: decide"),
        (
            lambda: traffic_marl.run(NAME, "random", [0], each_decision=lambda phases: 3),
            "each_decision: <lambda>(phases) cannot be called with (simulation, readings, phases); let it take",
        ),
        (
            lambda: traffic_marl.make_reward(NETWORK, lambda network: lambda: 3),
            "reward: <lambda>.<locals>.<lambda>.<locals>.<lambda>() cannot be called with (readings)",
        ),
    ],
)
def test_each_mistake_says_what_would_do(make, line):
    with pytest.raises(TrafficError) as caught:
        make()
    assert str(caught.value).startswith(line)
