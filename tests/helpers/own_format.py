"""A data set in a format of a user's own, and the file with the functions that read it."""

READERS = '''
"""Readers of crossings as CSV files: arms of one intersection, and trips between them."""

import csv

from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.network.assemble import build_network
from traffic_marl.network.model import Connection, Lane, Movement, Node, PhaseRow, Road

OPPOSITE = {"west": "east", "east": "west", "south": "north", "north": "south"}
NOT_CALLABLE = 3


def read_network(path):
    with open(path, newline="") as file:
        arms = {row["arm"]: (float(row["x_m"]), float(row["y_m"])) for row in csv.DictReader(file)}
    lane = Lane(width=3.5, limit=13.9)
    roads = [Road(f"{arm}_in", arm, "crossing", (place, (0.0, 0.0)), (lane,)) for arm, place in arms.items()]
    roads += [Road(f"{arm}_out", "crossing", arm, ((0.0, 0.0), place), (lane,)) for arm, place in arms.items()]
    movements = tuple(
        Movement(f"{arm}_in", f"{OPPOSITE[arm]}_out", "through", (Connection(0, 0),)) for arm in arms
    )
    axes = (("west", "east"), ("south", "north"))
    rows = tuple(
        PhaseRow("-".join(axis), tuple(index for index, arm in enumerate(arms) if arm in axis), time=30.0)
        for axis in axes
    )
    nodes = [Node("crossing", (0.0, 0.0), 8.0, virtual=False, movements=movements, rows=rows)]
    return build_network([*nodes, *(Node(arm, place, 0.0, virtual=True) for arm, place in arms.items())], roads)


def read_trips(path, network, duration):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    trips = [PlannedTrip(row["name"], int(row["second"]), (f"{row['from']}_in", f"{row['to']}_out")) for row in rows]
    return TripDemand(network, [trip for trip in trips if trip.scheduled < duration], duration)


def read_a_list(path, *others):
    return [path]


def fail(path, *others):
    raise ValueError("the file is too old")
'''
ARMS = "arm,x_m,y_m\nwest,-300,0\neast,300,0\nsouth,0,-300\nnorth,0,300\n"
TRIPS = "name,second,from,to\na,0,west,east\nb,3,west,east\nc,5,north,south\nlate,5000,north,south\n"


def data_set(folder):
    """Writes readers and data to a folder, and gives the fields of a scenario that uses them."""
    for name, content in (("my_format.py", READERS), ("arms.csv", ARMS), ("trips.csv", TRIPS)):
        (folder / name).write_text(content)
    return {
        "name": "own",
        "network": {"kind": "custom", "reader": f"{folder}/my_format.py:read_network", "path": f"{folder}/arms.csv"},
        "demand": {"kind": "custom", "reader": f"{folder}/my_format.py:read_trips", "path": f"{folder}/trips.csv"},
        "duration_s": 60,
        "clearing_s": 120,
    }
