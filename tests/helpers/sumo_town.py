"""A small town in SUMO's format: a signal (C), a junction without signals (T), and a footway. netconvert made it."""

from pathlib import Path

from traffic_marl.network.formats.sumo.network import read_sumo_network
from traffic_marl.network.network import Network

TOWN = Path(__file__).parents[1] / "data" / "sumo" / "town.net.xml"


def town() -> Network:
    """The town."""
    return read_sumo_network(TOWN)


def changed_town(folder: Path, *changes: tuple[str, str]) -> Path:
    """A copy of the town's file in a folder, with every text of each pair in place of the other one."""
    text = TOWN.read_text()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    path = folder / "changed.net.xml"
    path.write_text(text)
    return path


def routes(folder: Path, *elements: str, name: str = "town.rou.xml") -> Path:
    """A route file with these elements."""
    path = folder / name
    path.write_text(f"<routes>\n{chr(10).join(elements)}\n</routes>\n")
    return path
