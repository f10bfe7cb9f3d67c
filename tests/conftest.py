"""What tests of all folders share; and its presence lets those below import the modules that lie beside them."""

from pathlib import Path

import pytest

from traffic_marl.cli import main

TESTS = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Where several processes run the tests, each file stays in one of them, and all that use one ray in the same."""
    for item in items:
        uses_ray = bool({"cluster", "nodes"} & set(getattr(item, "fixturenames", ())))
        item.add_marker(pytest.mark.xdist_group("ray" if uses_ray else item.path.relative_to(TESTS).as_posix()))


@pytest.fixture
def call(capsys):
    """Runs the command line; gives exit code, stdout and stderr."""

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err

    return call


@pytest.fixture(scope="session")
def controller_file(tmp_path_factory):
    """A random policy as an exported controller. Its run lies beside it as `run`."""
    from tests.helpers.street import exported_controller  # needs torch

    return exported_controller(tmp_path_factory.mktemp("controller"))
