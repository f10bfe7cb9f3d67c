"""How many frames a second does the viewer draw? Whole networks and one intersection, without a display."""

import os
from statistics import mean, quantiles
from time import process_time

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")  # before pygame is imported

from timing import print_table

from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows
from traffic_marl.strategies.catalogue import parse
from traffic_marl.viewer.live import LiveRun
from traffic_marl.viewer.window.window import Window

FRAMES = 180
RATE = 60.0  # [frames/s] assumed for the advance of traffic in each frame
SPEED = 10.0  # [s/s]
CASES = (  # rows and columns, inflow of each road [veh/h], vehicles under way at least
    (4, 900.0, 1_000),
    (10, 900.0, 4_000),
    (10, 1500.0, 10_000),
)


def crowded(streets: int, inflow: float) -> Scenario:
    """A grid on which vehicles pile up."""
    return Scenario(
        name=f"grid_{streets}x{streets}",
        network=GridNetwork(rows=streets, columns=streets, block_m=300.0),
        demand=TurningFlows(inflow_vph=inflow),
        decision_interval_s=15,
    )


def filled(streets: int, inflow: float, vehicles: int) -> Window:
    """A window on such a grid, as soon as there are so many vehicles on it."""
    run = LiveRun(crowded(streets, inflow), parse("fixed_time:green_s=60"), 0)
    window = Window([run], title=run.scenario.name, speed=SPEED)
    while run.moment_at(run.time).under_way < vehicles:
        run.moment_at(run.time + 10)
    window.state.playback.seek(float(run.time))
    while window.state.playback.goal is not None:
        window.frame(0.0)
    return window


def frame_times(window: Window) -> list[float]:
    """[ms] of each frame while traffic moves."""
    times = []
    for _ in range(FRAMES):
        start = process_time()
        window.frame(1.0 / RATE)
        times.append((process_time() - start) * 1000.0)
    return times


def row(window: Window, view: str) -> list[str]:
    """The row of one view."""
    for _ in range(20):  # images of vehicles are drawn once
        window.frame(1.0 / RATE)
    times = frame_times(window)
    vehicles = window.state.pane.later.under_way
    worst = quantiles(times, n=20)[-1]
    return [window.title, view, f"{vehicles}", f"{mean(times):.1f}", f"{worst:.1f}", f"{1000.0 / mean(times):.0f}"]


def main() -> None:
    rows = []
    for streets, inflow, vehicles in CASES:
        window = filled(streets, inflow, vehicles)
        rows.append(row(window, "all of it"))
        middle = window.state.streets.positions[len(window.state.streets.positions) // 2]
        window.state.move_camera(window.state.camera.zoomed(12.0).at(*middle.tolist()))
        rows.append(row(window, "near"))
    print_table(["network", "view", "vehicles", "ms a frame", "95 % below [ms]", "frames/s"], rows)


if __name__ == "__main__":
    main()
