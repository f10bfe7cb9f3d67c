"""The help of the command line reads well on its own."""

import re

import pytest
import typer

from traffic_marl.cli.app import app

COMMANDS = typer.main.get_command(app).commands


def parameters():
    for name, command in COMMANDS.items():
        for parameter in command.params:
            if parameter.name != "help":
                yield pytest.param(parameter, id=f"{name} {parameter.name}")


def test_the_list_of_commands_cuts_no_description(call):
    out = call("--help")[1]
    commands = out.partition("Commands:\n")[2]
    assert re.findall(r"^  (\w+)  ", commands, flags=re.MULTILINE) == list(COMMANDS)
    assert "..." not in commands


@pytest.mark.parametrize("parameter", list(parameters()))
def test_every_help_text_is_a_sentence_with_its_default(parameter):
    text = parameter.help
    assert re.match(r"[A-Z.]", text)
    assert re.search(r"(\.|\.\)|\])$", text)
    default = parameter.default
    shown_by_typer = getattr(parameter, "show_default", False) and default not in (None, False, ())
    assert text.count("[default:") + bool(shown_by_typer) <= 1


@pytest.mark.parametrize("command", COMMANDS)
def test_help_begins_with_the_command_as_called(call, command):
    code, out, err = call(command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: python -m traffic_marl {command} ")
