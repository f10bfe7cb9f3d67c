import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import traffic_marl
from tests.helpers.made_up_runs import SMALL, actor_on, empty_table, made_up_run, without_digests
from traffic_marl.errors import FileError, StrategyError, UsageError
from traffic_marl.kernels.tables import GREEN
from traffic_marl.learning import learned
from traffic_marl.learning.acting import drawn
from traffic_marl.learning.learned import is_learned, load_learned, shipped_for, shipped_runs
from traffic_marl.learning.policies import _facts
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.rollout import run
from traffic_marl.scenario import GridNetwork, load_scenario, validation_seeds
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.strategy import Conditions

FREE = load_scenario("grid_2x2_smoke").signals.model_copy(update={"max_red_s": None, "max_green_s": None})
BUSY = load_scenario("grid_2x2_smoke").model_copy(update={"signals": FREE})
LOOSE = ":longest_wait_s=3000"

ROOT = Path(__file__).parents[2]
OTHER = SMALL.model_copy(update={"network": GridNetwork(rows=2, columns=2, block_m=200.0)})
EIGHT = SMALL.model_copy(update={"signals": SMALL.signals.model_copy(update={"phases": "eight"})})
SEEDS = (0, 1, 2)


def controller(strategy, scenario=SMALL, seeds=SEEDS, interval=5):
    network = scenario.build_network()
    return strategy.strategy.start(Conditions(network, scenario.timing(), interval, scenario.flow(), seeds))


def watched(scenario, strategy, seeds=SEEDS):
    """What a strategy asked for in a run (decisions, B, N), and what it saw."""
    asked, seen = [], []

    def watch(simulation, readings, phases):
        asked.append(phases.copy())
        seen.append(readings)

    run(scenario, strategy, seeds, each_decision=watch)
    return np.array(asked), seen


def test_the_greedy_choice_is_the_likeliest_phase(tmp_path):
    made_up_run(tmp_path / "one")
    strategy = load_learned(tmp_path / "one")
    asked, seen = watched(SMALL, strategy)
    probabilities = np.array([controller(strategy).probabilities(readings) for readings in seen])
    assert probabilities.shape == (*asked.shape, 4)
    assert probabilities.sum(axis=3) == pytest.approx(1.0, abs=1e-5)
    assert (probabilities.argmax(axis=3) == asked).all()
    assert len(np.unique(asked)) > 1


def test_only_phases_that_would_be_granted_are_likely(tmp_path):
    made_up_run(tmp_path / "one")
    strategy = load_learned(tmp_path / "one")
    _, seen = watched(SMALL, strategy)
    working = controller(strategy)
    for readings in seen[:10]:
        allowed = working.sight.layout.allowed(working.sight(readings)) > 0
        assert (working.probabilities(readings)[~allowed] == 0.0).all()


def test_a_learned_strategy_decides_as_often_as_in_training(tmp_path):
    made_up_run(tmp_path / "one", interval=10)
    assert run(SMALL, load_learned(tmp_path / "one"), SEEDS).interval == 10
    assert run(SMALL, load_learned(tmp_path / "one"), SEEDS, interval=7).interval == 10
    assert run(SMALL, load_learned(f"{tmp_path / 'one'}:interval_s=20"), SEEDS).interval == 20


@pytest.mark.parametrize("choose", ["greedy", "sampled"])
def test_copies_decide_alone_as_in_a_batch(tmp_path, choose):
    made_up_run(tmp_path / "one")
    strategy = load_learned(f"{tmp_path / 'one'}:choose={choose}")
    together, _ = watched(SMALL, strategy)
    for copy, seed in enumerate(SEEDS):
        alone, _ = watched(SMALL, strategy, (seed,))
        common = min(len(alone), len(together))
        assert (alone[:common, 0] == together[:common, copy]).all()


def test_sampled_choices_are_those_of_their_seed(tmp_path):
    made_up_run(tmp_path / "one")
    greedy, sampled = (load_learned(f"{tmp_path / 'one'}:choose={each}") for each in ("greedy", "sampled"))
    first, again = watched(SMALL, sampled)[0], watched(SMALL, sampled)[0]
    assert (first == again).all()
    assert (first[:5] != watched(SMALL, greedy)[0][:5]).any()


