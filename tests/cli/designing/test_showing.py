"""The command `show`, and the flag `--demand` of every command."""

import pytest


def test_a_network_is_summed_up_and_its_intersections_are_listed(call):
    code, out, err = call("show", "grid_2x2_smoke")
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "network: 4 intersections with signals, 0 junctions without, 24 roads, 72 lanes" in text
    assert "signals: min green 5 s, max green 60 s, yellow 3 s, all-red 2 s, max red 300 s" in text
    assert "intersection_2_2" in out
    assert "Movements at" not in out  # of four intersections none is shown in full unless it is named


def test_an_intersection_is_shown_with_roads_movements_and_phases(call):
    code, out, _ = call("show", "grid_2x2_smoke", "--intersection", "intersection_1_2")
    assert code == 0
    rows = [line.split() for line in out.splitlines()]
    assert ["Roads", "into", "intersection_1_2"] in rows
    (road,) = [row for row in rows if row[:1] == ["road_east_1_W"]]
    assert road[1] == "E"
    assert road[-3:] == ["left,", "through,", "right"]
    (phase,) = [row for row in rows if row[:3] == ["2", "EW", "through"]]
    assert len(phase) >= 8


def test_flows_follow_the_demand(call):
    def flows(*words):
        out = call("show", "grid_2x2_smoke", *words)[1]
        return [
            float(line.split()[5].replace(",", "")) for line in out.splitlines() if line.startswith("intersection_")
        ]

    assert flows("--demand", "2") == pytest.approx([2 * flow for flow in flows()], rel=0.01)


def test_a_drawing_is_written(call, tmp_path):
    pygame = pytest.importorskip("pygame")
    path = tmp_path / "network.png"
    code, _, err = call("show", "grid_2x2_smoke", "--picture", path)
    assert (code, err.splitlines()[-1]) == (0, f"written: {path}")
    image = pygame.image.load(path)
    assert image.get_width() >= 1000
    assert len({tuple(image.get_at((x, image.get_height() // 4))) for x in range(0, image.get_width(), 3)}) > 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--intersection", "intersection_3_3"),
            "--intersection: there is no intersection 'intersection_3_3' with signals",
        ),
        (("--picture", "network.jpg"), "--picture: network.jpg is no .png"),
        (("--demand", "0"), "--demand: 0.0 is no factor on the demand; give a number from 0.01 to 100"),
        (("--demand", "more"), "--demand"),
    ],
)
def test_a_wrong_use_is_told_in_one_line(call, words, message):
    code, out, err = call("show", "grid_2x2_smoke", *words)
    assert (code, out) == (2, "")
    assert message in err.splitlines()[-1]
