"""Timing plans as users have them: read from files, taken from phase tables, checked, and written."""
