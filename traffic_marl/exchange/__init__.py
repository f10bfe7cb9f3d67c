"""Networks, demand and signal plans in the files of other simulators."""
