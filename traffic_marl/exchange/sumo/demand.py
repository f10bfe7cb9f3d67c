"""Vehicle types, routes and vehicles in SUMO's words."""

from itertools import count
from xml.etree.ElementTree import Element, SubElement

from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.exchange.sumo.names import sumo_names
from traffic_marl.exchange.sumo.naming import Naming
from traffic_marl.exchange.sumo.roads import number
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network


def demand_elements(network: Network, naming: Naming, trips: Trips) -> Element:
    """Vehicle types, routes, and the vehicles in the order of their departures.

    Each vehicle departs at rest, with its front at the start of the first lane of its path, as here.
    """
    root = Element("routes")
    types = sumo_names(each.name for each in trips.types) if unique_names(trips) else numbered(len(trips.types))
    for name, each in zip(types, trips.types, strict=True):
        SubElement(root, "vType", vehicle_type(name, each))
    routes: dict[str, str] = {}
    numbers = count()
    names = sumo_names(trips.names)
    for vehicle in range(len(trips)):
        lanes = entered_lanes(trips, vehicle)
        edges = " ".join(naming.roads[network.tables.lane_road[lane]] for lane in lanes)
        if edges not in routes:
            routes[edges] = f"route_{next(numbers)}"
            SubElement(root, "route", id=routes[edges], edges=edges)
        attributes = {
            "id": names[vehicle],
            "type": types[trips.type_row[vehicle]],
            "route": routes[edges],
            "depart": str(trips.scheduled[vehicle]),
            "departLane": str(naming.lane_place[lanes[0]]),
            "departPos": "0",
            "departSpeed": "0",
        }
        SubElement(root, "vehicle", attributes)
    return root


def unique_names(trips: Trips) -> bool:
    """Whether all types of vehicles have names of their own."""
    return len({each.name for each in trips.types}) == len(trips.types)


def numbered(types: int) -> tuple[str, ...]:
    """Names for types of which some have the same name."""
    return tuple(f"type_{row}" for row in range(types))


def vehicle_type(name: str, each: VehicleType) -> dict[str, str]:
    """The same vehicle in SUMO's words, without driver imperfection or spread of desired speeds."""
    return {
        "id": name,
        "length": number(each.length),
        "minGap": number(each.min_gap),
        "maxSpeed": number(each.max_speed),
        "accel": number(each.max_acceleration),
        "decel": number(each.usual_deceleration),
        "emergencyDecel": number(max(each.max_deceleration, each.usual_deceleration)),
        "tau": number(each.headway),
        "sigma": "0",
        "speedFactor": "1",
    }


def entered_lanes(trips: Trips, vehicle: int) -> list[int]:
    """The lanes of a vehicle's path, without the connections between them."""
    first = int(trips.path_start[vehicle])
    last = first + int((trips.path[first:] == NONE).argmax())
    lanes: list[int] = trips.path[first:last:2].tolist()
    return lanes
