"""The examples run as they stand, each in a process of its own."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import traffic_marl
from traffic_marl import TrainingSettings

ROOT = Path(__file__).parents[1]
EXAMPLES_AT = ROOT / "examples"
EXAMPLES = sorted(EXAMPLES_AT.glob("*.py"))
DATA_SET = ROOT / "tests" / "data" / "reference_2x3"
ARGUMENTS = {"import_cityflow": (DATA_SET,)}
PRINTS = {
    "compare_in_python": ["fixed_time", "actuated", "+-"],
    "import_cityflow": ["reference_2x3: 6 intersections", "as CityFlow counts it"],
    "own_observation": ["intersection_1_1 ["],
    "own_reward": ["return of random actions: -"],
    "own_strategy": ["LongestWait", "max_pressure"],
    "train_in_python": ["agent-steps", "the new policy", "fixed_time"],
}
LIBRARIES = {"own_observation": ("pettingzoo",), "train_in_python": ("torch", "ray")}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_as_it_stands(path, tmp_path):
    for library in LIBRARIES.get(path.stem, ()):
        if find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    done = subprocess.run(
        [sys.executable, path, *ARGUMENTS.get(path.stem, ())],
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


def test_every_example_says_its_purpose_and_is_short():
    assert set(PRINTS) == {path.stem for path in EXAMPLES}
    for path in EXAMPLES:
        source = path.read_text(encoding="utf-8")
        assert source.startswith('"""')
        assert 20 <= len(source.splitlines()) <= 55
