"""A section of the page: a heading, and what stands below it."""

from collections.abc import Sequence

from traffic_marl.comparison.table import CellKind, TextTable
from traffic_marl.report.markup import Html, escaped, joined, tag


def section(name: str, title: str, *content: str) -> Html:
    """A section that links of the page can lead to by its name."""
    return tag("section", tag("h2", title), *content, id=name)


def figure(title: str, drawn: str, *notes: str) -> Html:
    """A chart with its title above, and notes below."""
    below = [tag("p", note, class_="note") for note in notes if note]
    return tag("figure", tag("figcaption", title), drawn, *below)


def table(shown: TextTable, *, kind: str = "") -> Html:
    """A table of text as HTML, without its title and notes. It scrolls where it is wider than the page."""
    heads = [tag("th", _lines(column.head), scope="col", class_=_class(column.kind)) for column in shown.columns]
    kinds = [column.kind for column in shown.columns]
    rows = [tag("tr", *(_cell(cell, each) for cell, each in zip(row, kinds, strict=True))) for row in shown.rows]
    whole = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows), class_=kind or None)
    return tag("div", whole, class_="wide", tabindex=0, role="region", aria_label=shown.title or "table")


def folded(title: str, content: str, *, on_paper: bool = False) -> Html:
    """Content that is shown when its title is chosen, and on paper if wanted."""
    return tag("details", tag("summary", title), content, data_paper=on_paper)


def notes(lines: Sequence[str]) -> Html:
    """Notes as a list."""
    return tag("ul", *(tag("li", line) for line in lines), class_="notes")


def _cell(text: str, kind: CellKind) -> Html:
    if kind is CellKind.NAME:
        return tag("th", text, scope="row")
    return tag("td", text.replace("+-", "\N{PLUS-MINUS SIGN}"), class_=_class(kind))


def _class(kind: CellKind) -> str | None:
    """The class of a cell in the style sheet, if it has one."""
    return kind.value if kind in (CellKind.NUMBER, CellKind.PROSE) else None


def _lines(text: str) -> Html:
    """A text with its line breaks."""
    parts = [escaped(line.replace("+-", "\N{PLUS-MINUS SIGN}")) for line in text.split("\n")]
    return Html("<br>".join(parts)) if len(parts) > 1 else joined(parts)
