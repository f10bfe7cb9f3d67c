"""The keys of the window and their actions, for the events and for the help."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Binding:
    """Keys with the same action."""

    action: str  # name of a method of Commands
    keys: tuple[str, ...]  # names of pygame's constants without K_, with "shift+" in front if shift is held
    label: str  # label of the keys, empty if the help leaves them out
    text: str  # description of the action


@dataclass(frozen=True)
class Group:
    """Bindings that belong together."""

    title: str
    bindings: tuple[Binding, ...]


GROUPS = (
    Group(
        "Time",
        (
            Binding("pause", ("SPACE",), "Space", "pause or continue"),
            Binding("step", ("PERIOD", "n"), ". or N", "advance one second and pause"),
            Binding("faster", ("UP", "RIGHTBRACKET"), "Up", "faster"),
            Binding("slower", ("DOWN", "LEFTBRACKET"), "Down", "slower"),
            Binding("back", ("LEFT",), "Left", "go back 10 s (Shift: 60 s)"),
            Binding("forward", ("RIGHT",), "Right", "go forward 10 s (Shift: 60 s)"),
            Binding("far_back", ("shift+LEFT",), "", ""),
            Binding("far_forward", ("shift+RIGHT",), "", ""),
            Binding("restart", ("r", "HOME"), "R", "restart"),
        ),
    ),
    Group(
        "View",
        (
            Binding("zoom_in", ("PLUS", "EQUALS", "KP_PLUS", "shift+EQUALS", "shift+PLUS"), "+", "zoom in (or wheel)"),
            Binding("zoom_out", ("MINUS", "KP_MINUS"), "-", "zoom out (or wheel)"),
            Binding("pan_up", ("w",), "W A S D", "move the map (or drag it)"),
            Binding("pan_left", ("a",), "", ""),
            Binding("pan_down", ("s",), "", ""),
            Binding("pan_right", ("d",), "", ""),
            Binding("fit", ("f",), "F", "show the whole network"),
            Binding("go_to", ("g", "RETURN"), "G", "go to the selected intersection"),
            Binding("colours", ("c",), "C", "colour by speed or by delay"),
            Binding("picture", ("p", "F12"), "P", "save a picture of the window"),
        ),
    ),
    Group(
        "Intersections",
        (
            Binding("select_next", ("TAB",), "Tab", "select the next one (or click)"),
            Binding("select_previous", ("shift+TAB",), "Shift+Tab", "select the previous one"),
            Binding("give_back", ("0", "KP0", "BACKSPACE"), "0", "return it to its strategy"),
            Binding("give_all_back", ("shift+0", "shift+BACKSPACE"), "Shift+0", "return all to their strategy"),
            Binding("branches", ("b",), "B", "futures with another phase now"),
            Binding("other_side", ("x",), "X", "switch to the other strategy"),
        ),
    ),
    Group(
        "Diagram",
        (
            Binding("diagram", ("t",), "T", "space-time diagram of a corridor"),
            Binding("next_corridor", ("k",), "K", "next corridor"),
            Binding("previous_corridor", ("shift+k", "j"), "J", "previous corridor"),
        ),
    ),
    Group(
        "Window",
        (
            Binding("help", ("h", "F1", "shift+SLASH", "QUESTION", "shift+QUESTION"), "H or F1", "show or hide help"),
            Binding("escape", ("ESCAPE",), "Esc", "close help, futures or selection"),
            Binding("quit", ("q",), "Q", "quit"),
        ),
    ),
)
PHASE_KEYS = "123456789"  # take over the selected intersection and request this phase
