"""The sound data set that tests make odd is one in which every vehicle arrives."""

from tests.helpers.odd_data_sets import write
from traffic_marl import rollout
from traffic_marl.kernels.tables import NEVER
from traffic_marl.scenario.cityflow import cityflow_scenario
from traffic_marl.strategies.catalogue import parse


def test_every_vehicle_of_the_sound_data_set_arrives(tmp_path):
    records = rollout.run(cityflow_scenario(write(tmp_path)), parse("fixed_time"), [0]).at_end
    assert records.scheduled.shape == (1, 104)
    assert (records.left < NEVER).all()
