"""Commands on a stranger's run folder: nothing of it runs, and nothing outside of it is read, written or deleted."""

import json
import shutil

import pytest

from tests.helpers.strangers_runs import (
    COMMANDS,
    OBSERVATION,
    REWARD,
    change,
    change_training,
    evil_arrays,
    evil_pickle,
    evil_script,
    forget_digests,
    last_checkpoint,
    replace_by_link,
    trained_run,
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound run."""
    return trained_run(tmp_path_factory.mktemp("sound") / "runs" / "one")


@pytest.fixture
def run(sound, tmp_path, monkeypatch):
    """A copy of the run as a stranger hands it on, in the folder `here`, which commands work in."""
    here = tmp_path / "here"
    shutil.copytree(sound.parents[1], here)
    monkeypatch.chdir(here)
    return here / "runs" / "one"


@pytest.fixture
def marker(tmp_path):
    """A file that exists once code or a pickle of the stranger has been run."""
    return tmp_path / "marker"


@pytest.fixture
def outcome(call):
    """Runs one of the commands, holds that it ends in a plain way, and gives exit code and its line."""

    def outcome(name, *flags):
        if name == "watch":
            pytest.importorskip("pygame")
        code, out, err = call(*COMMANDS[name], *flags)
        assert code in (0, 2), err
        assert "Traceback" not in err
        lines = [line for line in err.splitlines() if not line.startswith(("compiling", "note: ", "tabular-q on "))]
        assert code == 0 or len(lines) == 1, err
        return code, out + err

    return outcome


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_use_a_sound_run(run, outcome, name):
    assert outcome(name)[0] == 0


# Code


@pytest.mark.parametrize("name", COMMANDS)
def test_an_observation_runs_for_those_who_trust_it(run, outcome, marker, name):
    evil_script(run / "observation.py", marker, OBSERVATION)
    change_training(run, observation="observation.py:own")
    for checkpoint in (run / "checkpoints").iterdir():
        change(checkpoint / "policy.json", observation="observation.py:own")
    forget_digests(run)
    code, text = outcome(name)
    assert not marker.exists()
    if name in ("list", "export"):
        assert code == 0
        return
    assert code == 2
    assert "runs/one: observation.py would be executed, and code can do anything on this machine; " in text
    assert "add --trust (in Python trust=True for load_learned or resume)" in text
    assert outcome(name, "--trust")[0] == 0
    assert marker.exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_reward_runs_for_those_who_trust_it(run, outcome, marker, name):
    evil_script(run / "reward.py", marker, REWARD)
    change_training(run, reward="reward.py:own")
    code, text = outcome(name)
    assert not marker.exists()
    assert (code, "reward.py would be executed" in text) == ((2, True) if name == "resume" else (0, False))
    if name == "resume":
        assert outcome(name, "--trust")[0] == 0
        assert marker.exists()


def test_a_reward_runs_for_those_who_trust_it_when_a_missing_seed_is_begun_beside(run, call, marker):
    first = run.rename(run.with_name("one_seed0"))
    evil_script(first / "reward.py", marker, REWARD)
    change_training(first, reward="reward.py:own")
    words = ("train", "--resume", "--seeds", "2", "--out", "runs/one")

    code, _, err = call(*words)

    assert (code, "reward.py would be executed" in err) == (2, True)
    assert not marker.exists()
    assert not first.with_name("one_seed1").exists()
    assert call(*words, "--trust")[0] == 0
    assert marker.exists()


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("text", ["/reward.py:own", "../reward.py:own", "other.py:own", "reward.py:_own", "reward.py"])
def test_settings_name_no_code_but_the_copies(run, outcome, marker, name, text):
    for place in (run.parent / "reward.py", run / "other.py", run / "reward.py"):
        evil_script(place, marker, REWARD)
    change_training(run, reward=text.replace("/reward", f"{run.parent}/reward", 1) if text[0] == "/" else text)
    code, line = outcome(name, *(("--trust",) if name in ("resume", "compare", "simulate") else ()))
    assert not marker.exists()
    if name == "resume":
        assert (code, "is damaged: settings.json" in line) == (2, True)


@pytest.mark.parametrize("name", ["train", *COMMANDS])
def test_the_reader_of_a_scenario_runs_for_those_who_trust_it(run, outcome, call, marker, name):
    evil_script(run / "evil.py", marker)
    reader = {"kind": "custom", "reader": f"{run / 'evil.py'}:read", "path": str(run / "scenario.json")}
    change(run / "scenario.json", network=reader, signals={"phases": [0, 1]})
    forget_digests(run)
    if name == "train":
        code, _, text = call("train", "runs/one/scenario.json", "--algorithm", "tabular-q", "--out", "new")
    else:
        code, text = outcome(name)
    assert not marker.exists()
    is_refused = name in ("train", "resume", "compare on its scenario")
    assert (code, f"{run / 'evil.py'} would be executed" in text) == ((2, True) if is_refused else (0, False)), text


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("kind", ["script", "reader"])
def test_a_further_scenario_runs_for_those_who_trust_it(run, outcome, marker, name, kind):
    evil_script(run / "evil.py", marker)
    further = run / "evil.py"
    if kind == "reader":
        further = run / "further.json"
        shutil.copy(run / "scenario.json", further)
        change(further, demand={"kind": "custom", "reader": f"{run / 'evil.py'}:read", "path": str(further)})
    change_training(run, also=[str(further)], algorithm="ppo", policy="shared")
    code, text = outcome(name)
    assert not marker.exists()
    assert (code, "would be executed" in text) == ((2, True) if name == "resume" else (0, False)), text


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("place", ["policy.npz", "policy.json", "training/tables.npz", "training/draws.json"])
@pytest.mark.parametrize("write", [evil_pickle, evil_arrays])
def test_no_pickle_is_read(run, outcome, marker, name, place, write):
    write(run / "file.npz", marker)
    shutil.move(run / "file.npz", last_checkpoint(run) / place)
    state = json.loads((run / "state.json").read_text())
    change(run / "state.json", best=state["last"], digests={})
    code, text = outcome(name, *(("--trust",) if name in ("resume", "compare", "simulate") else ()))
    assert not marker.exists()
    fails = place.startswith("policy") and name != "list" if "training" not in place else name == "resume"
    if name == "resume" and goes_on_from_the_former(code, text):
        return
    assert (code, "is damaged: checkpoints/" in text) == ((2, True) if fails else (0, False)), text


@pytest.mark.parametrize("name", COMMANDS)
def test_the_pickles_of_earlier_versions_are_read_for_those_who_trust_them(run, outcome, marker, name):
    pickles = last_checkpoint(run) / "training" / "rllib"
    pickles.mkdir()
    for file in ("algorithm_state.pkl", "class_and_ctor_args.pkl", "state.pkl"):
        evil_pickle(pickles / file, marker)
    forget_digests(run)
    code, text = outcome(name)
    assert not marker.exists()
    assert (code, "the pickles of version 0.1 or 0.2 in checkpoints/" in text) == (
        (2, True) if name == "resume" else (0, False)
    )


# Links and names


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    "place",
    [
        *("state.json", "settings.json", "scenario.json", "versions.json", "progress.csv", "checkpoints"),
        *("CHECKPOINT", "CHECKPOINT/policy.json", "CHECKPOINT/policy.npz", "CHECKPOINT/training"),
        *("CHECKPOINT/training/tables.npz", "CHECKPOINT/training/draws.json"),
    ],
)
def test_no_link_is_followed(run, outcome, tmp_path, name, place):
    state = json.loads((run / "state.json").read_text())
    change(run / "state.json", best=state["last"], digests={})
    outside = tmp_path / "outside"
    replace_by_link(run / place.replace("CHECKPOINT", f"checkpoints/{state['last']}"), outside)
    before = content_of(outside)
    code, text = outcome(name)
    assert content_of(outside) == before
    is_used = name == "resume" or "/training" not in place
    if name == "resume" and place.startswith("CHECKPOINT/") and goes_on_from_the_former(code, text):
        return
    if is_used and name != "list":
        assert (code, "is a link" in text or "is damaged: checkpoints" in text) == (2, True), text
    assert not (is_used and (run.parents[1] / "small_folder").exists())


def goes_on_from_the_former(code, text):
    """Whether a training has told that its last checkpoint cannot be used, and has gone on from the one before it."""
    return code == 0 and "checkpoints/iteration_000002" in text and "The run goes on from iteration 1" in text


def content_of(path):
    """The content of a file, or of the files of a folder by name."""
    return {each.name: each.read_bytes() for each in [path, *path.rglob("*")] if each.is_file()}


@pytest.mark.parametrize("file", ["reward.py", "curve.png", ".lock", "observation.py"])
def test_what_a_run_need_not_have_is_no_link_either(run, outcome, tmp_path, file):
    secret = tmp_path / "secret"
    secret.write_text("private")
    (run / file).unlink(missing_ok=True)
    (run / file).symlink_to(secret)
    for name in ("export", "resume", "compare"):
        code, text = outcome(name)
        assert (code, f"{file} is a link, and links are not followed here" in text) == (2, True)
    assert secret.read_text() == "private"


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("which", ["best", "last"])
def test_no_name_leads_outside(run, outcome, tmp_path, name, which):
    outside = run.parent / "outside"
    shutil.copytree(last_checkpoint(run), outside)
    for text in (
        "../../outside",
        str(outside),
        "..",
        "",
        "iteration_000001/../../../outside",
        ".iteration_000001",
        "x",
    ):
        change(run / "state.json", **{which: text}, digests={})
        code, line = outcome(name)
        assert (code, "is damaged: state.json" in line) == ((0 if name == "list" else 2), True)
    assert not (run.parents[1] / "small_folder").exists()


def test_a_folder_behind_a_link_is_a_run_as_well(run, outcome, tmp_path):
    replace_by_link(run, tmp_path / "elsewhere")
    for name in ("compare", "resume", "export"):
        assert outcome(name)[0] == 0


# The terminal

ESCAPE = "\x1b]0;owned\x07\x1b[31m\u202etfel\u2028"


@pytest.mark.parametrize("name", COMMANDS)
def test_names_do_not_steer_the_terminal(run, call, name):
    run = run.rename(run.parent / f"one{ESCAPE}")
    words = [word if word != "runs/one" else f"runs/{run.name}" for word in COMMANDS[name]]
    code, out, err = call(*words)
    assert code in (0, 2), err
    assert all(letter.isprintable() or letter == "\n" for letter in out + err)
    if name == "list":
        assert "one\\x1b]0;owned\\x07\\x1b[31m\\u202etfel\\u2028" in out


def test_the_name_of_a_classical_strategy_does_not_steer_the_terminal(run, call):
    change(run / "state.json", classical=[[f"actuated{ESCAPE}", 30.0]])
    code, out, _ = call("list", "policies")
    assert code == 0
    assert "actuated\\x1b]0;owned\\x07\\x1b[31m" in out
    assert all(letter.isprintable() or letter == "\n" for letter in out)
