"""The process that moves one copy."""

from traffic_marl.errors import ProcessError, UsageError
from traffic_marl.simulators.worker import portable


class ForeignError(Exception):
    """An error of a library that cannot be sent to another process."""

    def __reduce__(self):
        raise TypeError("cannot pickle it")


def test_an_error_that_cannot_be_sent_is_told_in_one_line():
    told = portable(ForeignError("no such\nfile"))
    assert isinstance(told, ProcessError)
    assert str(told).startswith("simulator: it ended with ForeignError: no such")
    assert "\n" not in str(told)


def test_an_error_of_our_own_stays_what_it_is():
    error = UsageError("here", "what", "remedy")
    assert portable(error) is error
