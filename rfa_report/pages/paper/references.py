"""What a paper cites: the methods behind the numbers, and the tool that computed them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A work to cite; `fields` are BibTeX's, in their order, and `used` says what for."""

    key: str
    form: str
    authors: tuple[str, ...]
    title: str
    where: str
    year: str
    url: str
    used: str
    fields: tuple[tuple[str, str], ...] = ()


METHODS = (
    Reference(
        "araujo2019computing",
        "article",
        ("Araujo, André", "Norris, Wade", "Sim, Jack"),
        "Computing Receptive Fields of Convolutional Neural Networks",
        "Distill",
        "2019",
        "https://doi.org/10.23915/distill.00021",
        "sizes, jumps, effective padding, alignment",
        (("journal", "Distill"), ("doi", "10.23915/distill.00021")),
    ),
    Reference(
        "richter2021should",
        "inproceedings",
        ("Richter, Mats L.", "Schöning, Julius", "Wiedenroth, Anna", "Krumnack, Ulf"),
        "Should You Go Deeper? Optimizing Convolutional Neural Network Architectures without Training",
        "ICMLA 2021, arXiv 2106.12307",
        "2021",
        "https://arxiv.org/abs/2106.12307",
        "border layer, unproductive layers, smallest field over paths",
        (
            ("booktitle", "20th IEEE International Conference on Machine Learning and Applications (ICMLA)"),
            ("eprint", "2106.12307"),
            ("archiveprefix", "arXiv"),
        ),
    ),
    Reference(
        "richter2022receptive",
        "misc",
        ("Richter, Mats L.", "Pal, Christopher"),
        "Receptive Field Refinement for Convolutional Neural Networks Reliably Improves Predictive Performance",
        "arXiv 2211.14487",
        "2022",
        "https://arxiv.org/abs/2211.14487",
        "refinement of receptive fields",
        (("eprint", "2211.14487"), ("archiveprefix", "arXiv")),
    ),
    Reference(
        "luo2016understanding",
        "inproceedings",
        ("Luo, Wenjie", "Li, Yujia", "Urtasun, Raquel", "Zemel, Richard"),
        "Understanding the Effective Receptive Field in Deep Convolutional Neural Networks",
        "NeurIPS 2016, arXiv 1701.04128",
        "2016",
        "https://arxiv.org/abs/1701.04128",
        "what these numbers do not cover: the effective receptive field",
        (
            ("booktitle", "Advances in Neural Information Processing Systems 29"),
            ("eprint", "1701.04128"),
            ("archiveprefix", "arXiv"),
        ),
    ),
)
"""The works that the method rests on; the page on the method lists them too."""

TOOL_TITLE = "rfa_report: receptive-field analysis of PyTorch models"


def tool(version: str) -> Reference:
    """Cite this program, by the version that computed the numbers."""
    return Reference(
        "rfa_report",
        "misc",
        ("{rfa_report contributors}",),
        TOOL_TITLE,
        f"version {version}",
        "2026",
        "",
        "all numbers, tables and figures",
        (("note", f"Computer software, version {version}"),),
    )
