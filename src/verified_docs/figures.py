"""How figures look, and how an open matplotlib figure becomes an SVG for each theme."""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import Any

from .runs import Figure

CSS_PIXELS_PER_INCH = 96
# The colours that change between the themes: text and axes, quieter lines, grid, and what lies behind a legend.
# No other colour is ever equal to one of them, so that exchanging them in the SVG's text exchanges just these.
LIGHT_TO_DARK = {"#1f2531": "#e3e7ee", "#5d6676": "#a3adbd", "#dde2ea": "#39414f", "#fcfdfe": "#171b22"}
INK, MUTED, GRID, PAPER = LIGHT_TO_DARK
# Data colours keep at least 3:1 against both backgrounds.
CYCLE = ("#3a7bd5", "#d9701a", "#2a9a68", "#cf4a63", "#8763cf", "#1a93a8", "#a2704a", "#7c8594")
# Text stays text in the SVG: the reader's own font draws it. An SVG shown as an image can use installed fonts only.
READERS_FONTS = (
    "'DejaVu Sans', Verdana, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif"
)

FONT = Path(__file__).parent / "fonts" / "cjk.ttf"
MISSING = re.compile(r"Glyph (\d+) .*missing from font")
FONT_FAMILY = re.compile(r"font-family: [^;]+;")

STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "axes.unicode_minus": False,
    "boxplot.boxprops.color": INK,
    "figure.facecolor": "none",
    "figure.figsize": (4.8, 3.4),
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "grid.color": GRID,
    "legend.edgecolor": GRID,
    "legend.facecolor": PAPER,
    "lines.linewidth": 2,
    "patch.edgecolor": INK,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "verified-docs",
    "text.color": INK,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
}


class MissingGlyphs(Exception):
    """A figure has characters for which its fonts have no glyph: readers would see boxes."""


def set_style() -> None:
    """Make figures drawn from now on look like the site's, in the light theme."""
    import matplotlib
    from cycler import cycler
    from matplotlib.font_manager import fontManager

    matplotlib.use("Agg")
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(STYLE)  # type: ignore[arg-type]
    # Measured with fonts that are there on every machine; the one for Chinese comes with the tool.
    fontManager.addfont(FONT)
    matplotlib.rcParams["font.family"] = ["DejaVu Sans", "Verified Docs CJK"]
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=CYCLE)


def draw(figure: Any) -> Figure:
    """Render an open `matplotlib.figure.Figure` in both themes; raises MissingGlyphs."""
    buffer = io.StringIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # No date and no version: the same figure is the same bytes.
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    missing = [match[1] for warning in caught if (match := MISSING.match(str(warning.message)))]
    if missing:
        raise MissingGlyphs(" ".join(dict.fromkeys(chr(int(code)) for code in missing)))
    light = FONT_FAMILY.sub(f"font-family: {READERS_FONTS};", buffer.getvalue())
    width, height = (round(inches * CSS_PIXELS_PER_INCH) for inches in figure.get_size_inches())
    return Figure(light, _in_dark(light), width, height)


def _in_dark(svg: str) -> str:
    for light, dark in LIGHT_TO_DARK.items():
        svg = svg.replace(light, dark)
    return svg
