"""The measures and their definitions."""

from traffic_marl.measures import DEFINITIONS


def sections() -> str:
    """A section for each measure, to be included in a page."""
    return "\n".join(
        f"### {name}\n\nUnit: {definition.unit}.\n\n{_sentence(definition.text)}\n"
        for name, definition in DEFINITIONS.items()
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
