"""The keys of the window: what each does, for the window to obey and for the help to tell."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Binding:
    """Keys that do the same."""

    action: str  # the method of the window that does it
    keys: tuple[str, ...]  # names as in pygame's constants, without K_; "shift+" before it where shift is held
    label: str  # what stands on the keys
    text: str  # what they do


@dataclass(frozen=True)
class Group:
    """Bindings that belong together."""

    title: str
    bindings: tuple[Binding, ...]


GROUPS = (
    Group(
        "Time",
        (
            Binding("pause", ("SPACE",), "Space", "pause and go on"),
            Binding("step", ("PERIOD", "n"), ". or N", "one second on, then pause"),
            Binding("faster", ("UP", "RIGHTBRACKET"), "Up", "faster"),
            Binding("slower", ("DOWN", "LEFTBRACKET"), "Down", "slower"),
            Binding("back", ("LEFT",), "Left", "10 s back (with Shift: 60 s)"),
            Binding("onward", ("RIGHT",), "Right", "10 s on (with Shift: 60 s)"),
            Binding("far_back", ("shift+LEFT",), "", ""),
            Binding("far_onward", ("shift+RIGHT",), "", ""),
            Binding("restart", ("r", "HOME"), "R", "start again"),
        ),
    ),
    Group(
        "View",
        (
            Binding("zoom_in", ("PLUS", "EQUALS", "KP_PLUS", "shift+EQUALS", "shift+PLUS"), "+", "nearer (or wheel)"),
            Binding("zoom_out", ("MINUS", "KP_MINUS"), "-", "farther (or wheel)"),
            Binding("pan_up", ("w",), "W A S D", "move the map (or drag it)"),
            Binding("pan_left", ("a",), "", ""),
            Binding("pan_down", ("s",), "", ""),
            Binding("pan_right", ("d",), "", ""),
            Binding("fit", ("f",), "F", "show the whole network"),
            Binding("go_to", ("g", "RETURN"), "G", "go to the selected intersection"),
            Binding("colours", ("c",), "C", "colours tell speed or delay"),
            Binding("picture", ("p", "F12"), "P", "save a picture of the window"),
        ),
    ),
    Group(
        "Intersections",
        (
            Binding("select_next", ("TAB",), "Tab", "select the next one (or click it)"),
            Binding("select_previous", ("shift+TAB",), "Shift+Tab", "select the one before"),
            Binding("give_back", ("0", "KP0", "BACKSPACE"), "0", "give it back to the strategy"),
            Binding("give_all_back", ("shift+0", "shift+BACKSPACE"), "Shift+0", "give all of them back"),
            Binding("other_side", ("x",), "X", "the other of two strategies"),
        ),
    ),
    Group(
        "Diagram",
        (
            Binding("diagram", ("t",), "T", "space-time diagram of a corridor"),
            Binding("next_corridor", ("k",), "K", "the next corridor"),
            Binding("previous_corridor", ("shift+k", "j"), "J", "the one before"),
        ),
    ),
    Group(
        "Window",
        (
            Binding("help", ("h", "F1", "shift+SLASH", "QUESTION", "shift+QUESTION"), "H or F1", "show or hide this"),
            Binding("escape", ("ESCAPE",), "Esc", "close this, or select nothing"),
            Binding("quit", ("q",), "Q", "quit"),
        ),
    ),
)
PHASE_KEYS = "123456789"  # with an intersection selected: take it over and choose this phase
