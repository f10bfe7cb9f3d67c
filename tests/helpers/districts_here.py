"""The districts of a federated training in this process, one after the other."""

from traffic_marl.learning.federated.district import DistrictTraining


class DistrictsHere:
    """A group of districts without processes of their own."""

    def __init__(self, tasks):
        self.trainings = [DistrictTraining(task) for task in tasks]

    def each(self, method, *arguments, **named):
        return [getattr(training, method)(*arguments, **named) for training in self.trainings]

    def close(self):
        self.each("close")
