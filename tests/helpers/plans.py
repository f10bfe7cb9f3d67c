"""Timing plans written into files."""

from traffic_marl.strategies.plans.plan import Plan

HEAD = "intersection,phase,green,yellow,all-red,offset,cycle"


def written(tmp_path, *lines, head=HEAD):
    """A plan with these lines, in a file."""
    path = tmp_path / "plan.csv"
    path.write_text("\n".join((head, *lines)) + "\n")
    return Plan(file=str(path))


def greens(plan, place=0):
    """Phase, start and end of each green of an intersection."""
    used = int(plan.used[place])
    return list(zip(*(table[place, :used].tolist() for table in (plan.order, plan.begins, plan.ends)), strict=True))
