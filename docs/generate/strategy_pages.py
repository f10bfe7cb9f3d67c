"""A page for each strategy, from its class: the idea, what it senses, its parameters, its source."""

import re
from dataclasses import fields
from typing import Any

from docs.generate.markdown import code, inline, table
from docs.generate.sensing import sensed
from traffic_marl.strategies.catalogue import STRATEGIES, describe

FLOW = "expected flow"
FROM = {  # what a strategy can look at, in words
    "time": "the time",
    "vehicles": "the vehicles on each lane",
    "queue": "the halted vehicles on each lane",
    "moving": "the moving vehicles on each lane, by distance from the stop line",
    "mean_speed": "the mean speed on each lane",
    "delay": "the delay on each lane since the last decision",
    "discharged": "the vehicles that left each lane since the last decision",
    "longest_wait": "the longest present standstill on each lane",
    "backlog": "the vehicles that find no room to enter",
    "phase": "the phase shown",
    "age": "how long the signal has shown it",
    "since_served": "how long ago each phase was green",
    "interval": "whether the signal shows green, yellow or all-red",
    "may_switch": "whether a change would be granted now",
    FLOW: "the expected flow of each movement, once, before the run",
}


def overview() -> str:
    """A table of all strategies, to be included in a page."""
    rows = [
        (f"[{inline(name)}](/strategies/{name}.md)", describe(name).line, describe(name).decides) for name in STRATEGIES
    ]
    return table(("strategy", "what it does", "decides"), rows)


def page(name: str) -> str:
    """The page of one strategy."""
    described = describe(name)
    parts = [f"# {name}\n", f"{described.line}\n", f"## Idea\n\n{described.method}\n", _senses(name)]
    parts += [f"## Limits\n\n{described.limits}\n", _parameters(name)]
    parts += [f"## Source\n\n{_linked(described.source)}\n", _use(name)]
    return "\n".join(parts)


def _senses(name: str) -> str:
    """What the strategy looks at, found by watching it decide."""
    looked, described = sensed(name), describe(name)
    lines = [f"- {FROM[each]}" for each in FROM if each in looked]
    when = f"It decides {described.decides}."
    listed = "Readings that it uses:\n\n" + "\n".join(lines) + "\n\n" if lines else ""
    return f"## What it senses\n\n{described.senses}\n\n{listed}{when}\n"


def _parameters(name: str) -> str:
    """A table of the parameters, those that all strategies take included."""
    rows = [
        (inline(each.name), _default(each.default, each.unit), each.range, each.meaning[:1].upper() + each.meaning[1:])
        for each in describe(name).parameters
    ]
    return "## Parameters\n\n" + table(("parameter", "default", "allowed", "meaning"), rows)


def _default(value: Any, unit: str) -> str:
    return "not given" if value is None else f"{inline(_short(value))} {unit}".strip()


def _use(name: str) -> str:
    """A command that compares the strategy, its first parameter written out where it has one."""
    own = [item for item in fields(STRATEGIES[name]) if item.default is not None]
    written = f"{name}:{own[0].name}={_short(own[0].default)}" if own else name
    other = "max_pressure" if name == "fixed_time" else "fixed_time"
    return "## Use\n\n" + code(
        f"python run.py compare --strategies {other},{written} --seeds 3 --reference {other}", "sh"
    )


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _linked(text: str) -> str:
    """A source with its DOI or arXiv number as a link."""
    text = re.sub(r"doi (10\.[^\s,;)]+[^\s,;).])", r"[doi \1](https://doi.org/\1)", text)
    return re.sub(r"arXiv (\d{4}\.\d+)", r"[arXiv \1](https://arxiv.org/abs/\1)", text)
