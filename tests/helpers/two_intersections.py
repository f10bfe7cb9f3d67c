"""A scenario of two intersections, whole and as files in CityFlow's formats."""

from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.scenario import OriginDestinationFlows, PairFlow, Scenario

NETWORK = {"kind": "grid", "rows": 1, "columns": 2}
DEMAND = {"kind": "turning", "inflow_vph": 360}
PAIRS = OriginDestinationFlows(pairs=[PairFlow(origin="west_1", destination="east_1", flow_vph=720)])


def scenario(**fields):
    """A scenario of two intersections, with some fields changed."""
    return Scenario(**{"name": "test", "network": NETWORK, "demand": DEMAND, **fields})


def folder_with_files(tmp_path):
    """A CityFlow data set: a generated grid and one draw of traffic on it."""
    folder = tmp_path / "town"
    folder.mkdir()
    network = scenario().build_network()
    write_roadnet(network, folder / "roadnet.json")
    write_flow(scenario(duration_s=100).build_demand().draw(0), network, folder / "flow.json")
    return folder
