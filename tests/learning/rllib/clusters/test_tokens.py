"""The token that the processes of a cluster share."""

import stat

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.rllib.clusters import tokens
from traffic_marl.learning.rllib.clusters.tokens import make_token, use_token


@pytest.fixture
def loader(tmp_path, monkeypatch):
    """Ray's reader of tokens, which sees an empty home and no variable."""
    for name in (tokens.MODE, tokens.TOKEN, tokens.TOKEN_PATH):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    loader = tokens.AuthenticationTokenLoader.instance()
    loader.reset_cache()
    yield loader
    monkeypatch.undo()
    loader.reset_cache()
    tokens.Config.initialize("")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_token_is_for_this_user_alone(loader, tmp_path):
    make_token()
    path = tmp_path / tokens.FILE
    assert (mode_of(path), mode_of(path.parent)) == (0o600, 0o700)
    assert len(path.read_text()) == 64
    assert loader.has_token(ignore_auth_mode=True)


def test_a_token_that_others_could_read_is_kept_and_closed_to_them(loader, tmp_path):
    path = tmp_path / tokens.FILE
    path.parent.mkdir()
    path.write_text("a" * 64)
    path.chmod(0o644)
    make_token()
    assert (path.read_text(), mode_of(path)) == ("a" * 64, 0o600)


def test_without_a_home_the_token_stays_in_the_environment_of_the_processes(loader, tmp_path, monkeypatch):
    (tmp_path / ".ray").write_text("no folder")
    make_token()
    assert len(tokens.os.environ[tokens.TOKEN]) == 64


def test_a_cluster_is_not_joined_without_a_token(loader):
    with pytest.raises(
        UsageError, match=r"address: there is no token for the cluster at head:6379.*copy ~/.ray/auth_t"
    ):
        use_token("head:6379")


def test_tokens_can_be_turned_off(loader, tmp_path, monkeypatch):
    monkeypatch.setenv(tokens.MODE, "disabled")
    use_token("head:6379")
    make_token()
    assert not (tmp_path / ".ray").exists()
