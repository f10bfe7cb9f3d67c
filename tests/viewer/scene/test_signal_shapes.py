"""Shapes of the lights: told apart without their colours at every scale."""

from itertools import combinations

import numpy as np
import pytest

from tests.helpers.small_town import town_map
from traffic_marl.viewer.scene.lights import CAUTION, GO, STOP
from traffic_marl.viewer.scene.lines import hull
from traffic_marl.viewer.scene.markings import heads
from traffic_marl.viewer.scene.signal_shapes import COARSE, LEAST_WIDTH, SHAPES, changing, light_outlines

STREETS = town_map()
HEADS = heads(STREETS)
ALL = np.arange(len(HEADS.movement), dtype=np.int32)
SCALES = (0.1, 0.5, COARSE, 2.5, 4.0, 20.0)  # [pixels/m]


def extents(light, scale):
    """[pixels] (n,) width and length of the shapes of all heads."""
    outlines = light_outlines(HEADS, ALL, light, scale) * scale
    ahead = HEADS.bars[:, 3] - HEADS.bars[:, 0]
    ahead /= np.hypot(*ahead.T)[:, None]
    across = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1)
    spans = [np.einsum("hcx,hx->hc", outlines, axis) for axis in (across, ahead)]
    return [np.ptp(span, axis=1) for span in spans]


@pytest.mark.parametrize("scale", SCALES)
def test_lights_differ_in_length_by_a_pixel_and_more(scale):
    lengths = {light: extents(light, scale)[1] for light in (GO, CAUTION, STOP)}
    for one, other in combinations(lengths, 2):
        assert (abs(lengths[one] - lengths[other]) >= 1.4).all()


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("light", [GO, CAUTION, STOP])
def test_every_light_can_be_seen(scale, light):
    width, length = extents(light, scale)
    assert (width >= LEAST_WIDTH - 1e-6).all()
    assert (length >= SHAPES[light].least - 1e-6).all()


def test_a_red_bar_is_the_bar_at_the_stop_line():
    outlines = light_outlines(HEADS, ALL, STOP, 20.0)
    for drawn, bar in zip(outlines, HEADS.bars, strict=True):
        assert hull(drawn) == pytest.approx(hull(bar), abs=2e-3)


def test_a_green_arrowhead_points_the_way_the_lane_leads():
    tips = light_outlines(HEADS, ALL, GO, 20.0)[:, 1]
    at_lane = dict(zip(map(int, STREETS.start_lane), map(int, STREETS.movement), strict=True))
    for lane, movement in at_lane.items():
        line = STREETS.lane_lines[lane]
        tip = tips[HEADS.movement == movement] - line[-1]
        assert (tip @ (line[-1] - line[-2]) > 0).any()


def test_heads_that_are_green_in_every_phase_never_change():
    found = changing(STREETS, HEADS)
    turns = np.array(STREETS.movement_turns)[HEADS.movement]
    assert not found[turns == "right"].any(), "right turns of this town are green in every phase"
    assert found[turns != "right"].all()
