"""Learning to control signals: RLlib's algorithms on traffic that is stepped in batches.

Torch is imported in this part alone, ray in `rllib` alone. Neither is imported before it is used.
"""

import os

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # read when ray is imported
os.environ.setdefault("RAY_gcs_rpc_server_reconnect_timeout_s", "20")  # [s] after which ray's head counts as dead
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
