"""The YAML that comes with the product: mappings, templates, examples, in the wheel and in the checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
#: In the wheel the YAML lies inside the package, in a checkout beside it.
_SHELVES = (_PACKAGE / "mappings", _PACKAGE.parent / "mappings", _PACKAGE.parent)


def packaged(*parts: str) -> Path:
    """Find a file or folder, as ``packaged("desks", "zammad.yaml")`` or ``packaged("config.example.yaml")``.

    What is not there is returned as the path where the wheel would have it, so that reading it names it.
    """
    found = (shelf.joinpath(*parts) for shelf in _SHELVES)
    return next((path for path in found if path.exists()), _SHELVES[0].joinpath(*parts))
