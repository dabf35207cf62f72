"""The shape of a configuration; every unknown key is refused."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rfa_report.config.check import Check
from rfa_report.core.report import Size, parse_size

Resolution = Annotated[Size, BeforeValidator(parse_size)]


def _list(value: object) -> object:
    if isinstance(value, (int, str)):
        raise ValueError(f"{value!r} is not a list; write [{value!r}]")
    return value


Resolutions = Annotated[tuple[Resolution, ...], Field(min_length=1), BeforeValidator(_list)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelEntry(_Strict):
    """One entry of `models`; a string stands for its spec."""

    spec: str = Field(
        min_length=1,
        description="the model, named as in `rfa-report show`; with wildcards, every match gets a page",
    )
    name: str | None = Field(None, min_length=1, description="title of the page, instead of the name in the spec")
    resolutions: Resolutions | None = Field(None, description="resolutions of this entry, instead of those of the site")
    arguments: dict[str, str | int | float | bool | list[int] | list[float] | list[str]] = Field(
        default_factory=dict, description="keyword arguments of the constructor"
    )
    channels: int | None = Field(None, ge=1, description="input channels, instead of those of the site")
    images: int | None = Field(None, ge=1, description="how many images the model takes (optical flow: 2)")
    inputs: str | tuple[str, ...] | dict[str, str] | None = Field(
        None,
        description='what the model takes instead of images: a pattern such as "int 1 l", a list of them, a table by '
        'keyword such as { x = "1 3 h w", t = "int 1" }, or a function of the resolution, "nets.py:inputs"',
    )
    size_argument: Annotated[str | None, BeforeValidator(lambda value: "" if value is False else value)] = Field(
        None,
        description="argument of the constructor that takes the resolution: built anew for each; left out, models of "
        "zoos are for those that they refuse; false: never",
    )

    @model_validator(mode="after")
    def _images_or_inputs(self) -> "ModelEntry":
        if self.inputs and (self.channels or self.images):
            raise ValueError("channels and images go without inputs, which say all that the model takes")
        return self


def _spec_alone(value: object) -> object:
    if not isinstance(value, (str, dict)):
        raise ValueError(f"{value!r} is neither a spec nor a table with one")
    return {"spec": value} if isinstance(value, str) else value


class Site(_Strict):
    """The table `[site]`."""

    url: str | None = Field(None, description="where the site will be published, for its sitemap and previews of links")
    engine: Literal["mkdocs", "zensical"] = Field(
        "mkdocs",
        description="what makes HTML of the staged pages; zensical is faster, and an extra: rfa_report[zensical]",
    )
    history: str | None = Field(
        None,
        description='git tags, such as "v*": a page tells the history of each model in the reports of those',
    )
    mkdocs: Path | None = Field(None, description="your own mkdocs.yml: its pages, theme and options are built upon")


class ComparisonEntry(_Strict):
    """One entry of `compare`: architectures side by side on a page of their own."""

    title: str = Field(min_length=1, description="title of the page")
    models: tuple[str, ...] = Field(
        min_length=2, max_length=6, description="two to six architectures, by the titles of their pages"
    )


class Config(_Strict):
    """A whole configuration."""

    title: str = Field("Receptive field atlas", min_length=1, description="title of the site")
    resolutions: Resolutions = Field(
        ((224, 224),),
        description='input resolutions in pixels: whole numbers, "HxW" with height first, "l=N" for signals',
    )
    channels: int = Field(3, ge=1, description="input channels")
    output: Path = Field(Path("rfa-site"), description="folder for everything generated")
    models: tuple[Annotated[ModelEntry, BeforeValidator(_spec_alone)], ...] = Field(
        min_length=1, description="the architectures: specs, or tables with more to say"
    )
    compare: tuple[ComparisonEntry, ...] = Field((), description="architectures to put side by side")
    rules: tuple[str, ...] = Field((), description='your own rules for operators, each "path/to/file.py:book"')
    strict: bool = Field(False, description="count a layer that cannot be judged as a failure: exit status 1")
    site: Site = Field(default_factory=lambda: Site.model_validate({}), description="how the site is made")
    check: Check = Field(default_factory=lambda: Check.model_validate({}), description="what `check` lets pass")
