"""The output of `simulate`: measures by place, trips, fuel and event logs."""
