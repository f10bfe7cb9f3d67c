"""The rules of a scenario that hold for all strategies, as sentences of a note."""

from collections.abc import Sequence

from traffic_marl.network.network import Network
from traffic_marl.scenario import Controllers, Incident, Messages, Scenario, Sensors


def rules(scenario: Scenario) -> str:
    """Phases to choose from, times that the signals keep, and the scenario's decision interval."""
    signals = scenario.signals
    times = (
        f"min green {signals.min_green_s} s",
        _limit("max green", signals.max_green_s),
        f"yellow {signals.yellow_s} s",
        f"all-red {signals.all_red_s} s",
        _limit("max red", signals.max_red_s),
    )
    sentences = (
        f"rules for all: {_phases(scenario.build_network())}.",
        f"Signals keep {', '.join(times)}.",
        _interval(scenario),
        clear_junctions(scenario),
        *disturbances(scenario),
    )
    return " ".join(filter(None, sentences))


def clear_junctions(scenario: Scenario) -> str:
    """A sentence on junctions that are kept clear, empty if none is."""
    return "Vehicles keep junctions clear." if scenario.build_network().tables.keeps_clear.any() else ""


def side_of_traffic(scenario: Scenario) -> str:
    """A sentence on the side that traffic keeps to, empty if it is the right."""
    return "Traffic keeps to the left." if scenario.build_network().left_hand else ""


def intergreen(scenario: Scenario) -> int:
    """[s] between two greens, the same for all strategies."""
    return scenario.signals.yellow_s + scenario.signals.all_red_s


def failing_detectors(sensors: Sensors) -> str:
    """A sentence on the faults of detectors, empty if there are none."""
    said = [words.format(f"{100 * share:.3g} %") for share, words in _shares(sensors) if share > 0.0]
    if sensors.delay_s:
        said.append(f"report what was {sensors.delay_s} s ago")
    if not said:
        return ""
    knowing = "know" if sensors.known else "must find out"
    told = f" The controllers {knowing} these lanes." if sensors.faults().breaks else ""
    return f"Detectors {', '.join(said)}.{told}"


def closed_roads(incidents: Sequence[Incident]) -> str:
    """A sentence on the roads that are closed for some time, empty if there are none."""
    said = [f"{_closed(each)} from second {each.from_s:,} to {each.until_s:,} of the demand" for each in incidents]
    return f"Closed at its end: {', '.join(said)}." if said else ""


def _closed(incident: Incident) -> str:
    """The road of an incident, with its lanes if not all are closed."""
    road = "a road drawn by the seed" if incident.road is None else incident.road
    if incident.lanes is None:
        return road
    lanes = sorted(set(incident.lanes))
    return f"lane{'s' if len(lanes) > 1 else ''} {' and '.join(map(str, lanes))} of {road}"


def failing_controllers(controllers: Controllers) -> str:
    """A sentence on the controllers that fail, empty if none does."""
    share = controllers.failing_share
    return f"Controllers fail at {100 * share:.3g} % of the intersections, which run a plan." if share > 0.0 else ""


def failing_messages(messages: Messages) -> str:
    """A sentence on the messages between intersections that fail, empty if none does."""
    shares = (
        (messages.lost_share, "{} are lost"),
        (messages.silent_share, "none comes from {} of the intersections"),
        (messages.false_share, "they are false from {} of the intersections"),
    )
    said = [words.format(f"{100 * share:.3g} %") for share, words in shares if share > 0.0]
    if messages.delay_s:
        said.append(f"they take {messages.delay_s} s")
    return f"Of messages between intersections {', '.join(said)}." if said else ""


def disturbances(scenario: Scenario) -> tuple[str, ...]:
    """Sentences on all that goes wrong in a scenario."""
    told = (
        failing_detectors(scenario.sensors),
        closed_roads(scenario.incidents),
        failing_controllers(scenario.controllers),
        failing_messages(scenario.messages),
    )
    return tuple(filter(None, told))


def _shares(sensors: Sensors) -> tuple[tuple[float, str], ...]:
    """Each share of a fault, with its words."""
    return (
        (sensors.missed_share, "miss {} of the vehicles"),
        (sensors.twice_share, "count {} of the vehicles twice"),
        (sensors.blind_share, "see nobody on {} of the lanes"),
        (sensors.stuck_share, "always report one vehicle on {} of the lanes"),
    )


def _interval(scenario: Scenario) -> str:
    """The decision interval of the scenario."""
    if scenario.stated_interval is None:
        return "The scenario leaves the time between decisions to each strategy."
    return f"The decision interval of the scenario is {scenario.stated_interval} s."


def _phases(network: Network) -> str:
    """The names of the phases if they are the same everywhere, otherwise their number."""
    if len(set(network.phase_names)) == 1:
        return f"phases {', '.join(name.removeprefix('phase ') for name in network.phase_names[0])}"
    counts = sorted({len(names) for names in network.phase_names})
    words = " to ".join(str(count) for count in dict.fromkeys((counts[0], counts[-1])))
    return f"{words} phase{'' if counts[-1] == 1 else 's'} an intersection"


def _limit(name: str, seconds: int | None) -> str:
    return f"no {name}" if seconds is None else f"{name} {seconds} s"
