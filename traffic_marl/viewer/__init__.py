"""The viewer: runs watched live, taken over, recorded, replayed and drawn. No other part uses pygame."""

from traffic_marl.viewer.scene.moment import Moment, moment

__all__ = ["Moment", "moment"]
