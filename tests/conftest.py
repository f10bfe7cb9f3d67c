"""What tests of all folders share; and its presence lets those below import the modules that lie beside them."""

import pytest

from traffic_marl.cli import main


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
