"""Fuel and carbon dioxide of one run as a table and for JSON."""

from dataclasses import asdict

from traffic_marl.comparison.table import CellKind, Column, TextTable
from traffic_marl.emissions import Consumption


def fuel_table(consumption: Consumption) -> TextTable:
    """The sums over all vehicles that entered, and means."""
    columns = (Column("measure", CellKind.NAME), Column("value"), Column("unit", CellKind.TEXT))
    numbers = (
        ("fuel", consumption.fuel, "l"),
        ("co2", consumption.co2, "kg"),
        ("distance", consumption.distance, "km"),
        ("fuel_per_distance", _share(100.0 * consumption.fuel, consumption.distance), "l/100 km"),
        ("co2_per_distance", _share(1000.0 * consumption.co2, consumption.distance), "g/km"),
    )
    rows = tuple((name, "-" if value is None else f"{value:.2f}", unit) for name, value, unit in numbers)
    note = "of all vehicles from entering on, each as a passenger car with a petrol engine (HBEFA3/PC_G_EU4)"
    return TextTable("fuel and carbon dioxide", columns, rows, (note,))


def fuel_json(consumption: Consumption) -> dict[str, float | int]:
    """The sums for JSON."""
    return {"fuel_l": consumption.fuel, "co2_kg": consumption.co2, "distance_km": consumption.distance} | {
        "vehicles": asdict(consumption)["vehicles"]
    }


def _share(above: float, below: float) -> float | None:
    return above / below if below > 0.0 else None
