"""Extracts of OpenStreetMap: the streets and signals of an .osm file, read in one pass without keeping the rest.

The format: https://wiki.openstreetmap.org/wiki/OSM_XML.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from traffic_marl.errors import FileError, one_line
from traffic_marl.network.formats.sumo.document import DEEPEST, ROOTS, RefusalError, feed
from traffic_marl.reading import opened

REMEDY = "give an extract of OpenStreetMap as XML (.osm), such as the export of openstreetmap.org"
HEAD = 64  # [B] that tell other forms of the data
SIGNAL, CROSSING = "traffic_signals", "crossing"
OTHER_FORMS = (  # sign in the first bytes, what it is, what to do
    (b"OSMHeader", "map data of OpenStreetMap as PBF", "make XML of it with: osmium cat {name} -o {stem}.osm"),
    (b"BZh", "packed by bzip2", "unpack it with: bunzip2 {name}"),
    (b"PK\x03\x04", "a zip archive", "unpack it first"),
    (b'"elements"', "map data of OpenStreetMap as JSON", "ask Overpass for XML, with [out:xml]"),
    (b"{", "JSON, not XML", REMEDY),
)
ANYWHERE = (b"OSMHeader", b'"elements"')  # the signs that need not be the first bytes


@dataclass(frozen=True)
class Way:
    """A way of the map that is a street or a path."""

    road_class: str  # its tag `highway`, such as `primary`
    name: str  # of the street, empty without one
    lanes: str  # as the map says, of both directions together; empty where it does not say
    tags: frozenset[str]  # keys of all its tags


@dataclass
class Extract:
    """What an extract says about streets and signals."""

    path: Path
    ways: dict[str, Way] = field(default_factory=dict)  # with a tag `highway`, by id
    signals: int = 0  # nodes with a traffic signal
    crossings: int = 0  # nodes with a signal for pedestrians alone
    restrictions: int = 0  # relations that forbid or order a turn


def read_extract(path: Path) -> Extract:
    """The streets and signals of an extract.

    Raises:
        FileError: the file cannot be read, is not XML, is of another kind, or has no street.
    """
    _ensure_form(path)
    reader = _Reader(Extract(path))
    with opened(path, REMEDY) as file:
        feed(reader.parser, file, one_line(path), REMEDY)
    if not reader.extract.ways:
        raise FileError(one_line(path), "has no street", "give an extract whose ways have the tag highway")
    return reader.extract


def _ensure_form(path: Path) -> None:
    """Checks that the file is none of the other forms in which such maps are handed on.

    Raises:
        FileError: it is one. The message says how to make XML of it.
    """
    with opened(path, REMEDY) as file:
        head = file.read(HEAD)
    for sign, form, remedy in OTHER_FORMS:
        if sign in head if sign in ANYWHERE else head.lstrip().startswith(sign):
            told = remedy.format(name=path.name, stem=path.name.split(".")[0])
            raise FileError(one_line(path), f"is {form}", told)


class _Reader:
    """Reads an extract element by element."""

    def __init__(self, extract: Extract) -> None:
        self.extract = extract
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._entity
        self._depth = 0
        self._id = ""
        self._tags: dict[str, str] = {}

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and tag != "osm":
            raise RefusalError(f"is {ROOTS.get(tag) or f'XML that begins with <{one_line(tag, 40)}>'}")
        if self._depth > DEEPEST:
            raise RefusalError(f"has more than {DEEPEST} elements within one another")
        if self._depth == 2:
            self._id, self._tags = attributes.get("id", ""), {}
        elif tag == "tag":
            self._tags[attributes.get("k", "")] = attributes.get("v", "")

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if self._depth != 1:
            return
        if tag == "node" and self._tags:
            self._node()
        elif tag == "way" and "highway" in self._tags:
            self.extract.ways[self._id] = _way(self._tags)
        elif tag == "relation" and self._tags.get("type", "").startswith("restriction"):
            self.extract.restrictions += 1

    def _node(self) -> None:
        kind = self._tags.get("highway")
        if kind == SIGNAL:
            self.extract.signals += 1
        elif kind == CROSSING and self._tags.get(CROSSING) == SIGNAL:
            self.extract.crossings += 1

    def _entity(self, *definition: object) -> None:
        raise RefusalError("defines entities, which is not done in maps of OpenStreetMap")


def _way(tags: dict[str, str]) -> Way:
    name = one_line(tags.get("name") or tags.get("ref") or "")
    return Way(tags["highway"], name, tags.get("lanes", "").strip(), frozenset(tags))


def classes_of(extract: Extract) -> Counter[str]:
    """Number of ways by class."""
    return Counter(way.road_class for way in extract.ways.values())
