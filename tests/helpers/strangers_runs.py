"""Run folders as a stranger might hand them on: with code, pickles, links or wrong names in every place."""

import json
import pickle
import shutil

import numpy as np

import traffic_marl
from tests.helpers.made_up_runs import SMALL
from traffic_marl.learning.runs.budget import Validation

COMMANDS = {  # words of each command that reads the run folder `runs/one`
    "compare": ("compare", "small.json", "--strategies", "runs/one", "--seeds", "1"),
    "compare on its scenario": (
        "compare",
        "runs/one/scenario.json",
        "--strategies",
        "fixed_time,runs/one",
        "--seeds",
        "1",
    ),
    "simulate": ("simulate", "small.json", "--strategy", "runs/one"),
    "watch": ("watch", "small.json", "--strategy", "runs/one", "--until", "20", "--record", "seen.traffic"),
    "export": ("export", "runs/one", "small_folder"),
    "list": ("list", "policies"),
    "resume": ("train", "--resume", "--out", "runs/one", "--iterations", "3"),
}
WRITER = "from pathlib import Path\nPath({!r}).write_text('it ran')\n"
OBSERVATION = """
from traffic_marl.observation import make_encoder


def own(network, timing, interval):
    return make_encoder(network, timing, interval, "local")
"""
REWARD = """

def own(network):
    return lambda readings: readings.delay[:, : len(network.intersections)] * 0.0
"""


class Evil:
    """A pickle of it writes a file when it is read."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        """What a reader of the pickle calls."""
        return (exec, (WRITER.format(str(self.marker)),))


def evil_script(path, marker, rest=""):
    """A script that writes a file when it is run."""
    path.write_text(WRITER.format(str(marker)) + rest)


def evil_pickle(path, marker):
    """A pickle that writes a file when it is read."""
    path.write_bytes(pickle.dumps(Evil(marker)))


def evil_arrays(path, marker):
    """An .npz file with an array of objects, which holds a pickle."""
    np.savez(path, values=np.array([Evil(marker)], dtype=object))


def trained_run(path):
    """A run of tabular Q-learning with two iterations. The scenario small.json lies two folders above."""
    traffic_marl.train(
        SMALL,
        path,
        iterations=2,
        validation=Validation(every=1, seeds=1, classical=False),
        algorithm="tabular-q",
        copies=2,
        observation="local",
    )
    SMALL.save(path.parents[1] / "small.json")
    return path


def last_checkpoint(run):
    """The folder of the last checkpoint."""
    return run / "checkpoints" / json.loads((run / "state.json").read_text())["last"]


def change(path, **values):
    """Replaces values of a JSON object in a file."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def change_training(run, **values):
    """Replaces settings of the training."""
    settings = json.loads((run / "settings.json").read_text())
    change(run / "settings.json", training={**settings["training"], **values})


def forget_digests(run):
    """Lets the state say nothing about the content of files, as a stranger would who changes them."""
    change(run / "state.json", digests={}, scenario=None)


def replace_by_link(path, target):
    """Moves a file or folder away, and puts a link to it in its place."""
    shutil.move(path, target)
    path.symlink_to(target, target_is_directory=target.is_dir())
