"""Runs recorded without a window: to a file for replay, or to a film or picture."""

from collections.abc import Callable
from pathlib import Path

from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable
from traffic_marl.rollout import SecondObserver, decision_interval, demand_end, run
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import Simulation
from traffic_marl.strategies.catalogue import NamedStrategy
from traffic_marl.version import __version__
from traffic_marl.viewer.recording.film import FILMS, SIZE, SPEED, Size, ensure_filmable, film
from traffic_marl.viewer.recording.recording import Origin, Recording, Tape
from traffic_marl.viewer.recording.traffic_file import SUFFIX, write_recording
from traffic_marl.viewer.scene.moment import moment
from traffic_marl.viewer.scene.street_map import street_map

Progress = Callable[[str, float], None]  # what is being done, and the share of it that is done


def record(
    scenario: Scenario,
    strategy: NamedStrategy,
    seed: int,
    path: Path,
    *,
    until: int | None = None,
    interval: int | None = None,
    speed: float = SPEED,
    size: Size = SIZE,
    flag: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Runs a strategy once and writes what was to be seen; the path's suffix says in which form.

    `.traffic` is a recording to be replayed, `.gif` and `.mp4` are films, `.png` is a picture of the last moment.

    Args:
        scenario: network, demand and rules.
        strategy: who decides.
        seed: draw of the demand.
        path: where the result goes; an existing file is replaced.
        until: [s] end demand and run here instead.
        interval: [s] between decisions; None takes the scenario's.
        speed: [s] of traffic that a second of the film shows, above 0.
        size: [px] width and height of film and picture.
        flag: what the user called the path, such as `--record`; None where the path itself was the argument.
        progress: told what is being done.

    Raises:
        UsageError: the suffix names no such form, or something is missing for it.
        FileError: the file cannot be written.
        TrafficError: the scenario or the strategy cannot be used.
    """
    ensure_recordable(path, flag)
    recording = take(scenario, strategy, seed, until=until, interval=interval, progress=progress)
    if path.suffix.lower() == SUFFIX:
        write_recording(recording, path, flag)
    else:
        film(recording, path, speed=speed, size=size, flag=flag, progress=progress)


def ensure_recordable(path: Path, flag: str | None) -> None:
    """Checks before a long run that its result can be written in the form that the path's suffix names.

    Raises:
        UsageError: the suffix names none, or something is missing for it.
        FileError: the file cannot be written.
    """
    if path.suffix.lower() == SUFFIX:
        ensure_writable(path, flag or str(path))
        return
    if path.suffix.lower() not in FILMS:
        what = f"{path.name} names no form of recording"
        raise UsageError(flag or str(path), what, f"end it with {SUFFIX}, to be replayed, or one of {', '.join(FILMS)}")
    ensure_filmable(path, flag)


def take(
    scenario: Scenario,
    strategy: NamedStrategy,
    seed: int,
    *,
    until: int | None = None,
    interval: int | None = None,
    progress: Progress | None = None,
) -> Recording:
    """What is to be seen of a run, second by second; the arguments are those of `record`.

    Raises:
        TrafficError: the scenario or the strategy cannot be used.
    """
    between = decision_interval(scenario, strategy, interval)
    end = demand_end(scenario, until) + (scenario.clearing_s if until is None else 0)
    tape = Tape()
    watch = _observer(tape, end, progress)
    simulation = run(scenario, strategy, (seed,), interval=interval, until=until, each_second=watch).simulation
    origin = Origin(scenario.name, scenario.hash(), strategy.label, between, seed, __version__)
    return tape.recording(origin, street_map(simulation.network), simulation.time)


def _observer(tape: Tape, end: int, progress: Progress | None) -> SecondObserver:
    """Takes the moment of each second."""

    def take_second(simulation: Simulation) -> None:
        tape.add(moment(simulation))
        if progress is not None:
            progress("running", simulation.time / end)

    return take_second
