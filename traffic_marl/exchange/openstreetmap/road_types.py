"""The classes of streets in OpenStreetMap, with the values that are taken where the map does not say them.

Lanes are those that OpenStreetMap's own documents assume (https://wiki.openstreetmap.org/wiki/Key:lanes#Assumptions).
Speed limits are those usual in towns, because signals are.
"""

from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ElementTree, SubElement

from traffic_marl.units import KMH


class RoadClass(NamedTuple):
    """Usual values of a class of streets."""

    lanes: int  # in each direction
    limit: float  # [km/h]
    importance: int  # where two streets meet, the greater one has the right of way
    share: float  # of the traffic at the rim: that of a lane, relative to the other classes
    is_one_way: bool = False


CLASSES = {
    "motorway": RoadClass(2, 100.0, 14, 10.0, True),
    "motorway_link": RoadClass(1, 60.0, 9, 5.0, True),
    "trunk": RoadClass(2, 80.0, 13, 9.0),
    "trunk_link": RoadClass(1, 50.0, 8, 4.5),
    "primary": RoadClass(1, 50.0, 12, 8.0),
    "primary_link": RoadClass(1, 50.0, 7, 4.0),
    "secondary": RoadClass(1, 50.0, 11, 5.0),
    "secondary_link": RoadClass(1, 50.0, 6, 2.5),
    "tertiary": RoadClass(1, 50.0, 10, 2.5),
    "tertiary_link": RoadClass(1, 50.0, 5, 1.25),
    "unclassified": RoadClass(1, 50.0, 4, 1.0),
    "road": RoadClass(1, 50.0, 4, 1.0),
    "residential": RoadClass(1, 30.0, 3, 0.4),
    "living_street": RoadClass(1, 10.0, 2, 0.1),
}
NO_CARS = "rail rail_urban rail_electric rail_fast tram subway cable_car ship pedestrian bicycle"  # SUMO's classes


def write_types(path: Path) -> None:
    """Writes these classes as netconvert reads them. It leaves out the ways of all other classes."""
    root = Element("types")
    for name, usual in CLASSES.items():
        attributes = {
            "id": f"highway.{name}",
            "numLanes": str(usual.lanes),
            "speed": f"{usual.limit * KMH:.2f}",
            "priority": str(usual.importance),
            "oneway": str(usual.is_one_way).lower(),
            "disallow": NO_CARS,
        }
        SubElement(root, "type", attributes)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def class_of(edge_type: str) -> str | None:
    """The class of a road of the network, from its type such as `highway.primary`. None if it has none of these."""
    for part in edge_type.split("|"):
        name = part.removeprefix("highway.")
        if name in CLASSES:
            return name
    return None
