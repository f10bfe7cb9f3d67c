"""SUMO's XML files, read piece by piece, without trust.

A file may be packed by gzip, as SUMO's own tools pack large ones. Files that define entities are refused, because such
definitions can blow up a small file. SUMO's files have none.
"""

import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from traffic_marl.errors import FileError, TrafficError, one_line
from traffic_marl.network.formats.sumo.elements import Element
from traffic_marl.reading import LARGEST, opened

PIECE = 2**20  # [B] that are parsed at a time
PACKED = b"\x1f\x8b"  # first bytes of a file packed by gzip
DEEPEST = 64  # elements within one another
MOST_ELEMENTS = 20_000_000


class Kind(StrEnum):
    """A kind of SUMO's files, as messages name it."""

    NETWORK = "a road network of SUMO"
    ROUTES = "a route file of SUMO"
    CONFIG = "a configuration of SUMO"
    ADDITIONAL = "an additional file of SUMO"
    PART = "an input of netconvert, of which it makes a road network of SUMO"
    MAP = "map data of OpenStreetMap"


ROOTS = {
    "net": Kind.NETWORK,
    "routes": Kind.ROUTES,
    "trips": Kind.ROUTES,
    "configuration": Kind.CONFIG,
    "sumoConfiguration": Kind.CONFIG,
    "additional": Kind.ADDITIONAL,
    "nodes": Kind.PART,
    "edges": Kind.PART,
    "connections": Kind.PART,
    "tlLogics": Kind.PART,
    "osm": Kind.MAP,
}
REMEDIES = {
    Kind.NETWORK: "give the road network that SUMO reads (.net.xml), which begins with <net>",
    Kind.ROUTES: "give the route file that SUMO reads (.rou.xml), which begins with <routes>",
    Kind.CONFIG: "give the configuration that SUMO reads (.sumocfg), which begins with <configuration>",
}


@dataclass
class Document:
    """The content of a file, as far as a reader wants it."""

    root: Element
    skipped: Counter[str] = field(default_factory=Counter)  # elements of other tags right below the root, by tag


class RefusalError(Exception):
    """Ends the parsing of a file for a reason that the parser does not know."""


def read_document(
    path: Path, kinds: Collection[Kind], wanted: Collection[str] | None, mistake: type[TrafficError]
) -> Document:
    """The wanted elements of a file.

    Args:
        path: the file.
        kinds: that are expected. The first one names the remedy.
        wanted: tags of the elements that are kept, None for all. Others are left out with all that is in them.
        mistake: class of the errors about elements.

    Raises:
        FileError: the file cannot be read, is not XML, is of another kind or defines entities.
    """
    parser = _Parser(path, kinds, wanted, mistake)
    with opened(path, REMEDIES[next(iter(kinds))]) as file:
        parser.parse(file)
    assert parser.document is not None, "a file without a root is no XML"
    return parser.document


def kind_of(path: Path) -> Kind | None:
    """The kind of a file, told from its first element. None if it is of no kind of SUMO's or cannot be read."""
    try:
        with opened(path, "give a file") as file:
            return _Parser(path, (), (), FileError).kind(file)
    except (FileError, OSError):
        return None


class _Parser:
    """Parses one file."""

    def __init__(
        self, path: Path, kinds: Collection[Kind], wanted: Collection[str] | None, mistake: type[TrafficError]
    ) -> None:
        self.document: Document | None = None
        self._path, self._kinds, self._mistake = path, kinds, mistake
        self._wanted = None if wanted is None else frozenset(wanted)
        self._open: list[Element] = []  # elements that are kept and have not ended
        self._ignored = 0  # depth within an element that is left out
        self._count = 0
        self._root = ""
        self._expat = expat.ParserCreate()
        self._expat.StartElementHandler = self._begin
        self._expat.EndElementHandler = self._end
        self._expat.EntityDeclHandler = self._entity
        self._expat.buffer_text = True

    def parse(self, file: BinaryIO) -> None:
        """Parses the whole file."""
        feed(self._expat, file, one_line(self._path), REMEDIES.get(next(iter(self._kinds), Kind.PART)))

    def kind(self, file: BinaryIO) -> Kind | None:
        """The kind of the file."""
        with suppress(expat.ExpatError, RefusalError, zlib.error, EOFError, LookupError, ValueError):
            self._expat.Parse(next(_pieces(file), b""), False)
        return ROOTS.get(self._root)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise RefusalError(f"has more than {MOST_ELEMENTS:,} elements")
        if self.document is None:
            self._begin_root(tag, attributes)
        elif self._ignored or (self._wanted is not None and tag not in self._wanted):
            if not self._ignored and len(self._open) == 1:
                self.document.skipped[tag] += 1
            self._ignored += 1
        else:
            self._keep(tag, attributes)
        if len(self._open) + self._ignored > DEEPEST:
            raise RefusalError(f"has more than {DEEPEST} elements within one another")

    def _begin_root(self, tag: str, attributes: dict[str, str]) -> None:
        self._root = tag
        kind = ROOTS.get(tag)
        if kind is None or kind not in self._kinds:
            raise RefusalError(f"is {kind or f'XML that begins with <{one_line(tag, 40)}>'}")
        self._keep(tag, attributes)
        self.document = Document(self._open[0])

    def _keep(self, tag: str, attributes: dict[str, str]) -> None:
        line = self._expat.CurrentLineNumber
        element = Element(self._path.name, line, tag, attributes, self._mistake)
        if self._open:
            self._open[-1].members.append(element)
        self._open.append(element)

    def _end(self, tag: str) -> None:
        if self._ignored:
            self._ignored -= 1
        else:
            self._open.pop()

    def _entity(self, *definition: object) -> None:
        raise RefusalError("defines entities, which is not done in SUMO's files")


def feed(parser: expat.XMLParserType, file: BinaryIO, where: str, remedy: str | None) -> None:
    """Hands the content of a file to a parser, unpacked if it is packed.

    Args:
        parser: whose handlers may raise a RefusalError.
        file: opened.
        where: the file, for messages.
        remedy: what to do about a file that is refused. None names the place of the mistake alone.

    Raises:
        FileError: the file is empty, is not XML, cannot be unpacked, or a handler refuses it.
    """
    try:
        empty = True
        for piece in _pieces(file):
            empty = empty and not piece.strip()
            parser.Parse(piece, False)
        if empty:
            raise RefusalError("is empty")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        what = f"is not XML: line {error.lineno}, column {error.offset + 1}: {expat.ErrorString(error.code)}"
        raise FileError(where, what, remedy or "correct the file there") from None
    except (RefusalError, zlib.error, EOFError, LookupError, ValueError) as error:
        what = str(error) if isinstance(error, RefusalError) else f"cannot be read: {error}"
        raise FileError(where, what, remedy or "give another file") from None


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The content of a file, unpacked if it is packed."""
    piece = file.read(PIECE)
    if not piece.startswith(PACKED):
        while piece:
            yield piece
            piece = file.read(PIECE)
        return
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    total = 0
    while piece:
        content = unpacker.decompress(piece, PIECE)
        total += len(content)
        if total > LARGEST:
            raise RefusalError(f"is too large to be read: more than {LARGEST / 2**20:,.0f} MiB when unpacked")
        yield content
        piece = unpacker.unconsumed_tail or file.read(PIECE)
