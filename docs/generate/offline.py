"""Holds that the built pages open from disk, with fonts, styles, scripts and pictures beside them."""

import re
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

ELSEWHERE = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)=\"(?:https?:)?//[^\"]+\"")
IMPORTED = re.compile(r"(?:url\(|@import )[\"']?(?:https?:)?//")


def check(app: Any, failure: Exception | None) -> None:
    """Checks every page and style sheet; called by Sphinx when the build has finished.

    Raises:
        ExtensionError: one of them loads something from elsewhere.
    """
    if failure is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*")):
        pattern = {".html": ELSEWHERE, ".css": IMPORTED}.get(path.suffix)
        found = pattern and pattern.search(path.read_text(encoding="utf-8"))
        if found:
            raise ExtensionError(f"{path.name} loads from elsewhere: {found[0]}")
