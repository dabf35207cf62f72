"""Where a module stands in a model, also one that several modules share."""

import re

from torch import nn

COMPILED = "_orig_mod"
"""What `torch.compile` puts into the path of a module that it wraps."""

CALL = re.compile(r"@\d+$")
"""What an exported program that has its modules back adds to the name of one for every further call of it."""


class Paths:
    """The paths of a model's modules: a module has one for every module that holds it."""

    def __init__(self, model: nn.Module) -> None:
        """Learn the paths."""
        self._paths: dict[int, list[str]] = {id(model): [""]}
        for path, holder in model.named_modules():
            for name, module in holder._modules.items():
                if module is not None:
                    known = (CALL.sub("", part) for part in (*path.split("."), name))
                    parts = (part for part in known if part and part != COMPILED)
                    self._paths.setdefault(id(module), []).append(".".join(parts))

    def of(self, module: nn.Module, caller: nn.Module | None, within: str) -> str | None:
        """Return the path of a module that `caller`, at the path `within`, calls; None where the model has no such.

        A shared module is named after the caller if that holds it, as an attribute of its own or of its class.
        """
        known = self._paths.get(id(module))
        if caller is None:
            return known[0] if known else None
        start, *others = self._paths.get(id(caller), [within])
        if known is None:
            names = (n for kind in type(caller).__mro__ for n, held in vars(kind).items() if held is module)
            name = next(names, None)
            return name and (f"{within}.{name}" if within else name)
        if len(known) == 1 and start == within and not others:
            return known[0]
        lead = f"{start}." if start else ""
        below = next((path for path in known if path.startswith(lead)), None)
        if below is None:
            return known[0]
        return f"{within}.{below[len(lead) :]}" if within else below[len(lead) :]
