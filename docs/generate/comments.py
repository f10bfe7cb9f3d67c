"""The fields that classes declare, with their annotations and the comments behind them, as the source has them."""

import ast
import inspect
import io
import textwrap
import tokenize
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class DeclaredField:
    """A field as it stands in the source."""

    name: str
    annotation: str
    default: str  # empty: it has none
    comment: str  # unit, shape and meaning; empty: there is none


@lru_cache(maxsize=256)
def declared_fields(owner: type) -> tuple[DeclaredField, ...]:
    """The fields of a class, those of its parents first."""
    found: dict[str, DeclaredField] = {}
    for each in reversed(owner.__mro__):
        found |= {field.name: field for field in _own_fields(each)}
    return tuple(found.values())


def _own_fields(owner: type) -> list[DeclaredField]:
    """The fields that the class itself declares."""
    try:
        source = textwrap.dedent(inspect.getsource(owner))
    except (OSError, TypeError):  # a class without a source, such as object
        return []
    comments = _by_line(source)
    body = getattr(ast.parse(source).body[0], "body", [])
    return [
        DeclaredField(
            node.target.id, ast.unparse(node.annotation), _written(node.value), _comment_of(node, source, comments)
        )
        for node in body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not _is_shared(node)
    ]


def _is_shared(node: ast.AnnAssign) -> bool:
    """Whether this is an attribute of the class, or private."""
    assert isinstance(node.target, ast.Name)
    return "ClassVar" in ast.unparse(node.annotation) or node.target.id.startswith("_")


def _written(value: ast.expr | None) -> str:
    return "" if value is None else ast.unparse(value)


def _comment_of(node: ast.AnnAssign, source: str, comments: dict[int, str]) -> str:
    """The comments on the lines of a field, and within the parentheses around its annotation."""
    last = (node.end_lineno or node.lineno) + 1
    closes = source.splitlines()[last - 1 : last] == ["    )"]
    lines = range(node.lineno, last + closes)
    return " ".join(comments[line] for line in lines if line in comments)


def _by_line(source: str) -> dict[int, str]:
    """Comments of a source by their line, those for the checks of the source left out."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
    return {line: text.lstrip("#: ") for line, text in comments.items() if "noqa" not in text and "type:" not in text}
