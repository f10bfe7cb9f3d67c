"""Results folders: the finished runs of a comparison on the disk, which may grow, be interrupted and be merged.

    scenario.json     the scenario of all runs
    comparison.json   seeds, strategies and simulators asked for so far, the reference, and versions of the libraries
    runs/NAME.json    finished runs of one strategy in one simulator, on some of the seeds
    .lock             held by the process that adds runs

`comparison.json` holds `format`, `seeds` (a list), `reference` (a label or null), `interval_s` (of `--interval`, or
null), `simulators`, `versions` (by library) and `strategies`. Each strategy has `label`, `identity`, `interval_s`
between its decisions, `longest_wait_s`, its own bound of waits or null, and `origin`. That is null, or in words what
it `senses`, its `parameters` and how they were `found`, the `hours` of simulation for it (times intersections, or
null), and the number of `trials` or null.

A file of runs holds `format`, `identity`, `code`, `longest_wait_s` and `runs`. Each run is a `RunRecord` as in the JSON
of a comparison: `scenario`, `scenario_hash`, `strategy`, `interval`, `horizon`, `seed`, `measures` by name (null where
there is no number), `version` and `simulator`. The name of the file ends with the digest of its content. So files of
other folders can be added by copying them, and equal files count once.

The `identity` of a strategy changes with its parameters, with the weights of a trained policy, and with the content of
a user's file. `code` changes with the code that traffic and strategies are made of. Runs are added to a folder only by
the code that made the others, so that no table mixes numbers of two programs.

Every file is written whole or not at all. A process that is killed at any moment leaves a folder to which the same
command adds the missing runs.

A folder may come from anybody. No link in it is followed, no value is believed, and nothing in it is executed.
"""

from traffic_marl.comparison.results.folder import ResultsFolder
from traffic_marl.comparison.results.scope import Entry, Scope

__all__ = ["Entry", "ResultsFolder", "Scope"]
