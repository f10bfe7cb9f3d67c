"""The folder of a district: two states, found sound, and nothing of another training."""

import json

import pytest

from traffic_marl.errors import FileError, UsageError
from traffic_marl.learning.federated.district_folder import DistrictFolder


def written(number):
    return lambda folder: (folder / "numbers.json").write_text(json.dumps({"number": number}))


@pytest.fixture
def folder(tmp_path, one_way):
    return DistrictFolder.create(tmp_path / "district", one_way)


def opened(folder, scenario):
    return DistrictFolder.open_folder(folder.path, scenario)


def test_the_last_two_states_are_kept(folder, one_way):
    for number in (1, 2, 3):
        folder.save(number, written(number))

    again = opened(folder, one_way)

    assert sorted(path.name for path in (folder.path / "checkpoints").iterdir()) == [
        "iteration_000002",
        "iteration_000003",
    ]
    for number in (2, 3):
        assert json.loads((again.state_of(number) / "numbers.json").read_text()) == {"number": number}
    with pytest.raises(FileError, match="no state of round 1"):
        again.state_of(1)


def test_a_run_that_goes_on_from_the_state_before_replaces_the_later_one(folder, one_way):
    for number in (1, 2):
        folder.save(number, written(number))
    again = opened(folder, one_way)
    again.save(2, written("again"))

    assert json.loads((opened(folder, one_way).state_of(2) / "numbers.json").read_text()) == {"number": "again"}


def test_lines_after_the_state_are_dropped(folder, one_way):
    folder.save(1, written(1))
    for number in (0, 1, 2):
        folder.note({"iteration": number, "agent_steps": 10 * number})
    folder.note({"iteration": 2, "agent_steps": 20, "validation_delay": 7.0})

    again = opened(folder, one_way)
    assert [row["iteration"] for row in again.rows] == [0, 1, 2]
    assert again.rows[2]["validation_delay"] == 7.0
    again.state_of(1)
    assert [row["iteration"] for row in again.rows] == [0, 1]


def test_a_changed_bit_is_told(folder, one_way):
    folder.save(1, written(1))
    path = folder.path / "checkpoints" / "iteration_000001" / "training" / "numbers.json"
    path.write_bytes(path.read_bytes().replace(b"1", b"3"))
    with pytest.raises(FileError, match="damaged"):
        opened(folder, one_way).state_of(1)


def test_digests_that_lead_out_of_the_folder_are_refused(folder, one_way):
    path = folder.path / "state.json"
    content = json.loads(path.read_text())
    content["digests"] = {"iteration_000001": {"training/../../../secret": "0" * 64}}
    path.write_text(json.dumps(content))
    with pytest.raises(FileError, match="damaged"):
        opened(folder, one_way)


def test_another_scenario_is_told(folder, one_way):
    other = one_way.model_copy(update={"duration_s": 600})
    with pytest.raises(UsageError, match="has changed"):
        opened(folder, other)
    with pytest.raises(FileError, match="another scenario"):
        DistrictFolder.create(folder.path, other)


def test_a_district_that_is_elsewhere_is_told(tmp_path, one_way):
    with pytest.raises(FileError, match="holds no district on this machine"):
        DistrictFolder.open_folder(tmp_path / "nowhere", one_way)


def test_what_a_killed_training_has_left_is_replaced(folder, one_way):
    folder.save(1, written(1))
    fresh = DistrictFolder.create(folder.path, one_way)
    with pytest.raises(FileError, match="no state of round 1"):
        fresh.state_of(1)
    assert list((folder.path / "checkpoints").iterdir()) == []


def test_updates_that_have_left_are_counted_whatever_happens_afterwards(folder, one_way):
    assert [folder.count_update(), folder.count_update()] == [1, 2]
    folder.save(1, written(1))
    assert opened(folder, one_way).count_update() == 3
    assert DistrictFolder.create(folder.path, one_way).count_update() == 4, "nothing was saved, but updates have left"


@pytest.mark.parametrize("odd", [-1, 1.5, "two", None, True])
def test_a_count_of_updates_that_is_none_is_told(folder, one_way, odd):
    path = folder.path / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"updates": odd}))
    with pytest.raises(FileError, match="damaged"):
        opened(folder, one_way)
