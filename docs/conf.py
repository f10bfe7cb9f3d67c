"""Sphinx: how the documents are built."""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from docs.generate import offline, write_all  # noqa: E402
from docs.generate.autodoc import shorten  # noqa: E402
from traffic_marl.version import __version__  # noqa: E402

project = "traffic_marl"
author = "the traffic_marl authors"
copyright = "the traffic_marl authors, Apache-2.0"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_gallery.gen_gallery"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
exclude_patterns = ["generate", "generated", "gallery", "_static", "Thumbs.db", ".DS_Store"]
default_role = "code"
nitpicky = False
suppress_warnings = ["config.cache"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": True}
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_custom_sections = ["Source"]

html_theme = "furo"
html_title = f"traffic_marl {__version__}"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options: dict[str, Any] = {"footer_icons": [], "top_of_page_buttons": []}

sphinx_gallery_conf = {
    "examples_dirs": ["gallery"],
    "gallery_dirs": ["gallery_built"],
    "filename_pattern": r".*\.py$",
    "ignore_pattern": r"(__init__|cards)\.py$",
    "within_subsection_order": "ExampleTitleSortKey",
    "download_all_examples": False,
    "thumbnail_size": (720, 360),
    "show_signature": False,
    "show_memory": False,
    "plot_gallery": "True",
    "min_reported_time": 1_000_000,
    "run_stale_examples": True,
    "write_computation_times": False,
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "reset_modules": (),
    "copyfile_regex": "",
    "nested_sections": False,
    "image_scrapers": ("matplotlib",),
}


def setup(app: Any) -> None:
    """Writes the generated pages before Sphinx looks for sources, shortens signatures, and checks the built pages."""
    write_all()
    app.connect("autodoc-process-signature", shorten)
    app.connect("build-finished", offline.check)
