"""One family of errors. Each message says what is wrong and what to do next, on one line."""


class RfaError(Exception):
    """A mistake of the user's, or of their model's, that the command line prints as one line."""

    def __init__(self, problem: str, next_step: str = "") -> None:
        """Keep the two halves of the line: what is wrong, and what to do about it."""
        self.problem = " ".join(problem.split())
        self.next_step = " ".join(next_step.split())
        super().__init__(f"{self.problem}; {self.next_step}" if self.next_step else self.problem)


class ConfigError(RfaError):
    """Raised for a configuration that cannot be used; the message carries the path of the key."""


class ResolutionError(RfaError, ValueError):
    """Raised for text that is not a resolution."""


class LayerError(RfaError, LookupError):
    """Raised for a name that stands for no layer of a model, or for several."""


class SpecError(RfaError):
    """Raised for a model specification that names nothing."""


class ModelError(RfaError):
    """Raised for a model whose constructor or forward pass raised."""


class StoreError(RfaError):
    """Raised for a stored report that cannot be read."""


class OutputError(RfaError):
    """Raised for an output folder that is not ours or cannot be written."""


class LayoutError(RfaError):
    """Raised for a graph that the layout engine could not place."""


def one_line(error: BaseException, limit: int = 300) -> str:
    """Say what a foreign exception says, flattened to one line of at most `limit` characters."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= limit else text[: limit - 1] + "…"
