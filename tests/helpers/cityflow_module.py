"""The stand-in for CityFlow's module, and a small data set to run in it."""

from pathlib import Path

from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.scenario import cityflow_scenario, load_scenario

STAND_INS = Path(__file__).parent / "stand_ins"


def small_data_set(folder, seconds=300):
    """The scenario of files in CityFlow's formats: four intersections and some hundred vehicles."""
    smoke = load_scenario("grid_2x2_smoke")
    network = smoke.build_network()
    write_roadnet(network, folder / "roadnet.json")
    write_flow(smoke.build_demand().draw(3), network, folder / "flow.json")
    return cityflow_scenario(folder, horizon_s=seconds)
