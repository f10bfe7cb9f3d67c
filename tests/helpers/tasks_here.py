"""Tasks in this process: in an order of their own, and with everything sent through pickles, as to another machine."""

import pickle


class TasksHere:
    """Finishes the last call first."""

    def __init__(self, slots=3, threads=1):
        self.slots = slots
        self.threads = threads
        self.calls = []

    def results(self, function, calls):
        self.calls += calls
        for place in reversed(range(len(calls))):
            function_there, arguments = pickle.loads(pickle.dumps((function, calls[place])))
            yield place, pickle.loads(pickle.dumps(function_there(*arguments)))
