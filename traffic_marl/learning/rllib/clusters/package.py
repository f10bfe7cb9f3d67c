"""The package as ray takes it to the processes of other machines, from a checkout or as it is installed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGE = Path(__file__).parents[3]
BESIDE = ("scenarios", "pretrained")  # folders of a checkout that an installed package has inside
LEFT_OUT = ("__pycache__", "*.pyc", "*.nbi", "*.nbc")  # each machine compiles for itself


@contextmanager
def portable_package() -> Iterator[Path]:
    """In a `with` block, a folder with the whole package, as it is when it is installed.

    Ray copies it to each machine once, and there again only after a change.
    """
    with tempfile.TemporaryDirectory(prefix="traffic_marl_") as folder:
        copy = Path(folder) / PACKAGE.name
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for name in BESIDE:
            beside = PACKAGE.parent / name
            if not (copy / name).exists() and beside.is_dir():
                shutil.copytree(beside, copy / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
        yield copy