def test_phases_are_drawn_by_their_probabilities():
    probabilities = np.array([[[0.0, 0.25, 0.75, 0.0], [1.0, 0.0, 0.0, 0.0]]], np.float32)
    uniforms = np.linspace(0.0, 1.0, 400, endpoint=False)
    phases = np.array([drawn(probabilities, np.array([[uniform, uniform]]))[0] for uniform in uniforms])
    assert np.bincount(phases[:, 0], minlength=4).tolist() == [0, 100, 300, 0]
    assert (phases[:, 1] == 0).all()


# On other networks


@pytest.mark.parametrize("scenario", [OTHER, EIGHT], ids=["more intersections", "more phases"])
def test_a_shared_policy_works_on_other_networks(tmp_path, scenario):
    made_up_run(tmp_path / "one")
    asked, _ = watched(scenario, load_learned(tmp_path / "one"))
    assert (asked >= 0).all()
    assert (asked < scenario.build_network().tables.phase_count).all()


@pytest.mark.parametrize(
    ("settings", "scenario", "reason"),
    [
        ({"policy": "independent"}, OTHER, "has a policy for each of"),
        ({"network": "mlp"}, EIGHT, "an mlp for 4 phases"),
        ({"policy": "by-type"}, EIGHT, "has no policy for intersections with 8 phases"),
    ],
)
def test_a_policy_that_does_not_fit_says_why(tmp_path, settings, scenario, reason):
    made_up_run(tmp_path / "one", **settings)
    with pytest.raises(StrategyError, match=reason):
        run(scenario, load_learned(tmp_path / "one"), SEEDS)


def test_a_table_works_where_it_was_filled_only(tmp_path):
    made_up_run(tmp_path / "one", own=empty_table(), observation="local")
    asked, _ = watched(SMALL, load_learned(tmp_path / "one"))
    assert len(np.unique(asked)) > 1
    with pytest.raises(StrategyError, match="has a table for each intersection of another one"):
        run(OTHER, load_learned(tmp_path / "one"), SEEDS)
    with pytest.raises(StrategyError, match="knows other phases"):
        run(EIGHT, load_learned(tmp_path / "one"), SEEDS)


def test_the_weights_are_those_that_were_saved(tmp_path):
    made_up_run(tmp_path / "one")
    original = actor_on(SMALL, TrainingSettings()).state_dict()
    loaded = controller(load_learned(tmp_path / "one")).policy.arrays()
    assert loaded.keys() == original.keys()
    assert all((loaded[name] == tensor.numpy()).all() for name, tensor in original.items())


# Where it is looked for


def test_a_path_is_learned_and_a_name_is_not(tmp_path, monkeypatch):
    made_up_run(tmp_path / "here")
    monkeypatch.chdir(tmp_path)
    assert is_learned("runs/one")
    assert is_learned("pretrained/one:choose=sampled")
    assert is_learned("here")
    assert not is_learned("webster")
    assert not is_learned("longest_queue:reach_m=60")
    assert load_learned("here").label == "here"


def test_shipped_policies_are_found_from_anywhere(tmp_path, monkeypatch):
    made_up_run(tmp_path / "package" / "pretrained" / "good")
    monkeypatch.setattr(learned, "FOLDERS", (tmp_path / "package",))
    monkeypatch.chdir(tmp_path)
    assert shipped_runs() == ["pretrained/good"]
    assert load_learned("pretrained/good").strategy.interval == 5
    with pytest.raises(
        StrategyError,
        match=r"pretrained/bad: there is no such run; did you mean pretrained/good\? Available: pretrained/good",
    ):
        load_learned("pretrained/bad")


