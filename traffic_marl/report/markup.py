"""HTML made of tags. Text is escaped, and tags are kept as they are."""

import html
from collections.abc import Iterable

VOID = ("br", "input")  # tags without an end

Attribute = str | int | float | bool | None


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: Attribute) -> Html:
    """An element.

    Args:
        name: of the tag.
        children: elements, and texts, which are escaped.
        attributes: by name, with `_` for `-`. A `_` at the end is dropped, so that `class_` can be written. True gives
            an attribute without a value, None and False give none.
    """
    written = "".join(_attribute(each, value) for each, value in attributes.items())
    inside = "".join(escaped(child) for child in children)
    return Html(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{inside}</{name}>")


def joined(parts: Iterable[str]) -> Html:
    """Elements and texts one after the other."""
    return Html("".join(escaped(part) for part in parts))


def escaped(text: str) -> str:
    """The text as HTML."""
    return text if isinstance(text, Html) else html.escape(text)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    written = name.removesuffix("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{html.escape(str(value))}"'
