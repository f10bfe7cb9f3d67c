"""The package as ray takes it to other machines."""

import subprocess
import sys
from pathlib import Path

import traffic_marl
from traffic_marl.learning.rllib.clusters.package import portable_package

ROOT = Path(traffic_marl.__file__).parents[1]


def test_the_copy_works_without_the_checkout_and_has_all_that_is_shipped(tmp_path):
    code = "import traffic_marl, traffic_marl.learning.placing.placement; print(traffic_marl.__file__)"
    with portable_package() as copy:
        done = subprocess.run(
            [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(copy.parent)!r}); {code}"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=True,
        )
        assert Path(done.stdout.strip()).parent == copy
        for name, pattern in (("scenarios", "*.py"), ("pretrained", "*/checkpoints/*/policy.npz")):
            shipped = [path.relative_to(ROOT) for path in (ROOT / name).glob(pattern)]
            assert len(shipped) > 1
            assert [path for path in shipped if not (copy / path).is_file()] == []
        assert not list(copy.rglob("*.nb[ci]"))
    assert not copy.exists()