@pytest.mark.parametrize("name", shipped_runs())
def test_what_is_shipped_works_from_anywhere(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked, _ = watched(SMALL, load_learned(name))
    assert len(np.unique(asked)) > 1


@pytest.mark.parametrize("name", shipped_runs())
def test_what_is_shipped_is_better_than_a_fixed_plan(name):
    """On one seed, on the network that both were trained on."""
    rush_hour = load_scenario("grid_4x4_rush_hour").model_copy(update={"duration_s": 1200})
    learned, fixed = (run(rush_hour, strategy, (0,)).measures for strategy in (load_learned(name), parse("fixed_time")))
    assert learned.mean_delay[0] < 0.8 * fixed.mean_delay[0]
    assert learned.unserved[0] == 0


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(StrategyError, match="there is no such run"):
        load_learned(tmp_path / "nothing")
    with pytest.raises(StrategyError, match="holds no run"):
        load_learned(tmp_path)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            "chose=greedy",
            r"unknown parameter 'chose'; did you mean choose\? Available: choose, checkpoint, interval_s",
        ),
        ("choose=best", "best is not a way to choose; give one of greedy, sampled"),
        ("interval_s=0", "0 is not a duration"),
        ("choose=greedy,choose=sampled", "is given twice"),
    ],
)
def test_wrong_options_are_refused(tmp_path, options, reason):
    made_up_run(tmp_path / "one")
    with pytest.raises(StrategyError, match=reason):
        load_learned(f"{tmp_path / 'one'}:{options}")


def test_a_policy_without_a_sound_interval_is_damaged(tmp_path):
    folder = without_digests(made_up_run(tmp_path / "one"))
    facts = folder.checkpoint(folder.state.best) / "policy.json"
    facts.write_text(json.dumps({**json.loads(facts.read_text()), "interval": 0}))
    with pytest.raises(FileError, match=r"policy\.json is missing or unreadable; train again, or use a copy"):
        load_learned(tmp_path / "one")


def test_damaged_policies_are_told(tmp_path):
    folder = made_up_run(tmp_path / "one")
    checkpoint = folder.checkpoint(folder.state.best)
    (checkpoint / "policy.npz").write_bytes(b"PK not really")
    with pytest.raises(FileError, match=r"policy\.npz has changed since it was written"):
        load_learned(tmp_path / "one")
    without_digests(folder)
    with pytest.raises(FileError, match=r"policy\.npz is missing or unreadable"):
        load_learned(tmp_path / "one")
    (checkpoint / "policy.npz").unlink()
    with pytest.raises(FileError, match="is missing or unreadable"):
        load_learned(tmp_path / "one")
    (checkpoint / "policy.npz").write_bytes(b"")
    (checkpoint / "policy.json").write_text('{"kind": "actor"}')
    with pytest.raises(FileError, match=r"policy\.json is missing or unreadable"):
        load_learned(tmp_path / "one")


def test_weights_of_another_network_are_told(tmp_path):
    folder, other = made_up_run(tmp_path / "one"), made_up_run(tmp_path / "two", hidden=(8, 8))
    source, target = (each.checkpoint(each.state.best) / "policy.npz" for each in (other, folder))
    target.write_bytes(source.read_bytes())
    without_digests(folder)
    with pytest.raises(FileError, match=r"policy\.npz: is missing or unreadable"):
        run(SMALL, load_learned(tmp_path / "one"), SEEDS)


def test_without_torch_the_remedy_is_told(tmp_path, monkeypatch):
    made_up_run(tmp_path / "one")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UsageError, match=r'torch is not installed; run: pip install "traffic-marl\[learning\]"'):
        load_learned(tmp_path / "one")


