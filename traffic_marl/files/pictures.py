"""Names in pictures."""


def plain(text: str) -> str:
    r"""The text as matplotlib draws it letter by letter. What stands between two `$` would be taken as mathematics."""
    return text.replace("$", r"\$")
