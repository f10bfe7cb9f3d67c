"""Scenarios made of maps of OpenStreetMap."""
