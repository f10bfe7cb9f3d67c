"""Demand: routes and departure times of vehicles, drawn per seed."""
