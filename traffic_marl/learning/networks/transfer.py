"""Weights of one network as the start of another: on other roads, with more features, units or policies."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from traffic_marl.errors import StrategyError
from traffic_marl.learning.checking.exclusions import NEIGHBOURLY
from traffic_marl.learning.networks.architecture import Architecture
from traffic_marl.learning.networks.critics import CentralCritic
from traffic_marl.learning.networks.mlp import Scaled
from traffic_marl.learning.networks.solo import Weights, apart, policies_of, together
from traffic_marl.observation import ObservationLayout

Build = Callable[[Architecture], nn.Module]
Columns = tuple[str, ...]  # what each input of a layer is
NEIGHBOURS = "from neighbours"  # beginning of the names of inputs
SAME = "begin with a policy of the same network, policy kind and shape"  # remedy
FROM_OTHERS = ("messages.heard.weight",)  # weights of what other intersections tell. At 0 nothing is heard.


def transferred(build: Build, source: Architecture, weights: Weights, target: Architecture, where: str) -> Weights:
    """The weights of a new network that begins as another one behaves.

    Inputs that the other one lacks have weight 0: new features, and what neighbours tell. So have the outputs of new
    units of a wider network, whose own weights are drawn. One policy becomes the start of each of several.

    Source: wider networks that begin as narrower ones behave, Chen et al. 2016, arXiv 1511.05641, who copy units. We
    draw new ones.

    Args:
        build: makes the actor or the critic of an architecture.
        source: of the weights.
        weights: of the other network.
        target: of the new network.
        where: names the other policy in errors.

    Raises:
        StrategyError: the weights do not fit. The error says what differs.
    """
    ensure_alike(source, target, where)
    with torch.random.fork_rng(devices=()):
        former, new = build(source), build(target)
    former.load_state_dict(dict(weights))
    pooled = [_is_pooled(module) for module in (former, new)]
    if any(pooled) and source.hidden != target.hidden:
        raise _misfit(where, "its central critic cannot be widened", SAME)
    parts = apart(source, former.state_dict(), is_pooled=pooled[0])
    fresh = apart(target, new.state_dict(), is_pooled=pooled[1])
    columns, new_columns = _inputs_of(build, source), _inputs_of(build, target)
    places = [0] * len(fresh) if len(parts) == 1 else _places(source, target, where)
    begun = [_begun(parts[place], each, columns, new_columns, where) for place, each in zip(places, fresh, strict=True)]
    return together(target, begun, is_pooled=pooled[1])


def ensure_alike(source: Architecture, target: Architecture, where: str) -> None:
    """Checks that a policy can begin as another one.

    Raises:
        StrategyError: it cannot. The error says what differs.
    """
    if source.network != target.network:
        raise _misfit(
            where, f"its network is {source.network}, not {target.network}", f"give --network {source.network}"
        )
    if source.hidden != target.hidden:
        mine, other = (",".join(map(str, each.hidden)) for each in (source, target))
        what = f"its hidden layers are {mine}, not {other}"
        if not _is_wider(source, target):
            raise _misfit(where, what, f"give --hidden {mine}, or as many layers of more units")
        if target.policy in NEIGHBOURLY:
            raise _misfit(where, what, f"give --hidden {mine}, because {target.policy} cannot be widened")
    shapes = [(each.layout.phases, each.layout.movements) for each in (source, target)]
    if source.network == "mlp" and shapes[0] != shapes[1]:
        (phases, movements), (others, other_movements) = shapes
        what = f"an mlp for {phases} phases of {movements} movements cannot see {others} of {other_movements}"
        raise _misfit(where, what, "begin with a phase network, which works on other shapes")
    lacking = [name for name in _features(source.layout) if name not in _features(target.layout)]
    if lacking:
        what = f"it sees {', '.join(lacking)}, which the observation lacks"
        raise _misfit(where, what, "choose the observation of its training, or one with more features")
    if len(policies_of(source)) > 1:
        _places(source, target, where)


def _is_wider(source: Architecture, target: Architecture) -> bool:
    """Whether a network has as many layers as another one, and nowhere fewer units."""
    alike = len(source.hidden) == len(target.hidden)
    return alike and all(mine <= other for mine, other in zip(source.hidden, target.hidden, strict=True))


def _places(source: Architecture, target: Architecture, where: str) -> list[int]:
    """The policy of the source with which each policy of the target begins."""
    mine, others = policies_of(source), policies_of(target)
    if source.policy != target.policy:
        what = f"it has a policy for each of {len(mine)} {_noun(source)}, which are no start for {target.policy}"
        raise _misfit(where, what, f"give --policy {source.policy}, or begin with a shared policy")
    unknown = [name for name in others if name not in mine]
    if unknown:
        raise _misfit(where, f"it has no policy for {unknown[0]}", "begin with a shared policy, which fits any network")
    return [mine.index(name) for name in others]


def _noun(architecture: Architecture) -> str:
    return "intersections" if architecture.policy == "independent" else "kinds of intersections"


def _begun(
    former: Weights, fresh: Weights, columns: dict[str, Columns], new_columns: dict[str, Columns], where: str
) -> dict[str, Tensor]:
    """The weights of a policy alone, from those of the other one as far as it has them."""
    lost = [name for name in former if name not in fresh]
    if lost:
        raise _misfit(where, f"its weights {lost[0]} have no place in the new network", SAME)
    begun = {}
    for name, value in fresh.items():
        layer = name.removesuffix(".weight")
        if name not in former:
            begun[name] = torch.zeros_like(value) if name in FROM_OTHERS else value
        elif layer in columns and layer in new_columns:
            if set(columns[layer]) - set(new_columns[layer]):
                raise _misfit(where, f"inputs of its {layer} have no place in the new network", SAME)
            begun[name] = _grown(_by_column(former[name], columns[layer], new_columns[layer]), value)
        else:
            begun[name] = _grown(former[name], value)
        if begun[name].shape != value.shape:
            what = f"its {name} is {tuple(begun[name].shape)}, not {tuple(value.shape)}"
            raise _misfit(where, what, SAME)
    return begun


def _by_column(weight: Tensor, columns: Columns, new_columns: Columns) -> Tensor:
    """A weight (outputs, inputs) for other inputs: 0 for those that are new."""
    begun = weight.new_zeros(len(weight), len(new_columns))
    for place, name in enumerate(new_columns):
        if name in columns:
            begun[:, place] = weight[:, columns.index(name)]
    return begun


def _grown(weight: Tensor, fresh: Tensor) -> Tensor:
    """A weight (outputs, inputs) or bias (outputs,) with more outputs and inputs at the end, as far as the new one has.

    Former outputs give 0 to new inputs. New outputs have the weights of the new network.
    """
    if any(mine > other for mine, other in zip(weight.shape, fresh.shape, strict=True)):
        return weight
    grown = fresh.clone()
    grown[: len(weight)] = 0.0
    grown[tuple(slice(size) for size in weight.shape)] = weight
    return grown


def _inputs_of(build: Build, architecture: Architecture) -> dict[str, Columns]:
    """What the inputs of each layer are that sees features, by name of the layer in a policy alone."""
    several = architecture.policy in ("independent", "by-type")
    alone = (
        replace(architecture, policy="shared", kind_names=(), kinds=(), intersections=()) if several else architecture
    )
    with torch.device("meta"):
        network = build(alone)
    return {name.removeprefix("network."): columns for name, columns in _columns(network, architecture.layout)}


def _columns(network: nn.Module, layout: ObservationLayout) -> Iterator[tuple[str, Columns]]:
    """The inputs of the layers of a network that see features, with the names of the layers."""
    for name, module in network.named_modules():
        if isinstance(module, nn.Sequential) and isinstance(module[0], Scaled):
            yield f"{name}.1", _flat(layout)
        if hasattr(module, "movement") and hasattr(module, "phase"):
            yield f"{name}.movement", layout.movement_features
            yield f"{name}.phase", layout.phase_features
        if hasattr(module, "movement") and hasattr(module, "context"):
            columns = _context(module, layout)
            yield f"{name}.context", columns
            for each in ("query", "key", "value"):  # of an attention, which sees the context without the neighbours
                yield (
                    f"{name}.neighbour_attention.{each}",
                    tuple(own for own in columns if not own.startswith(NEIGHBOURS)),
                )


def _context(module: nn.Module, layout: ObservationLayout) -> Columns:
    """The inputs of the layer that sees the context of all phases: two codes, the signal, and the neighbours."""
    inputs, code = module.context.in_features, module.own.in_features  # type: ignore[union-attr]
    codes = tuple(f"{kind} code {place}" for kind in ("mean", "shown") for place in range(code))  # type: ignore[arg-type]
    rest = inputs - len(codes) - len(layout.signal_features)  # type: ignore[operator]
    return (*codes, *layout.signal_features, *(f"{NEIGHBOURS} {place}" for place in range(rest)))


def _flat(layout: ObservationLayout) -> Columns:
    """The numbers of an observation, by name."""
    by_movement = (
        f"{name} of movement {slot} of phase {phase}"
        for phase in range(layout.phases)
        for slot in range(layout.movements)
        for name in layout.movement_features
    )
    by_phase = (f"{name} of phase {phase}" for phase in range(layout.phases) for name in layout.phase_features)
    return (*by_movement, *by_phase, *layout.signal_features)


def _features(layout: ObservationLayout) -> Sequence[str]:
    return (*layout.movement_features, *layout.phase_features, *layout.signal_features)


def _is_pooled(module: nn.Module) -> bool:
    """Whether a network serves all intersections at once, whatever their policies are."""
    return isinstance(module.network, CentralCritic)


def _misfit(where: str, what: str, remedy: str) -> StrategyError:
    return StrategyError(where, f"cannot be the start: {what}", remedy)
