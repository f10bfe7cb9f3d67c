"""What stands behind the fields of a class as comments: their meaning, unit and shape."""

import ast
import inspect
import io
import textwrap
import tokenize
from functools import lru_cache


@lru_cache(maxsize=256)
def field_comments(owner: type) -> dict[str, str]:
    """The comment on the line, or the last line, of each field of a class, its parents included."""
    found: dict[str, str] = {}
    for each in reversed(owner.__mro__):
        found |= _own_comments(each)
    return found


def _own_comments(owner: type) -> dict[str, str]:
    """The comments of the fields that the class itself declares."""
    try:
        source = textwrap.dedent(inspect.getsource(owner))
    except (OSError, TypeError):  # a class without a source, such as object
        return {}
    comments = _by_line(source)
    body = ast.parse(source).body[0]
    fields = [node for node in getattr(body, "body", []) if isinstance(node, ast.AnnAssign)]
    return {
        field.target.id: " ".join(lines)
        for field in fields
        if isinstance(field.target, ast.Name) and (lines := _of(field, comments))
    }


def _of(field: ast.AnnAssign, comments: dict[int, str]) -> list[str]:
    """The comments on the lines of a field."""
    return [comments[line] for line in range(field.lineno, (field.end_lineno or 0) + 1) if line in comments]


def _by_line(source: str) -> dict[int, str]:
    """Comments of a source by their line, checks' own comments left out."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
    return {line: text.lstrip("#: ") for line, text in comments.items() if "noqa" not in text and "type:" not in text}
