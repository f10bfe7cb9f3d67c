"""Learning to control signals: RLlib's algorithms on traffic stepped in batches; the only user of ray and torch.

Nothing here is imported before it is used: `settings` needs neither library, `modules` torch alone.
"""

import os

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # read when ray is imported
os.environ.setdefault("RAY_AUTH_MODE", "disabled")  # the cluster is a process group of this machine
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
