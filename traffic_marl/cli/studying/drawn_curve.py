"""The picture of the learning curve that a training keeps up to date."""

from traffic_marl.learning.runs.curve import can_draw, draw_curve
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import CURVE
from traffic_marl.learning.runs.progress import Report, Watch
from traffic_marl.learning.runs.validation import averaged


def drawing(folder: RunFolder, title: str, watch: Watch) -> Watch:
    """The watcher, which also draws the learning curve after each validation and at the end."""
    if not can_draw():
        return watch
    drawn = folder.state.iteration

    def watch_and_draw(report: Report) -> None:
        nonlocal drawn
        watch(report)
        is_over = report.doing in ("done", "stopped")
        if is_over or (report.doing == "training" and folder.state.iteration > drawn):
            drawn = folder.state.iteration
            mean, over = averaged(folder.settings, folder.state)
            rows, path, best = folder.progress(), folder.path / CURVE, report.classical
            draw_curve(rows, path, title=title, classical=best, mean=mean, over=over)

    return watch_and_draw
