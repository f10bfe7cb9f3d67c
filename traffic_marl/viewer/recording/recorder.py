"""Records runs without a window: to a file for replay, to a film, or to a picture."""

from collections.abc import Callable
from pathlib import Path

from traffic_marl.errors import UsageError, printable
from traffic_marl.files import ensure_writable
from traffic_marl.rollout import SecondObserver, decision_interval, run
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import Simulator
from traffic_marl.simulators import OWN
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.version import __version__
from traffic_marl.viewer.recording.film import FILMS, SIZE, SPEED, Size, ensure_filmable, film
from traffic_marl.viewer.recording.recording import Origin, Recording, Tape
from traffic_marl.viewer.recording.traffic_file import SUFFIX, ensure_readable, write_recording
from traffic_marl.viewer.scene.moment import moment
from traffic_marl.viewer.scene.street_map import street_map

Progress = Callable[[str, float], None]  # called with the name of the present step and the share of it that is done


def record(
    scenario: Scenario,
    strategy: NamedStrategy,
    seed: int,
    path: Path,
    *,
    until: int | None = None,
    interval: int | None = None,
    simulator: str = OWN,
    speed: float = SPEED,
    size: Size = SIZE,
    flag: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Runs a strategy once and writes the run in the form that the path's suffix names.

    `.traffic` is a recording to replay, `.gif` and `.mp4` are films, `.png` is a picture of the last moment.

    Args:
        scenario: network, demand and rules.
        strategy: decides.
        seed: draw of the demand.
        path: file to write. An existing one is replaced.
        until: [s] second at which demand and run end. None takes the scenario's.
        interval: [s] between decisions. None takes the scenario's.
        simulator: what moves the vehicles: `own`, or `sumo` where it is installed.
        speed: [s] of traffic in one second of the film, above 0.
        size: [px] width and height of film and picture.
        flag: the flag that the path was given with, such as `--record`. None in Python.
        progress: called as the work proceeds.

    Raises:
        UsageError: the suffix names no form, or a library for it is missing.
        FileError: the file cannot be written.
        TrafficError: the scenario or the strategy cannot be used.
    """
    ensure_recordable(path, flag)
    where = (flag or str(path)) if path.suffix.lower() == SUFFIX else None
    recording = take(
        scenario, strategy, seed, until=until, interval=interval, simulator=simulator, progress=progress, file=where
    )
    if path.suffix.lower() == SUFFIX:
        write_recording(recording, path, flag)
    else:
        film(recording, path, speed=speed, size=size, flag=flag, progress=progress)


def ensure_recordable(path: Path, flag: str | None) -> None:
    """Checks before a long run that its result can be written in the form that the path's suffix names.

    Raises:
        UsageError: the suffix names no form, or a library for it is missing.
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
    simulator: str = OWN,
    progress: Progress | None = None,
    file: str | None = None,
) -> Recording:
    """Runs a strategy once and keeps the moment of every second.

    The arguments are those of `record`. `file` names the file into which the recording shall go, for messages. It is
    None if the recording goes into none.

    Raises:
        FileError: the run is too long for a file.
        TrafficError: the scenario or the strategy cannot be used.
    """
    part = scenario.narrowed(None, until)
    between = decision_interval(scenario, strategy, interval)
    tape = Tape()
    watch = _observer(tape, part.horizon + part.clearing_s, progress, file)
    simulation = run(part, strategy, (seed,), interval=interval, simulator=simulator, each_second=watch).simulation
    origin = Origin(scenario.name, scenario.hash(), printable(strategy.label), between, seed, __version__)
    return tape.recording(origin, street_map(simulation.network), simulation.time)


def _observer(tape: Tape, end: int, progress: Progress | None, file: str | None) -> SecondObserver:
    """An observer that puts the moment of each second on the tape."""

    def take_second(simulation: Simulator) -> None:
        tape.add(moment(simulation))
        if file is not None:
            ensure_readable(tape.size, simulation.time, file)
        if progress is not None:
            progress("running", simulation.time / end)

    return take_second
