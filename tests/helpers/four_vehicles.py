"""Records written by hand, of four vehicles and of as many as a test needs."""

from dataclasses import fields

import numpy as np

from traffic_marl.kernels.tables import NEVER
from traffic_marl.simulation import Records


def records(time, scheduled, entered, left, *, count=None, **columns):
    """Records of one copy from lists; columns not given are zero."""

    def row(name, kind=np.int32):
        return np.array([columns.get(name, [0] * len(scheduled))], kind).reshape(1, len(scheduled))

    def per_copy(name, kind=np.int32):
        return np.array([columns.get(name, 0)], kind)

    return Records(
        time=time,
        count=np.array([len(scheduled) if count is None else count], np.int32),
        scheduled=np.array([scheduled], np.int32),
        entered=np.array([entered], np.int32),
        left=np.array([left], np.int32),
        free=row("free", np.float64),
        halted=row("halted"),
        longest_halt=row("longest_halt"),
        stops=row("stops"),
        approaching=row("approaching"),
        visiting=row("visiting"),
        locked=row("locked", np.bool_),
        largest_queue=per_copy("largest_queue"),
        still_since=per_copy("still_since"),
        updates=per_copy("updates"),
        disorders=per_copy("disorders"),
        overlaps=per_copy("overlaps"),
    )


def stacked(*single):
    """Records of several copies of equal width from records of one."""
    names = [field.name for field in fields(Records) if field.name != "time"]
    return Records(time=single[0].time, **{name: np.concatenate([getattr(r, name) for r in single]) for name in names})


# Four vehicles: one done before the horizon (100 s), one in the clearing time, one still under way, one not let in.
AT_HORIZON = records(
    100,
    scheduled=[0, 10, 20, 90],
    entered=[0, 15, 20, NEVER],
    left=[60, NEVER, NEVER, NEVER],
    free=[50.0, 40.5, 30.0, 20.0],
    halted=[5, 20, 35, 0],
    approaching=[40, 70, 80, 0],
    visiting=[45, 71, 81, 0],
)
AT_END = records(
    200,
    scheduled=[0, 10, 20, 90],
    entered=[0, 15, 20, NEVER],
    left=[60, 130, NEVER, NEVER],
    free=[50.0, 40.5, 30.0, 20.0],
    halted=[5, 30, 120, 0],
    longest_halt=[5, 12, 70, 0],
    stops=[1, 2, 3, 0],
    approaching=[40, 90, 180, 0],
    visiting=[45, 91, 181, 0],
    largest_queue=3,
    overlaps=4,
    disorders=5,
)
