"""SUMO's route files with an odd attribute: each is read or refused in one line."""

import pytest

from tests.helpers.odd_attributes import odd_texts, refusals
from tests.helpers.sumo_town import routes, town
from traffic_marl.demand.formats.sumo.demand import read_routes, read_sumo_demand, span_of
from traffic_marl.errors import DemandError

ELEMENTS = (
    '<vType id="car" vClass="passenger" length="4" minGap="2" maxSpeed="20" tau="1" accel="2" decel="4"/>',
    '<vTypeDistribution id="mix" vTypes="car car" probabilities="0.5 0.5"/>',
    '<vTypeDistribution id="own"><vType id="a" probability="0.3"/><vType id="b"/></vTypeDistribution>',
    '<route id="r" edges="NC CS"/>',
    '<routeDistribution id="rs" routes="r r" probabilities="0.5 0.5"/>',
    '<routeDistribution id="qs"><route id="q" edges="NC CS" probability="1"/></routeDistribution>',
    '<vehicle id="v" type="mix" route="rs" depart="3" departLane="best" departPos="base" arrivalPos="max"/>',
    '<vehicle id="w" route="qs" depart="0:00:05"><stop lane="NC_0" duration="3"/></vehicle>',
    '<trip id="t" type="own" depart="0" from="WC" to="CT" via="CT"/>',
    '<flow id="f" begin="0" end="90" period="9" from="WC" to="CT"/>',
    '<flow id="g" begin="0" number="5" probability="0.2" from="WC" to="CT"/>',
    '<flow id="h" begin="0" end="90" period="exp(0.2)" route="r"/>',
    '<flow id="i" begin="0" end="90" vehsPerHour="100" number="3" route="r"/>',
)


def test_an_odd_attribute_anywhere_is_read_or_told(tmp_path):
    network, path = town(), routes(tmp_path, *ELEMENTS)

    def read(text):
        path.write_text(text, encoding="utf-8")
        span_of([read_routes(path)])
        demand = read_sumo_demand(path, network, 100)
        return demand.draw(0), [str(remark) for remark in demand.remarks]

    told = refusals(odd_texts(path.read_text(), all_places=True), read)
    assert len(told) > 200
    assert all(line.isprintable() and line.startswith("town.rou.xml: line ") for line in told)


@pytest.mark.parametrize("tag", ["vTypeDistribution", "routeDistribution"])
@pytest.mark.parametrize(("value", "odd"), [("0.5 x", "x"), ("-0.5 1", "-0.5"), ("nan 1", "nan"), ("1 1e999", "1e999")])
def test_a_list_with_something_else_than_probabilities_is_told(tmp_path, tag, value, odd):
    changed = [each.replace('"0.5 0.5"', f'"{value}"') if each.startswith(f"<{tag}") else each for each in ELEMENTS]
    words = f'"probabilities" has {odd}, which is not within 0 to 1000000000; give numbers in this range'
    with pytest.raises(DemandError, match=rf"town.rou.xml: line \d, {tag} \w+: {words}"):
        read_sumo_demand(routes(tmp_path, *changed), town(), 100)


def test_a_flow_that_begins_before_second_0_is_told(tmp_path):
    path = routes(tmp_path, '<flow id="f" begin="-5" end="90" period="9" from="WC" to="CT"/>')
    with pytest.raises(DemandError, match='line 2, flow f: "begin" is -5, which is no time; give seconds, at least 0'):
        read_sumo_demand(path, town(), 100)


@pytest.mark.parametrize("rate", ["", 'probability="0.1"'])
def test_a_flow_of_parts_of_vehicles_is_told(tmp_path, rate):
    path = routes(tmp_path, f'<flow id="f" begin="0" end="90" number="2.5" {rate} from="WC" to="CT"/>')
    with pytest.raises(DemandError, match=r'line 2, flow f: "number" is 2.5, which is no whole number; give whole veh'):
        read_sumo_demand(path, town(), 100)