def test_using_a_policy_takes_torch_and_not_ray(tmp_path):
    made_up_run(tmp_path / "one")
    code = (
        "import sys\n"
        "sys.modules['ray'] = None\n"
        "from traffic_marl.learning.learned import load_learned\n"
        "from traffic_marl import load_scenario, run\n"
        f"strategy = load_learned({str(tmp_path / 'one')!r})\n"
        "assert 'torch' not in sys.modules\n"
        "run(load_scenario('grid_2x2_smoke'), strategy, (0,), until=20)\n"
        "assert 'torch' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_shipped_policy_is_found_by_its_scenario_as_it_is():
    rush_hour = load_scenario("grid_4x4_rush_hour")
    assert shipped_for(rush_hour) == ["pretrained/grid_4x4_rush_hour"]
    assert shipped_for(rush_hour.model_copy(update={"duration_s": 60})) == []
    assert shipped_for(rush_hour.within(from_s=600, until_s=1200)) == ["pretrained/grid_4x4_rush_hour"]
    assert shipped_for(SMALL) == []


@pytest.mark.parametrize("algorithm", ["dqn", "tabular-q"])
def test_values_are_no_probabilities_to_draw_by(tmp_path, algorithm):
    policy = "independent" if algorithm == "tabular-q" else "shared"
    made_up_run(tmp_path / "one", algorithm=algorithm, policy=policy)
    assert load_learned(tmp_path / "one").interval is None
    with pytest.raises(StrategyError, match="learns values of phases"):
        load_learned(f"{tmp_path / 'one'}:choose=sampled")


def longest_call(strategy, seconds=900):
    """The longest wait of any call [s] that the policy's own action space sees."""
    simulation = BUSY.simulation((3,))
    conditions = Conditions(simulation.network, BUSY.timing(), 1, BUSY.flow(), (3,))
    controller, longest = strategy.strategy.start(conditions), 0
    for _ in range(seconds):
        simulation.advance(controller.decide(simulation.readings()), 1)
        longest = max(longest, int(controller.sight._actions._calls.waited.max()))
    return longest


def test_the_bound_of_waits_can_be_tightened_and_loosened_by_an_option(tmp_path):
    made_up_run(tmp_path / "run", action="gap_out", interval=1, longest_wait=150)
    name = str(tmp_path / "run")
    assert load_learned(name).longest_wait == 150
    assert load_learned(f"{name}:longest_wait_s=80").longest_wait == 80
    usual, tight, loose = (longest_call(load_learned(name + rest)) for rest in ("", ":longest_wait_s=80", LOOSE))
    assert tight <= 81 < usual <= 151 < loose


def longest_green(strategy, filling=400, seconds=400):
    """[s] The longest green that a policy shows on roads that have been filled, so that there are calls everywhere."""
    scenario = load_scenario("grid_3x3_oversaturated")
    scenario = scenario.model_copy(update={"signals": scenario.signals.model_copy(update={"max_green_s": None})})
    simulation = scenario.simulation((3,))
    controller = strategy.strategy.start(Conditions(simulation.network, scenario.timing(), 1, scenario.flow(), (3,)))
    longest = 0
    for second in range(filling + seconds):
        readings = simulation.readings()
        simulation.advance(controller.decide(readings), 1)
        if second >= filling:
            longest = max(longest, int(readings.age[readings.interval == GREEN].max(initial=0)))
    return longest


def test_the_longest_green_is_that_of_the_training_unless_an_option_says_otherwise(tmp_path):
    made_up_run(tmp_path / "run", action="gap_out", interval=1, longest_green=20)
    name = str(tmp_path / "run")
    assert longest_green(load_learned(name)) == 20
    assert longest_green(load_learned(f"{name}:longest_green_s=15")) == 15
    assert longest_green(load_learned(f"{name}:longest_green_s=40")) > 20
    digests = {load_learned(name + rest).strategy.digest() for rest in ("", ":longest_green_s=15")}
    assert len(digests) == 2  # kept results of one are not those of the other


def test_a_policy_of_a_former_version_keeps_its_longest_green(tmp_path):
    folder = made_up_run(tmp_path / "run", action="gap_out", interval=1)
    (place,) = folder.path.glob("checkpoints/*/policy.json")
    content = json.loads(place.read_text())
    assert content.pop("longest_green") == 60
    assert _facts(content).longest_green == 60


def test_a_policy_without_a_bound_of_waits_takes_none(tmp_path):
    made_up_run(tmp_path / "run")
    name = str(tmp_path / "run")
    assert load_learned(name).longest_wait is None
    with pytest.raises(StrategyError, match=r"longest_wait_s=90: its action space is phase, which has no such limit"):
        load_learned(f"{name}:longest_wait_s=90")
    with pytest.raises(StrategyError, match="longest_wait_s=0"):
        load_learned(f"{name}:longest_wait_s=0")


@pytest.mark.parametrize("name", ["pretrained/general", "pretrained/general_plan"])
def test_a_general_policy_has_less_delay_than_actuated_control_on_a_network_that_it_never_saw(name):
    scenario = load_scenario("town_3x4").within(from_s=0, until_s=900)
    policy, actuated = (traffic_marl.run(scenario, each, validation_seeds(2)).measures for each in (name, "actuated"))
    assert (policy.mean_delay < actuated.mean_delay).all()
    assert (policy.longest_wait <= 180).all()
