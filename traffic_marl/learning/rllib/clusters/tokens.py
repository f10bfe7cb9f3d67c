"""Tokens: the secret that all processes of a cluster share. Ray refuses everybody else.

A token is looked for in the variables RAY_AUTH_TOKEN and RAY_AUTH_TOKEN_PATH and in the file ~/.ray/auth_token. The
variable RAY_AUTH_MODE with the value `disabled` turns all this off.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from ray._private.authentication.authentication_token_setup import AuthenticationTokenLoader, Config

from traffic_marl.errors import UsageError

MODE, TOKEN, TOKEN_PATH = "RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"  # variables that ray reads
DISABLED = "disabled"
FILE = Path(".ray") / "auth_token"  # in the home of the user
PRIVATE = 0o600  # mode of the file


def make_token() -> None:
    """Makes a token for the processes of this machine, unless there is one already.

    Ray would make a file that other users of the machine can read.
    """
    if _is_off():
        return
    if not AuthenticationTokenLoader.instance().has_token(ignore_auth_mode=True):
        _write_token()
        AuthenticationTokenLoader.instance().reset_cache()
    elif not (os.environ.get(TOKEN) or os.environ.get(TOKEN_PATH)):
        with suppress(OSError, RuntimeError):  # there is no home, or the file is somebody else's
            (Path.home() / FILE).chmod(PRIVATE)
    _use_tokens()


def use_token(address: str) -> None:
    """Uses the token of the cluster that is joined.

    Raises:
        UsageError: there is none.
    """
    if _is_off():
        return
    if not AuthenticationTokenLoader.instance().has_token(ignore_auth_mode=True):
        what = f"there is no token for the cluster at {address}, without which nobody may join it"
        remedy = f"copy ~/{FILE} from the head of the cluster, or set {MODE}={DISABLED} if the cluster asks for none"
        raise UsageError("address", what, remedy)
    _use_tokens()


def _is_off() -> bool:
    """Whether the user has turned tokens off."""
    return os.environ.get(MODE, "").lower() == DISABLED


def _use_tokens() -> None:
    """Lets this process and those that it starts show their token and ask for it."""
    os.environ[MODE] = "token"
    Config.initialize("")  # ray has read the variable when it was imported


def _write_token() -> None:
    """Writes a new token into the user's home. Without a home it is left in the environment of this process."""
    token = secrets.token_hex(32)
    try:
        path = Path.home() / FILE
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "w", encoding="utf-8") as file:
            file.write(token)
    except (OSError, RuntimeError):
        os.environ[TOKEN] = token
