"""Signal programs whose phases state their yellow and all-red, as NEMA programs do."""

from pathlib import Path

import pytest

from tests.helpers.sumo_town import TOWN, changed_town, routes
from traffic_marl import run
from traffic_marl.network.formats.sumo.network import read_sumo_network
from traffic_marl.scenario import sumo_scenario


def nema_town(folder: Path, names: tuple[str, ...]) -> Path:
    """The town, whose signal has a phase of each green row with yellow 4 s and all-red 1 s."""
    text = TOWN.read_text()
    begin, end = text.index("<phase"), text.index("</tlLogic>")
    states = [part.partition('"')[0] for part in text[begin:end].split('state="')[1:]]
    greens = [state for state in states if "y" not in state]
    rows = "".join(
        f'<phase duration="25" yellow="4" red="1" name="{name}" state="{state}"/>'
        for name, state in zip(names, greens, strict=True)
    )
    return changed_town(
        folder, (text[begin:end], rows), ('<tlLogic id="C" type="static"', '<tlLogic id="C" type="NEMA"')
    )


def count_of_greens() -> int:
    return int(read_sumo_network(TOWN).tables.phase_count[0])


def test_yellow_and_all_red_of_the_phases_are_kept(tmp_path):
    names = tuple(str(2 * number) for number in range(1, count_of_greens() + 1))
    path = nema_town(tmp_path, names)
    trip = routes(tmp_path, '<flow id="f" begin="0" end="300" period="10" from="WC" to="CT"/>')
    scenario = sumo_scenario(path, routes=trip)

    assert (scenario.signals.yellow_s, scenario.signals.all_red_s) == (4, 1)
    network = scenario.build_network()
    assert network.phase_names[0] == names
    assert [row.time for row in network.graph.nodes["C"]["node"].rows[:3]] == [25.0, 4.0, 1.0]
    assert run(scenario, "plan", [0]).measures.completed[0] == 30


@pytest.mark.parametrize("value", ["-1", "soon"])
def test_a_wrong_yellow_is_told(tmp_path, value):
    path = nema_town(tmp_path, tuple(map(str, range(count_of_greens()))))
    path.write_text(path.read_text().replace('yellow="4"', f'yellow="{value}"', 1))

    with pytest.raises(Exception, match=f'"yellow" is {value}, which is not within 0 to'):
        read_sumo_network(path)
