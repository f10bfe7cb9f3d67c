"""Where SUMO's programs are looked for."""

from traffic_marl.exchange.sumo.programs import find_program


def program(folder, name):
    folder.mkdir(parents=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_program_of_the_named_folder_comes_first(tmp_path, monkeypatch):
    own = program(tmp_path / "home" / "bin", "roadmaker")
    program(tmp_path / "path", "roadmaker")
    monkeypatch.setenv("SUMO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert find_program("roadmaker") == own


def test_a_named_folder_with_data_alone_hides_no_program(tmp_path, monkeypatch):
    """The library libsumo names such a folder when it is imported."""
    other = program(tmp_path / "path", "roadmaker")
    (tmp_path / "home" / "data").mkdir(parents=True)
    monkeypatch.setenv("SUMO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert find_program("roadmaker") == other


def test_a_missing_program_is_none(monkeypatch):
    monkeypatch.delenv("SUMO_HOME", raising=False)
    assert find_program("roadmaker_that_nobody_has") is None
