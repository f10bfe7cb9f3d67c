"""The code of the package that moves and controls traffic, as a digest."""

import hashlib
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
WITHOUT_EFFECT = (  # parts that neither move nor control traffic
    "branching",
    "cli",
    "comparison",
    "explaining",
    "report",
    "tuning",
    "viewer",
)
DIGITS = 16  # hexadecimal


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Digits that change with the code of the package that moves or controls traffic."""
    found = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] not in WITHOUT_EFFECT:
            found.update(place.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:DIGITS]
