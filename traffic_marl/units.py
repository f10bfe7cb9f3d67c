"""Units of traffic engineering in SI units, for the border at which users give values."""

HOUR = 3600.0  # [s]
MINUTE = 60.0  # [s]
KMH = 1 / 3.6  # [m/s] in a kilometre per hour
VPH = 1 / 3600  # [veh/s] in a vehicle per hour
