"""How Sphinx builds the documentation: `python -m sphinx -W docs public` (the extra `docs`)."""

from zygote_py import __version__

project = "zygote_py"
author = copyright = "zygote_py contributors"
release = version = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "Derivatives of ordinary Python", "page_width": "1150px", "fixed_sidebar": True}

# Anchors are those that the error messages name: docs/limitations.md#missing-rules.
myst_heading_anchors = 3
myst_enable_extensions = ["dollarmath"]

# The notebooks are run whenever the documentation is built, and an error in one fails the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
