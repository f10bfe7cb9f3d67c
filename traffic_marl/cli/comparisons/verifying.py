"""The command `verify`: whether this installation gives the numbers of the reference comparison."""

import json as formats
import sys
from collections.abc import Sequence
from dataclasses import asdict

from traffic_marl.cli import output
from traffic_marl.cli.choosing.elsewhere import Address, check_address, tasks_at
from traffic_marl.cli.exits import FAILED
from traffic_marl.cli.json_option import Json, ensure_json_writable, is_printed, write_json
from traffic_marl.comparison.table import CellKind, Column, TextTable
from traffic_marl.comparison.verification.checking import FEW, Check, verify
from traffic_marl.version import LIBRARIES, __version__, versions


def verify_command(json: Json = None, address: Address = None) -> None:
    """Check the numbers of a reference comparison here."""
    ensure_json_writable(json)
    check_address(address)
    output.print_compilation_status()
    tasks = tasks_at(address, None)
    with output.progress_bar() as progress:
        checks = verify(tell=progress, tasks=tasks)
    text = formats.dumps(_content(checks), indent=1) + "\n"
    write_json(json, text)
    if is_printed(json):
        output.print_json(text)
    else:
        output.print_table(_table(checks))
    if not all(check.holds for check in checks):
        sys.exit(FAILED)


def _table(checks: Sequence[Check]) -> TextTable:
    """A line for each check, and what does not hold below."""
    columns = (Column("check", CellKind.PROSE), Column("on", CellKind.TEXT), Column("", CellKind.TEXT))
    rows = tuple((check.name, check.extent, "holds" if check.holds else "DOES NOT HOLD") for check in checks)
    return TextTable(f"verification of traffic_marl {__version__}", columns, rows, tuple(_notes(checks)))


def _notes(checks: Sequence[Check]) -> list[str]:
    """Some findings of each check that does not hold, or the sentence that all hold."""
    found: list[str] = []
    for check in (each for each in checks if not each.holds):
        found += check.findings[:FEW]
        if len(check.findings) > FEW:
            found.append(f"... and {len(check.findings) - FEW} more")
    if not found:
        return ["All holds: this installation gives the numbers of the reference."]
    known = versions()
    libraries = ", ".join(f"{name} {known[name]}" for name in ("python", *LIBRARIES[:2]))
    return [*found, f"Here: {libraries}, {known['system']}."]


def _content(checks: Sequence[Check]) -> dict[str, object]:
    told = [{**asdict(check), "holds": check.holds} for check in checks]
    return {"holds": all(check.holds for check in checks), "checks": told, "versions": versions()}
