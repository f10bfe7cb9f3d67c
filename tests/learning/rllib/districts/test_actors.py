"""Districts as actors, bound to the machines of a cluster."""

import pytest

from traffic_marl.errors import TrafficError, UsageError
from traffic_marl.learning.federated.district import DistrictTask
from traffic_marl.learning.federated.federation import Federation
from traffic_marl.learning.iterations import LostProcessError
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.rllib.districts.actors import DistrictActors
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.strategies.catalogue import parse


def tasks(folder, *districts, runners=0):
    """The tasks of districts that begin."""
    federation = Federation(districts=districts)
    settings = TrainingSettings(copies=1, runners=runners)
    return [
        DistrictTask(member, number, federation, settings, 1, str(folder / member.name), None)
        for number, member in enumerate(federation.members)
    ]


def node_of(actor):
    """The node on which an actor works."""
    from traffic_marl.learning.rllib.cluster import ray

    return ray.get(actor.__ray_call__.remote(lambda self: ray.get_runtime_context().get_node_id()))


def test_each_district_works_on_its_own_machine_and_its_errors_and_its_death_are_told_by_name(nodes, tmp_path):
    from traffic_marl.learning.rllib.cluster import ray

    given = tasks(tmp_path, "north=grid_2x2_smoke", "south=grid_2x2_smoke")
    with nodes.added(cpus=2, resources={"district_north": 1, "district_south": 1}) as own:
        group = DistrictActors(given, Placement(address=nodes.address))
        try:
            assert {node_of(actor) for actor in group._actors} == {own.node_id}
            assert [sizes.num_actions for sizes in group.each("sizes")] == [4, 4]
            with pytest.raises(TrafficError, match=r"north: nowhere\.csv"):
                group.each("measure", parse("plan:file=nowhere.csv"))
            ray.kill(group._actors[1])
            with pytest.raises(LostProcessError, match="the district south has died"):
                group.each("sizes")
        finally:
            group.close()


def test_a_district_without_a_machine_is_told_with_the_command_that_makes_one(nodes, tmp_path):
    given = tasks(tmp_path, "mars=grid_2x2_smoke", "south=grid_2x2_smoke")
    with pytest.raises(UsageError, match=r"no machine of the cluster has the resource district_mars.*--resources"):
        DistrictActors(given, Placement(address=nodes.address))
