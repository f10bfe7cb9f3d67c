"""The files in deploy/: they parse, fit the versions that the package asks for, and use flags that there are."""

import re
import subprocess
import tomllib

import pytest

from tests.helpers.documents import ROOT, joined_lines

DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RAY = next(each.partition("==")[2] for each in PROJECT["optional-dependencies"]["learning"] if each.startswith("ray["))
SHELL = "train.slurm"


@pytest.fixture(scope="module")
def documents():
    """The documents of the manifest: the cluster and its network policy."""
    yaml = pytest.importorskip("yaml")
    return list(yaml.safe_load_all((DEPLOY / "raycluster.yaml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def flags_of_ray():
    """The flags of `ray start`."""
    scripts = pytest.importorskip("ray.scripts.scripts")
    return {flag for option in scripts.start.params for flag in getattr(option, "opts", ())}


def groups(cluster):
    """The head's group of pods, and those of workers."""
    return [cluster["spec"]["headGroupSpec"], *cluster["spec"]["workerGroupSpecs"]]


def containers(cluster):
    return [each for group in groups(cluster) for each in group["template"]["spec"]["containers"]]


def test_the_manifest_is_a_cluster_and_a_network_policy(documents):
    assert [each["kind"] for each in documents] == ["RayCluster", "NetworkPolicy"]
    assert len({each["metadata"]["name"] for each in documents}) == 1


def test_the_cluster_has_the_version_of_ray_that_the_package_asks_for(documents):
    cluster = documents[0]
    assert cluster["spec"]["rayVersion"] == RAY
    assert {each["image"] for each in containers(cluster)} == {f"REGISTRY/traffic-marl:ray-{RAY}"}
    base = re.search(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert base[1].startswith(f"rayproject/ray:{RAY}-py3")


def test_the_cluster_asks_for_a_token_and_shows_its_dashboard_to_nobody(documents):
    spec = documents[0]["spec"]
    assert spec["authOptions"] == {"mode": "token"}
    assert spec["headGroupSpec"]["rayStartParams"]["dashboard-host"] == "127.0.0.1"


def test_the_parameters_of_ray_are_flags_that_it_has(documents, flags_of_ray):
    named = {name for group in groups(documents[0]) for name in group["rayStartParams"]}
    assert named
    assert {f"--{name}" for name in named} <= flags_of_ray
    values = [value for group in groups(documents[0]) for value in group["rayStartParams"].values()]
    assert all(isinstance(value, str) for value in values)  # KubeRay takes texts alone


def test_every_pod_says_what_it_takes_and_is_behind_the_network_policy(documents):
    cluster, policy = documents
    assert all(each["resources"]["requests"] == each["resources"]["limits"] for each in containers(cluster))
    chosen = policy["spec"]["podSelector"]["matchLabels"]
    assert all(group["template"]["metadata"]["labels"] == chosen for group in groups(cluster))
    peers = policy["spec"]["ingress"][0]["from"]
    assert {"podSelector": {"matchLabels": chosen}} in peers
    assert all("ipBlock" not in peer for peer in peers)


def test_the_job_of_slurm_is_a_script_that_bash_reads():
    done = subprocess.run(["bash", "-n", DEPLOY / SHELL], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def scripts():
    """The job of Slurm, and the shell blocks of the pages on clusters."""
    pages = [ROOT / "docs" / "how-to" / f"{name}.md" for name in ("cluster", "slurm", "kubernetes")]
    return [DEPLOY / SHELL, *pages]


def calls(name):
    """What each call of a program gives to it, in the job and in the pages."""
    found = []
    for path in scripts():
        for line in joined_lines(path.read_text(encoding="utf-8")):
            found += re.findall(rf"(?:^|\s){name} (.*?)(?:`|\s#|&|$)", line)
    return found


def test_calls_of_ray_use_flags_that_it_has(flags_of_ray):
    used = {flag for call in calls("ray start") for flag in re.findall(r"--[a-z-]+", call)}
    assert {"--head", "--address", "--block", "--include-dashboard"} <= used
    assert used <= flags_of_ray


def test_calls_of_train_use_flags_that_it_has(call):
    help_text = call("train", "--help")[1]
    known = set(re.findall(r"--[a-z-]+", help_text))
    used = {flag for name in ("traffic-marl train", "run.py train") for line in calls(name) for flag in flags_in(line)}
    assert {"--address", "--runners", "--out", "--plan", "--resume"} <= used
    assert used <= known


def flags_in(line):
    return re.findall(r"(?<!\S)--[a-z-]+", line)


def test_the_copy_in_the_image_has_all_that_the_package_needs():
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert "COPY --chown=ray . " in dockerfile
    assert "[learning]" in dockerfile
