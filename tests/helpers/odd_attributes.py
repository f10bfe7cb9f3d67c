"""Texts of XML in which one attribute is mistyped, cut off or missing."""

import re
from collections.abc import Callable, Iterator

from traffic_marl.errors import TrafficError

ODD = ("", " ", "x", "0.5 x", "-1", "nan", "1e999", "²", f"{'9' * 400}:00:00:00")
START = re.compile(r"<(\w+)[^<>?]*>")
ATTRIBUTE = re.compile(r'\s([\w-]+)="([^"]*)"')


def odd_texts(text: str, *, all_places: bool = False) -> Iterator[str]:
    """The text with each odd value in the place of an attribute, and without it.

    Of several attributes with the same name and tag the first one is changed, or each.
    """
    known: set[tuple[str, str]] = set()
    for start in START.finditer(text):
        for found in ATTRIBUTE.finditer(text, start.start(), start.end()):
            key = (start[1], found[1])
            if key in known and not all_places:
                continue
            known.add(key)
            yield text[: found.start()] + text[found.end() :]
            yield from (text[: found.start(2)] + value + text[found.end(2) :] for value in ODD)


def refusals(texts: Iterator[str], read: Callable[[str], object]) -> list[str]:
    """What is said about the texts that cannot be read. Any error that is not meant for users is raised."""
    told = []
    for text in texts:
        try:
            read(text)
        except TrafficError as error:
            told.append(str(error))
    return told
