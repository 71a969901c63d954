"""The built-in generators: one module a kind, each collected by being a `Generator` at a module's top level."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pcgstudio.generator import Generator

for _module in iter_modules(__path__):
    if not _module.ispkg:
        _found = import_module(f"{__name__}.{_module.name}")
        globals().update({n: v for n, v in vars(_found).items() if isinstance(v, Generator)})
