"""Choice of the next parameters to try by Optuna's sampler, a tree-structured Parzen estimator.

Each question makes a sampler of its own, whose seed is the number of the trial, and tells it all earlier trials. So the
answer depends on these alone, and a search that was interrupted goes on as if it had not been.

Source: Bergstra, Bardenet, Bengio and Kegl 2011, Algorithms for hyper-parameter optimization, NeurIPS 24; Akiba et al.
2019, Optuna, doi 10.1145/3292500.3330701.
"""

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from traffic_marl.checks import ensure_installed
from traffic_marl.tuning.spaces import Range, Words, rounded
from traffic_marl.tuning.trials import Parameters, Trial

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

RANDOM = 8  # first trials, which are drawn at random
METHOD = "Optuna, tree-structured Parzen estimator"


def ask(space: Mapping[str, Range | Words], trials: Sequence[Trial], defaults: Parameters) -> Parameters:
    """The parameters to try next.

    Args:
        space: of the parameters.
        trials: so far.
        defaults: of parameters that a trial does not state, as far as they are in the space.

    Raises:
        UsageError: Optuna is not installed.
    """
    ensure_installed("tune", "optuna", extra="tune")
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna warns that the form of an argument may change
        sampler = optuna.samplers.TPESampler(n_startup_trials=RANDOM, multivariate=True, seed=len(trials))
    study = optuna.create_study(sampler=sampler)
    distributions = {name: _distribution(kind) for name, kind in space.items()}
    for trial in trials:
        whole = {**defaults, **trial.parameters}
        if trial.delay is not None and whole.keys() == space.keys():
            study.add_trial(optuna.trial.create_trial(params=whole, distributions=distributions, value=trial.delay))
    found: dict[str, Any] = study.ask(distributions).params
    return {name: rounded(found[name], kind) for name, kind in space.items()}


def _distribution(kind: Range | Words) -> "BaseDistribution":
    """The values of a parameter, as Optuna has them."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(kind, Words):
        return CategoricalDistribution(kind.values)
    if kind.is_whole:
        return IntDistribution(int(kind.low), int(kind.high), log=kind.is_log)
    return FloatDistribution(kind.low, kind.high, log=kind.is_log)
