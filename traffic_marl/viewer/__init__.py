"""The viewer: watch a run live, take a signal over, or draw pictures of it; the only part that uses pygame."""

from traffic_marl.viewer.scene.moment import Moment, moment

__all__ = ["Moment", "moment"]
