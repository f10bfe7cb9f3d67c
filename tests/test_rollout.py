import dataclasses
import importlib.metadata
import json
from dataclasses import dataclass

import numpy as np
import pytest

import traffic_marl
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NEVER
from traffic_marl.rollout import decision_interval, run
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.scenario.seeds import validation_seeds
from traffic_marl.simulation import Simulation
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.named import NamedStrategy

DURATION = 240  # [s]


def scenario(**changes):
    """A crossing of two streets with enough traffic to queue."""
    settings = {
        "name": "crossing",
        "network": {"kind": "grid", "rows": 1, "columns": 2, "block_m": 150},
        "demand": {"kind": "turning", "inflow_vph": 300},
        "duration_s": DURATION,
        "clearing_s": 600,
    }
    return Scenario.model_validate({**settings, **changes})


@dataclass(frozen=True)
class Alternating:
    """Asks for the next phase every 20 s; so its answers do not depend on how often it is asked."""

    interval: int | None = None
    default_interval: int | None = None

    def start(self, conditions):
        given = conditions

        class Controller:
            conditions = given

            def decide(self, readings):
                counts = self.conditions.network.tables.phase_count
                return np.broadcast_to(readings.time // 20 % counts, readings.phase.shape).astype(np.int32)

        return Controller()


def alternating(interval=None, own=None, default=None):
    return NamedStrategy("alternating", Alternating(own, default), interval)


def same(one, other):
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(type(one))
    )


