"""Maps of OpenStreetMap: streets, signals, and files that are no such map."""

import bz2
import gzip

import pytest

from tests.helpers.osm_map import map_text, written
from traffic_marl.errors import FileError
from traffic_marl.exchange.openstreetmap.extract import classes_of, read_extract


def test_streets_and_signals_are_counted(tmp_path):
    extract = read_extract(written(tmp_path))

    assert (extract.signals, extract.crossings) == (2, 1)
    assert classes_of(extract) == {"primary": 3, "secondary": 2, "tertiary": 1, "residential": 1, "footway": 1}
    main = extract.ways["20"]
    assert (main.name, main.lanes, "turn:lanes:forward" in main.tags) == ("Main Street", "4", True)


def test_a_packed_map_is_the_same(tmp_path):
    packed = tmp_path / "town.osm.gz"
    packed.write_bytes(gzip.compress(map_text().encode()))

    assert read_extract(packed).ways == read_extract(written(tmp_path)).ways


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<html><body>Too many requests</body></html>", "begins with <html>"),
        (b"<net></net>", "is a road network of SUMO"),
        (b'<osmChange version="0.6"></osmChange>', "begins with <osmChange>"),
        (b'{"version": 0.6, "elements": []}', "as JSON; ask Overpass for XML"),
        (b"\x00\x00\x00\x0e\n\tOSMHeader\x18\xf0\x01", "as PBF; make XML of it with: osmium cat x.osm -o x.osm"),
        (bz2.compress(b"<osm/>"), "is packed by bzip2; unpack it with: bunzip2 x.osm"),
        (map_text().encode()[:900], "is not XML: line"),
        (b'<!DOCTYPE osm [<!ENTITY a "b">]><osm></osm>', "defines entities"),
        (b'<osm version="0.6"></osm>', "has no street"),
        (map_text().replace('k="highway"', 'k="waterway"').encode(), "has no street"),
    ],
)
def test_other_files_are_refused_with_a_remedy(tmp_path, content, words):
    path = tmp_path / "x.osm"
    path.write_bytes(content)

    with pytest.raises(FileError, match=words):
        read_extract(path)
