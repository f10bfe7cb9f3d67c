from pathlib import Path

import pytest

from tests.helpers.data_sets import BESIDE, VARIABLE, data_set


def test_data_sets_lie_beside_the_repository():
    repository = next(folder for folder in Path(__file__).parents if (folder / "run.py").is_file())
    assert repository.parent / "shared" / "data" == BESIDE


def test_the_variable_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    (tmp_path / "town").mkdir()
    assert data_set("town") == tmp_path / "town"


def test_a_test_without_its_data_is_skipped(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="there is no data set town"):
        data_set("town")