def test_rollout_moves_traffic_as_a_plain_simulation_does():
    """Equal decisions, equal traffic: the loop adds nothing."""
    rollout = run(scenario(), alternating(), (3, 4), interval=10, until=DURATION)
    simulation = scenario().simulation((3, 4))
    counts = simulation.network.tables.phase_count
    for time in range(DURATION):
        phases = np.broadcast_to(time // 20 % counts, (2, len(counts))).astype(np.int32)
        simulation.advance(phases, 1)
    assert same(rollout.at_end, simulation.records())
    assert (rollout.at_end.entered != NEVER).sum() > 20


def test_how_often_it_is_asked_does_not_matter_to_a_plan():
    assert same(
        run(scenario(), alternating(), (0,), interval=5, until=DURATION).at_end,
        run(scenario(), alternating(), (0,), interval=20, until=DURATION).at_end,
    )


def test_a_seed_gives_the_same_measures_alone_and_in_a_batch():
    batch = run(scenario(), parse("max_pressure"), (5, 6, 7))
    for copy, seed in enumerate(batch.seeds):
        alone = run(scenario(), parse("max_pressure"), (seed,), threads=1)
        assert alone.measures.of(0) == pytest.approx(batch.measures.of(copy), nan_ok=True, abs=0)


def test_interval_that_does_not_divide_the_horizon_makes_a_shorter_last_step():
    times = []
    rollout = run(
        scenario(),
        alternating(),
        (0,),
        interval=50,
        until=120,
        each_decision=lambda sim, readings, phases: times.append(sim.time),
    )
    assert times == [0, 50, 100]
    assert rollout.simulation.time == rollout.at_end.time == 120


def test_every_second_is_seen_once_and_the_decisions_stay_the_same():
    """From the empty network to the end of the run, the horizon within an interval included."""
    seconds = []
    one = scenario(duration_s=100, clearing_s=70)
    watched = run(
        one, parse("max_pressure"), (0, 1), interval=15, each_second=lambda simulation: seconds.append(simulation.time)
    )
    assert seconds == list(range(171))
    assert same(watched.at_end, run(one, parse("max_pressure"), (0, 1), interval=15).at_end)


def test_decisions_see_the_same_where_each_second_is_observed():
    def decisions(**observers):
        seen = []
        run(
            scenario(duration_s=100, clearing_s=200),
            parse("max_pressure"),
            (0, 1),
            interval=15,
            each_decision=lambda sim, readings, phases: seen.append((readings, phases)),
            **observers,
        )
        return seen

    alone, observed = decisions(), decisions(each_second=lambda simulation: simulation.readings())
    assert len(alone) == len(observed) > 7
    for (readings, phases), (others, asked) in zip(alone, observed, strict=True):
        assert same(readings, others)
        assert np.array_equal(phases, asked)


def readings_at_decisions(interval, **changes):
    """Second and delay read at each decision."""
    seen = []
    rollout = run(
        scenario(**changes),
        alternating(),
        (0, 1),
        interval=interval,
        audit=True,
        log_signals=True,
        each_decision=lambda sim, readings, phases: seen.append((readings.time, readings.delay)),
    )
    return rollout, seen


def test_decisions_keep_their_rhythm_past_a_horizon_between_them():
    rollout, seen = readings_at_decisions(15, duration_s=100, clearing_s=70)
    assert [time for time, _ in seen] == list(range(0, 170, 15))
    assert (rollout.at_horizon.time, rollout.at_end.time) == (100, 170)
    assert rollout.simulation.signal_log().shape[1] == 170


def test_a_horizon_between_decisions_changes_nothing_that_is_seen():
    """As with a simulation that knows no horizon and moves in whole intervals."""
    one = scenario(duration_s=100, clearing_s=80)
    rollout, seen = readings_at_decisions(15, duration_s=100, clearing_s=80)
    simulation = one.simulation((0, 1), audit=True)
    counts = simulation.network.tables.phase_count
    for time, delay in seen:
        assert simulation.time == time
        assert np.array_equal(simulation.readings().delay, delay)
        simulation.advance(np.broadcast_to(time // 20 % counts, (2, len(counts))).astype(np.int32), 15)
    assert rollout.at_end.time == 180
    assert same(rollout.at_end, simulation.records())


def test_a_horizon_and_an_end_within_one_interval():
    rollout, seen = readings_at_decisions(500, duration_s=100, clearing_s=70)
    assert [time for time, _ in seen] == [0]
    assert (rollout.at_horizon.time, rollout.at_end.time) == (100, 170)


def test_until_past_the_demand_is_refused():
    message = rf"^until: 3600 is past the end of the demand at {DURATION} s; give at most {DURATION}$"
    with pytest.raises(UsageError, match=message):
        run(scenario(), alternating(), (0,), until=3600)


def test_every_run_is_held_against_the_counters_of_the_engine(monkeypatch):
    monkeypatch.setattr(Simulation, "completed", lambda self: self.under_way() * 0 - 1)
    with pytest.raises(AssertionError, match="trips were completed"):
        run(scenario(), alternating(), (0,), until=30)


def test_until_ends_demand_and_run():
    rollout = run(scenario(), alternating(), (0,), until=100)
    assert rollout.horizon == 100
    assert rollout.at_horizon.time == rollout.at_end.time == 100
    assert rollout.measures.demanded[0] == (rollout.at_end.scheduled[0, : rollout.at_end.count[0]] < 100).sum()


def test_run_goes_on_until_the_network_is_clear():
    rollout = run(scenario(), parse("max_pressure"), (0, 1), interval=5)
    assert rollout.at_horizon.time == DURATION
    assert rollout.measures.unserved.tolist() == [0, 0]
    assert DURATION < rollout.simulation.time < DURATION + 600
    assert (rollout.measures.clear_time <= rollout.simulation.time).all()
    assert rollout.measures.clear_time.max() > rollout.simulation.time - 5


def test_run_ends_when_the_clearing_time_is_over():
    rollout = run(scenario(clearing_s=7), alternating(), (0,))
    assert rollout.simulation.time == DURATION + 7
    assert rollout.measures.unserved[0] > 0


def test_records_at_the_horizon_are_those_of_that_second():
    rollout = run(scenario(), alternating(), (0,))
    stopped = run(scenario(), alternating(), (0,), until=DURATION)
    assert same(rollout.at_horizon, stopped.at_end)
    assert rollout.measures.travel_time_cityflow == stopped.measures.travel_time_cityflow


def test_observer_sees_every_decision_before_the_traffic_moves():
    seen = []

    def observe(simulation, readings, phases):
        assert isinstance(simulation, Simulation)
        assert simulation.time == readings.time
        seen.append((readings.time, phases.shape))

    rollout = run(scenario(clearing_s=0), alternating(), (0, 1), interval=10, each_decision=observe)
    assert seen == [(time, (2, 2)) for time in range(0, DURATION, 10)]
    assert rollout.simulation.time == DURATION


def test_watching_changes_nothing():
    watched = run(scenario(), parse("max_pressure"), (0,), each_decision=lambda sim, readings, phases: sim.records())
    assert same(watched.at_end, run(scenario(), parse("max_pressure"), (0,)).at_end)


@pytest.mark.parametrize(
    ("strategy", "argument", "stated", "expected"),
    [
        (alternating(interval=7, own=11), 13, 17, 7),
        (alternating(own=11, default=19), 13, 17, 11),
        (alternating(default=19), 13, 17, 13),
        (alternating(default=19), None, 17, 17),
        (alternating(default=19), None, 5, 5),
        (alternating(default=19), None, None, 19),
        (alternating(), None, 17, 17),
        (alternating(), None, None, 5),
    ],
)
def test_the_nearest_wish_for_an_interval_counts(strategy, argument, stated, expected):
    fields = {} if stated is None else {"decision_interval_s": stated}
    assert decision_interval(scenario(**fields), strategy, argument) == expected


def test_the_interval_of_strategies_is_theirs_where_the_scenario_states_none():
    silent, stating = scenario(), scenario(decision_interval_s=10)
    names = {5: ("random",), 15: ("max_pressure", "efficient_max_pressure", "longest_queue")}
    names[1] = ("fixed_time", "webster", "green_wave", "actuated", "actuated_longest_queue", "rolling_horizon", "sotl")
    for interval, those in names.items():
        for name in those:
            assert decision_interval(silent, parse(name)) == interval
            assert decision_interval(stating, parse(name)) == (1 if interval == 1 else 10)
            assert decision_interval(silent, parse(f"{name}:interval_s=8"), 9) == 8


@pytest.mark.parametrize("name", ["max_pressure", "efficient_max_pressure", "longest_queue"])
def test_strategies_that_do_not_weigh_a_change_are_not_asked_too_often(name):
    smoke, seeds = load_scenario("grid_2x2_smoke"), validation_seeds(2)
    usual, often = (run(smoke, parse(name), seeds, interval=interval).measures for interval in (None, 5))
    assert usual.mean_delay.mean() < 0.8 * often.mean_delay.mean()  # 49 and 74 s/veh


def test_strategy_starts_with_scenario_rules_and_flow():
    seen = []

    class Curious(Alternating):
        def start(self, conditions):
            seen.append(conditions)
            return super().start(conditions)

    made = scenario()
    run(made, NamedStrategy("curious", Curious()), (8, 9), until=10, interval=5)
    (conditions,) = seen
    assert (conditions.interval, conditions.seeds, conditions.timing) == (5, (8, 9), made.timing())
    assert np.array_equal(conditions.flow, made.flow())


def test_signals_are_logged_for_each_second_of_the_run():
    rollout = run(scenario(), alternating(), (0,), log_signals=True)
    log = rollout.simulation.signal_log()
    assert log.shape == (1, rollout.simulation.time, 2)
    assert len(np.unique(log)) > 2


def test_audit_counts_overlaps_and_disorders():
    assert np.isnan(run(scenario(), alternating(), (0,), until=30).measures.overlaps[0])
    assert np.isnan(run(scenario(), alternating(), (0,), until=30).measures.disorders[0])
    audited = run(scenario(), alternating(), (0,), until=30, audit=True).measures
    assert (audited.overlaps[0], audited.disorders[0]) == (0, 0)


def test_no_demand_is_clear_at_once():
    empty = scenario(demand={"kind": "turning", "inflow_vph": 0})
    rollout = run(empty, parse("fixed_time"), (0,))
    assert rollout.simulation.time == DURATION
    assert rollout.measures.demanded[0] == 0
    assert np.isnan(rollout.measures.mean_delay[0])


def test_run_records_are_json_and_say_what_ran():
    rollout = run(scenario(), parse("max_pressure:interval_s=6"), (2, 3), until=60)
    records = [json.loads(json.dumps(dataclasses.asdict(record), allow_nan=False)) for record in rollout.run_records()]
    assert [record["seed"] for record in records] == [2, 3]
    assert {record["strategy"] for record in records} == {"max_pressure:interval_s=6"}
    assert {record["interval"] for record in records} == {6}
    assert records[0]["scenario_hash"] == scenario().hash()
    assert records[0]["measures"]["demanded"] == rollout.measures.demanded[0]
    assert records[0]["measures"]["overlaps"] is None


def test_version_is_that_of_the_distribution():
    assert traffic_marl.__version__ == importlib.metadata.version("traffic-marl")


def test_numpy_arrays_do_as_seeds():
    assert run(scenario(), alternating(), np.arange(2), until=10).seeds == (0, 1)


def test_a_scenario_may_be_given_by_name():
    assert run("grid_2x2_smoke", alternating(), (0,), until=10).scenario.name == "grid_2x2_smoke"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seeds": ()}, "seeds: there are none"),
        ({"seeds": 5}, "seeds: 5 is not a sequence of seeds"),
        ({"until": 0}, "until: 0 is not a duration"),
        ({"until": 1.5}, "until: 1.5 is not a whole number"),
        ({"interval": -1}, "interval: -1 is not a duration"),
        ({"interval": True}, "interval: True is not a whole number"),
        ({"threads": 0}, "threads: 0 is too small; give a whole number, at least 1"),
        ({"audit": "yes"}, "audit: 'yes' is neither true nor false"),
        ({"log_signals": 1}, "log_signals: 1 is neither true nor false"),
        ({"each_second": 3}, "each_second: 3 is not a function; give a function of \\(simulation\\)"),
        ({"each_decision": "print"}, "each_decision: 'print' is not a function"),
    ],
)
def test_runs_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(UsageError, match=message):
        run(scenario(), alternating(), **{"seeds": (0,), **arguments})
