"""All files of a network and its demand in one folder, as CityFlow reads them."""

import json
from pathlib import Path

from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.demand.trips import Trips
from traffic_marl.files import replace_text
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.network.network import Network

CONFIGURATION = {
    "interval": 1.0,
    "seed": 0,
    "dir": "./",
    "roadnetFile": "roadnet.json",
    "flowFile": "flow.json",
    "rlTrafficLight": False,
    "laneChange": False,
    "saveReplay": False,
    "roadnetLogFile": "",
    "replayLogFile": "",
}


def write_cityflow(network: Network, trips: Trips, folder: Path) -> None:
    """Writes `roadnet.json`, `flow.json` and the configuration `config.json` into an existing folder.

    Raises:
        FileError: a file cannot be written.
    """
    write_roadnet(network, folder / "roadnet.json")
    write_flow(trips, network, folder / "flow.json")
    replace_text(folder / "config.json", None, json.dumps(CONFIGURATION, indent=1) + "\n")
