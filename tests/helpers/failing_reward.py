"""A reward of a user's own that works for a while."""

TEXT = '''
"""A reward that works for a while."""

calls = 0


def reward(network):
    def gain(readings):
        global calls
        calls += 1
        if calls > {calls}:
            raise ValueError("the detector has no value")
        return -readings.queue.sum(axis=1, keepdims=True).repeat(len(network.intersections), axis=1)

    return gain
'''


def failing_after(calls: int) -> str:
    """The text of a script with a reward that fails after so many calls. All intersections get the same."""
    return TEXT.replace("{calls}", str(calls))
