"""The light of each movement."""

import numpy as np

from tests.helpers.small_town import by_hand, live, town_map
from traffic_marl.kernels.tables import GREEN, YELLOW
from traffic_marl.viewer.scene.lights import CAUTION, GO, STOP, lights

STREETS = town_map()


def test_a_green_shows_go_to_its_own_movements():
    moment = by_hand(STREETS, 5)
    shown = lights(STREETS, moment.positions)
    for m, light in enumerate(shown.tolist()):
        n = STREETS.movement_intersection[m]
        green = m in STREETS.row_movements[n][moment.positions.row[n]]
        assert light == (GO if green else STOP)
    assert {GO, STOP} == set(shown.tolist())


def test_a_yellow_shows_caution_to_what_was_green_and_does_not_stay_so():
    clearance = 0
    one, other = 0, 2
    count = len(STREETS.intersections)
    moment = by_hand(
        STREETS,
        5,
        row=np.full(count, clearance, np.int32),
        interval=np.full(count, YELLOW, np.int32),
        phase=np.full(count, other, np.int32),
        previous=np.full(count, one, np.int32),
    )
    shown = lights(STREETS, moment.positions)
    for m, light in enumerate(shown.tolist()):
        rows = STREETS.row_movements[STREETS.movement_intersection[m]]
        was = m in rows[STREETS.phase_row[0, one]]
        stays = m in rows[clearance]
        assert light == (GO if stays else CAUTION if was else STOP)
    assert set(shown.tolist()) == {GO, CAUTION, STOP}


def test_every_light_is_seen_in_a_run():
    run = live()
    seen = set()
    for second in range(60):
        moment = run.moment_at(second)
        shown = lights(STREETS, moment.positions)
        seen |= set(shown.tolist())
        at_rest = moment.positions.interval[STREETS.movement_intersection] == GREEN
        assert CAUTION not in shown[at_rest]
    assert seen == {GO, CAUTION, STOP}
