"""The process that moves one copy: it takes requests on its input and gives replies on its output."""

import os
import pickle
import sys
import tempfile
import traceback
from pathlib import Path
from typing import BinaryIO

from traffic_marl.errors import ProcessError, one_line
from traffic_marl.simulators.choice import CITYFLOW
from traffic_marl.simulators.cityflow.mover import CityFlowMover
from traffic_marl.simulators.messages import (
    Advance,
    Failure,
    Reply,
    Request,
    Start,
    State,
    TakePositions,
    TakeRecords,
    TakeSignals,
    TakeVisits,
)
from traffic_marl.simulators.mover import Mover
from traffic_marl.simulators.observed import ObservedSimulation
from traffic_marl.simulators.sumo.mover import SumoMover


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answers requests until there are no more."""
    with tempfile.TemporaryDirectory(prefix="traffic_marl_") as folder:
        copy: ObservedSimulation | None = None
        while True:
            try:
                request: Request = pickle.load(requests)
            except EOFError:
                return
            try:
                if isinstance(request, Start):
                    copy = build(request, Path(folder))
                assert copy is not None, "the first request builds the copy"
                reply = answer(copy, request)
            except Exception as error:
                reply = Failure(portable(error), traceback.format_exc())
            pickle.dump(reply, replies, pickle.HIGHEST_PROTOCOL)
            replies.flush()


def portable(error: Exception) -> Exception:
    """The error itself, or one with its text if it cannot be sent to another process, as those of libsumo."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # an error of another library may refuse in any way, and then its text is told
        what = one_line(f"it ended with {type(error).__name__}: {error}")
        return ProcessError("simulator", what, "look at the network and the trips, or take another simulator")
    return error


def build(start: Start, folder: Path) -> ObservedSimulation:
    """The copy at time 0."""
    return ObservedSimulation(
        start.network,
        start.trips,
        start.timing,
        mover_of(start, folder),
        log_until=start.log_until,
        places_until=start.places_until,
        faults=start.faults,
        seed=start.seed,
        disturbances=start.disturbances,
    )


def mover_of(start: Start, folder: Path) -> Mover:
    """The program that moves the vehicles."""
    if start.simulator == CITYFLOW:
        return CityFlowMover(start.network, start.trips, folder, start.seed)
    return SumoMover(
        start.network,
        start.trips,
        start.timing,
        folder,
        start.seed,
        control=start.own_control,
        closures=start.disturbances.closures,
    )


def answer(copy: ObservedSimulation, request: Request) -> Reply:
    """Does what is asked for."""
    if isinstance(request, TakeRecords):
        return copy.records(gridlock=request.gridlock)
    if isinstance(request, TakePositions):
        return copy.positions(0)
    if isinstance(request, TakeSignals):
        return copy.signal_log()
    if isinstance(request, TakeVisits):
        return copy.visits()
    if isinstance(request, Advance):
        copy.advance(request.phases, request.seconds, continues=request.continues)
    counts = (int(copy.under_way()[0]), int(copy.completed()[0]), bool(copy.is_clear()[0]))
    truth, reported = copy.both_readings()
    return State(copy.time, truth, reported, *counts)


def main() -> None:
    """Serves on the standard streams. What libraries print goes to the error stream instead."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
