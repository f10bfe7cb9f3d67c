"""Demand: who wants to travel where and when, drawn per seed."""
