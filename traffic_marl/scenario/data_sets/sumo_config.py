"""SUMO's configurations (.sumocfg): the files that they name, their times, and the options without effect here.

The format: https://sumo.dlr.de/docs/Basics/Using_the_Command_Line_Applications.html#configuration_files. Options may
stand in sections of any name.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.demand.formats.sumo.times import LATEST
from traffic_marl.errors import FileError, one_line
from traffic_marl.network.formats.sumo.document import Kind, read_document
from traffic_marl.network.formats.sumo.elements import Element, time_of
from traffic_marl.remarks import Remark

NETWORK, ROUTES, ADDITIONAL = ("net-file", "n"), ("route-files", "r"), ("additional-files", "a")  # with short names
BEGIN, END = ("begin", "b"), ("end", "e")
SCALE, STEP, TELEPORT = "scale", "step-length", "time-to-teleport"
MOST_SCALE, LEAST_SCALE = 100.0, 0.01
SEPARATOR = re.compile(r"[,;]")  # between files
VARIABLE = re.compile(r"\$\{(\w+)\}")  # of the environment
PHYSICS = re.compile(  # options that move vehicles otherwise than is done here
    r"default\.|device\.rerouting|lanechange\.|lateral-resolution|max-depart-delay|meso|random-depart-offset|"
    r"step-method|time-to-teleport\.|ignore-junction-blocker|extrapolate-departpos|weight-files|tls\.actuated"
)
OFF = ("false", "0", "0.0", "-1", "off", "no", "none", "")  # values with which most options have no effect in SUMO
MOST_NAMED = 8  # options in a message


@dataclass(frozen=True)
class SumoConfig:
    """What a configuration says, as far as it has an effect here."""

    network: Path
    routes: tuple[Path, ...]
    additional: tuple[Path, ...]
    begin: int | None  # [s]
    end: int | None  # [s]
    scale: float  # factor on the demand
    remarks: tuple[Remark, ...]


def read_config(path: Path) -> SumoConfig:
    """The content of a configuration. Nothing is checked of the files that it names.

    Raises:
        FileError: it cannot be read, names no road network, or has a wrong value.
    """
    root = read_document(path, (Kind.CONFIG,), None, FileError).root
    options = {element.tag: element for element in _options(root)}
    networks = _paths(path, options, NETWORK)
    if len(networks) != 1:
        what = "it names no road network" if not networks else f"it names {len(networks)} road networks"
        raise root.error(what, 'give it one <net-file value="..."/>')
    begin, end = (_second(options, names) for names in (BEGIN, END))
    if begin is not None and end is not None and end <= begin:
        given = _given(options, END)
        assert given is not None, "it has an end"
        raise given.error(f"it ends at {end} s, and begins at {begin} s", "give a later end")
    return SumoConfig(
        networks[0],
        tuple(_paths(path, options, ROUTES)),
        tuple(_paths(path, options, ADDITIONAL)),
        begin,
        end,
        _scale(options),
        tuple(_remarks(path.name, options)),
    )


def _options(element: Element) -> Iterator[Element]:
    """The options below an element, in sections or not. An option has a value."""
    for member in element.members:
        if _text(member) is not None:
            yield member
        yield from _options(member)


def _text(option: Element) -> str | None:
    """The value of an option, with variables of the environment that exist put in. None where it has none."""
    text = option.attributes.get("value", option.attributes.get("v"))
    return None if text is None else VARIABLE.sub(lambda found: os.environ.get(found[1], found[0]), text)


def _given(options: Mapping[str, Element], names: Sequence[str]) -> Element | None:
    return next((options[name] for name in names if name in options), None)


def _paths(config: Path, options: Mapping[str, Element], names: Sequence[str]) -> list[Path]:
    """The files that an option names, relative to the folder of the configuration."""
    option = _given(options, names)
    listed = SEPARATOR.split("" if option is None else _text(option) or "")
    return [_path(config.parent, name.strip()) for name in listed if name.strip()]


def _path(folder: Path, name: str) -> Path:
    """The path of a name. One that was written on another system may have backslashes."""
    path = folder / name
    return path if os.path.exists(path) or "\\" not in name else folder / name.replace("\\", "/")


def _second(options: Mapping[str, Element], names: Sequence[str]) -> int | None:
    """[s] The time of an option. None where it is missing, or -1."""
    option = _given(options, names)
    if option is None:
        return None
    text = _text(option) or ""
    time = time_of(text)
    if time is None or time > LATEST:
        raise option.error(f"{one_line(text)!r} is no time", "give seconds")
    return None if time < 0 else int(time)


def _scale(options: Mapping[str, Element]) -> float:
    option = options.get(SCALE)
    if option is None:
        return 1.0
    scale = time_of(_text(option) or "")
    if scale is None or not LEAST_SCALE <= scale <= MOST_SCALE:
        what = f"{one_line(_text(option) or '')!r} is no factor on the demand"
        raise option.error(what, f"give a number from {LEAST_SCALE:g} to {MOST_SCALE:g}")
    return scale


def _remarks(name: str, options: Mapping[str, Element]) -> Iterator[Remark]:
    """Remarks about options that have another effect here, or none."""
    step = options.get(STEP)
    if step is not None and time_of(_text(step) or "") != 1.0:
        error = step.error(f"{_text(step)} has no effect", "write 1")
        yield Remark(name, f"step-length is {one_line(_text(step))}, but vehicles move in steps of 1 s here", error)
    teleport = options.get(TELEPORT)
    if teleport is not None and (time_of(_text(teleport) or "") or 0.0) > 0:
        error = teleport.error(f"{_text(teleport)} has no effect", "write -1")
        what = f"time-to-teleport is {one_line(_text(teleport))}, but nobody is taken from the road after a wait here"
        yield Remark(name, what, error)
    others = [each for tag, each in options.items() if PHYSICS.match(tag) and (_text(each) or "").lower() not in OFF]
    if others:
        named = ", ".join(each.tag for each in others[:MOST_NAMED])
        count = f"{len(others)} option{'' if len(others) == 1 else 's'} about the moving of vehicles"
        rest = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        error = others[0].error("it has no effect", "remove it")
        yield Remark(name, f"{count} without effect here: {named}{rest}", error)
