"""SUMO as a simulator, through its library `libsumo`."""
