"""A federated training on the command line, from begin to end, with districts in this process."""

import pytest

from tests.helpers.districts_here import DistrictsHere
from traffic_marl.learning.federated.privacy import Privacy
from traffic_marl.learning.rllib.districts import actors

pytestmark = pytest.mark.usefixtures("cluster")


def test_the_end_of_a_private_training_tells_its_privacy_and_how_to_use_it(call, tmp_path, monkeypatch, one_way):
    monkeypatch.setattr(actors, "DistrictActors", lambda tasks, placement: DistrictsHere(tasks))
    monkeypatch.chdir(tmp_path)
    one_way.model_copy(update={"duration_s": 60, "clearing_s": 0}).save(tmp_path / "here.json")
    districts = ("--district", "north=here.json", "--district", "south=here.json", "--average-every", "1")
    quick = ("--iterations", "2", "--copies", "1", "--validation-seeds", "1", "--skip-classical")

    code, out, err = call("train", "--federated", *districts, "--update-clip", "1", "--noise", "10", *quick)

    assert code == 0, err
    epsilon = f"{Privacy(10.0, 1e-5).epsilon(2):.4g}"
    assert f"privacy of all data of a district: epsilon {epsilon} at delta 1e-05" in out
    assert f"epsilon {epsilon} at delta 1e-05, if all 2 rounds are trained" in err
    assert "compare runs/federated_ppo/districts/north/scenario.json --strategies actuated,runs/federated_ppo" in out
    code, out, err = call("compare", "here.json", "--strategies", "actuated,runs/federated_ppo", "--seeds", "1")
    assert code == 0, err
    assert "runs/federated_ppo" in out
