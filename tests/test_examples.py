"""The examples run as they stand, each in a process of its own."""

import os
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import traffic_marl
import traffic_marl.observation
from traffic_marl import TrainingSettings
from traffic_marl.learning.learned import load_learned
from traffic_marl.strategies.strategy import Conditions

ROOT = Path(__file__).parents[1]
EXAMPLES_AT = ROOT / "examples"
EXAMPLES = sorted(EXAMPLES_AT.glob("*.py"))
DATA_SET = ROOT / "tests" / "data" / "reference_2x3"
ARGUMENTS = {"import_cityflow": (DATA_SET,)}
PRINTS = {
    "compare_in_python": ["fixed_time", "actuated", "+-"],
    "import_cityflow": ["reference_2x3: 6 intersections", "as CityFlow counts it"],
    "onnx_controller": ["270 s: phases ["],
    "own_observation": ["intersection_1_1 ["],
    "own_reward": ["return of random actions: -"],
    "own_strategy": ["LongestWait", "max_pressure"],
    "train_in_python": ["agent-steps", "the new policy", "fixed_time"],
}
LIBRARIES = {
    "onnx_controller": ("torch", "onnxscript", "onnxruntime"),
    "own_observation": ("pettingzoo",),
    "train_in_python": ("torch", "ray"),
}
LONG = ("onnx_controller", "train_in_python")  # the blocks of the documents hold the same calls


def example_case(path):
    """An example, marked if it takes long."""
    return pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.stem in LONG else [])


@pytest.mark.parametrize("path", [example_case(path) for path in EXAMPLES])
def test_an_example_runs_as_it_stands(path, tmp_path, request):
    for library in LIBRARIES.get(path.stem, ()):
        if find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    arguments = ARGUMENTS.get(path.stem, ())
    if path.stem == "onnx_controller":
        arguments = (request.getfixturevalue("controller_file"),)
    done = subprocess.run(
        [sys.executable, path, *arguments],
        capture_output=True,
        check=False,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    for words in PRINTS[path.stem]:
        assert words in done.stdout


def test_parts_of_the_examples_can_be_named_for_training():
    reward, observation = EXAMPLES_AT / "own_reward.py", EXAMPLES_AT / "own_observation.py"
    settings = TrainingSettings(reward=f"{reward}:squared_queues", observation=f"{observation}:Summary", network="mlp")
    env = traffic_marl.vector_env("grid_2x2_smoke", 1, reward=settings.reward, observation=settings.observation)
    assert env.reset().shape == (1, 4, 4 + 2)


def test_the_strategy_of_the_examples_can_be_named_on_the_command_line(call):
    strategy = f"{EXAMPLES_AT}/own_strategy.py:LongestWait"
    code, out, err = call("simulate", "grid_2x2_smoke", "--strategy", strategy, "--until", 60)
    assert code == 0, err
    assert "LongestWait" in out


def test_the_controller_of_the_examples_asks_for_the_phases_of_the_strategy(controller_file):
    """One intersection is driven by ONNX's runtime, and all others by the same policy here."""
    pytest.importorskip("onnxruntime")
    controller_class = runpy.run_path(str(EXAMPLES_AT / "onnx_controller.py"))["Controller"]
    scenario = traffic_marl.load_scenario("grid_2x2_smoke")
    simulation, seen = scenario.simulation([5]), traffic_marl.observation.MovementCounts(scenario.build_network())
    conditions = Conditions(simulation.network, scenario.timing(), 1, scenario.flow(), (5,))
    strategy = load_learned(str(controller_file.parent / "run")).start(conditions)
    phases = [[each for each in phase if each >= 0] for phase in seen.slots[2].tolist()]
    controller = controller_class(str(controller_file), phases, seen.largest, scenario.timing()._asdict())
    changes = 0
    for _ in range(600):
        readings = simulation.readings()
        asked = strategy.decide(readings)
        mine = controller.phase_to_ask_for({name: rows[0, 2] for name, rows in seen.inputs(readings).items()})
        assert mine == asked[0, 2]
        changes += mine != readings.phase[0, 2]
        asked[0, 2] = mine
        simulation.advance(asked, 1)
    assert changes > 20


def test_every_example_says_its_purpose_and_is_short():
    assert set(PRINTS) == {path.stem for path in EXAMPLES}
    for path in EXAMPLES:
        source = path.read_text(encoding="utf-8")
        assert source.startswith('"""')
        assert 20 <= len(source.splitlines()) <= 55
