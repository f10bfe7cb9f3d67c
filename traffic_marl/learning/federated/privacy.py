"""Privacy: what the noise on a district's updates hides, as (epsilon, delta).

A district sends the change of all weights, cut to the norm C, with Gaussian noise of deviation z C on each number. Any
other data of the district would give another change of at most the norm C, so that the two differ by at most 2 C. One
round is a Gaussian mechanism of mu = 2 / z, and T rounds, each of which may depend on all rounds before, are one of
mu = 2 sqrt(T) / z. This is exact, and holds for whatever the district's data is: what is hidden is the whole of it, and
so each single vehicle too.

The noise is added in the district. So it hides the data from everybody else, the one who averages included.

Sources: Dong, Roth and Su 2022, "Gaussian differential privacy", doi 10.1111/rssb.12454: composition (corollary 3.3)
and epsilon of a mu (corollary 2.13). The same formula as Balle and Wang 2018, arXiv 1805.06530, theorem 8. The idea of
clipped and noised updates is that of McMahan et al. 2018, arXiv 1710.06963. There a trusted server adds the noise.
"""

import math
from dataclasses import dataclass

from scipy.special import log_ndtr

SENSITIVITY = 2.0  # largest distance of two updates, as a multiple of the bound of their norm
HALVINGS = 100  # of an interval, beyond the precision of a float


@dataclass(frozen=True)
class Privacy:
    """Gaussian noise on the updates of a district."""

    noise: float  # deviation, as a multiple of the bound of an update's norm
    delta: float  # probability with which the bound epsilon may fail

    def epsilon(self, rounds: int) -> float:
        """The epsilon of so many rounds. 0 of none."""
        return epsilon_of(SENSITIVITY * math.sqrt(rounds) / self.noise, self.delta)


def epsilon_of(mu: float, delta: float) -> float:
    """The least epsilon at which a Gaussian mechanism is (epsilon, delta)-differentially private.

    Args:
        mu: distance of the means of its two outputs, in deviations. At least 0.
        delta: above 0 and below 1.
    """
    if delta_of(mu, 0.0) <= delta:
        return 0.0
    # Above this bound delta is surely smaller: zero-concentrated privacy, Bun and Steinke 2016, arXiv 1605.02065.
    low, high = 0.0, 0.5 * mu * mu + mu * math.sqrt(-2.0 * math.log(delta))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if _logarithm(mu, middle) <= math.log(delta) else (middle, high)
    return high


def delta_of(mu: float, epsilon: float) -> float:
    """The least delta at which a Gaussian mechanism is (epsilon, delta)-differentially private."""
    return math.exp(_logarithm(mu, epsilon))


def _logarithm(mu: float, epsilon: float) -> float:
    """The logarithm of `delta_of`, which does not overflow for large epsilon."""
    if mu == 0.0:
        return -math.inf
    first = float(log_ndtr(mu / 2.0 - epsilon / mu))
    second = epsilon + float(log_ndtr(-mu / 2.0 - epsilon / mu))
    return first + math.log1p(-math.exp(second - first)) if second < first else -math.inf
