"""The reference of the command line, from the commands themselves."""

import re
from collections.abc import Iterator
from typing import Any

import typer

from docs.generate.markdown import code, inline, table
from traffic_marl.cli.app import app

HEAD = """# Command line

From a checkout the program is `python run.py`. Installed, it is `traffic-marl`. `--help` after any command shows the
text of this page. A mistake in the input is reported in one line, and the exit code is 2. Ctrl-C ends a command with
exit code 130. Files are written before a result is printed. A reader that leaves early, such as `head`, is no error.
"""


def page() -> str:
    """The page: a section for each command."""
    group: Any = typer.main.get_command(app)
    return HEAD + "".join(f"\n{_section(name, command)}" for name, command in sorted(group.commands.items()))


def _section(name: str, command: Any) -> str:
    """A command: its text, how it is written, and its arguments and options."""
    context = command.make_context(name, [], resilient_parsing=True)
    usage = context.get_usage().removeprefix("Usage: ")
    text = re.sub(r"[ \t]*\n[ \t]+", "\n", command.help or "").strip()
    return (
        f"## {name}\n\n{_marked(text)}\n\n" + code(f"python run.py {usage}", "text") + "\n" + _options(command, context)
    )


def _options(command: Any, context: Any) -> str:
    records = list(_records(command, context))
    return table(("argument or option", "meaning", "default"), records) if records else ""


def _records(command: Any, context: Any) -> Iterator[tuple[str, str, str]]:
    """Name, meaning and default of each parameter, `--help` left out."""
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is None or "--help" in parameter.opts:
            continue
        written, meaning = record
        meaning, default = _split_default(meaning)
        yield inline(written), _marked(_escaped(meaning)), _marked(default)


def _split_default(text: str) -> tuple[str, str]:
    """The meaning and the default of `Meaning.  [default: 3]`; the last default counts."""
    found = re.findall(r"\[(?:default: )?(required|[^\]]*)\]", text)
    meaning = re.sub(r"\s*\[(?:default: |required)[^\]]*\]", "", text).strip()
    if not found or meaning == text:
        return text, ""
    return meaning, found[-1] if found[-1] == "required" or " " in found[-1] else inline(found[-1])


def _escaped(text: str) -> str:
    """Text in which no sign but backticks means anything to Markdown."""
    return re.sub(r"([*_<>])(?=[^`]*(?:`[^`]*`[^`]*)*$)", r"\\\1", text)


def _marked(text: str) -> str:
    """Text in which flags are code. Elsewhere the two hyphens of a flag would become a dash."""
    return re.sub(r"`[^`]*`|--[a-z][a-z-]*", lambda found: inline(found[0].strip("`")), text)
