"""The command `export`."""

from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.learning.runs.export import export


def export_command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a run, such as runs/NAME.")],
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="New .onnx file, or new folder for the policy without its training.")
    ],
) -> None:
    """Export a trained policy as ONNX or as a small folder. The folder holds no state of the training."""
    export(run, target)
    print(f"wrote {target}")
