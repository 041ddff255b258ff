"""How it looks: colours, type and the template that every chart shares.

The colours of channels are fixed, so that a channel is recognised on every page. They differ in
lightness as well as hue, and no chart relies on them alone: lines and bars carry their names.
"""

import math
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
from plotly.colors import hex_to_rgb

INK = "#18242f"
BLACK = "#000000"
MUTED = "#54616e"
FAINT = "#8a95a1"
RULE = "#e3e7eb"
PAPER = "#ffffff"
GROUND = "#f5f6f8"
ACCENT = "#0b5a72"
ACCENT_SOFT = "#cfe1e8"
GOOD = "#1a7455"
BAD = "#a8401f"
BEFORE = "#a3adb8"
REFERENCE = "#c07b1a"
"""What a series is held against: a target, or what was to be expected."""

FONT = 'Inter, "Segoe UI", "Helvetica Neue", Arial, sans-serif'

CHANNEL_COLOURS: dict[str, str] = {
    "phone": "#1d4f76",
    "counter": "#7ba6cc",
    "web_form": "#12827c",
    "email": "#d99a2b",
    "chat": "#7d5a9e",
    "whatsapp": "#66b394",
    "chatbot": "#b59fcb",
    "post": "#8b8f94",
    "social": "#c2593f",
    "app": "#44713f",
    "web_visit": "#c3c9cf",
    "video": "#d191a6",
    "home_visit": "#75543f",
    "other": "#abb1b8",
    "unknown": "#d3d7db",
}
_FURTHER = ("#4e7d96", "#9a8f3c", "#a65f7e", "#5f8f5a", "#8a6d3b", "#6b7fb0")

SEQUENTIAL: list[tuple[float, str]] = [
    (0.0, "#f3f7f9"),
    (0.25, "#cfe1e8"),
    (0.5, "#8fbccb"),
    (0.75, "#3f8aa3"),
    (1.0, ACCENT),
]


def channel_colour(channel: str) -> str:
    """Return a channel's colour; channels of the configuration get one that stays theirs."""
    further = _FURTHER[sum(channel.encode()) % len(_FURTHER)]
    return CHANNEL_COLOURS.get(channel, further)


def faint(colour: str, opacity: float) -> str:
    """Return a colour (`#rrggbb`) that lets through what lies under it; 0 is not to be seen."""
    red, green, blue = hex_to_rgb(colour)
    return f"rgba({red},{green},{blue},{opacity})"


def readable_on_sequential(place: float) -> str:
    """Return black or white, whichever reads best on the sequential scale at a place (0 to 1)."""
    if math.isnan(place):
        return INK
    for (low, first), (high, second) in pairwise(SEQUENTIAL):
        if place <= high:
            part = (place - low) / (high - low)
            mixed = [a + part * (b - a) for a, b in zip(_rgb(first), _rgb(second), strict=True)]
            return BLACK if _luminance(mixed) > _EVEN else PAPER
    return PAPER


_EVEN = 0.179
"""The luminance that black and white read equally well on."""


def _rgb(colour: str) -> list[float]:
    return [part / 255 for part in hex_to_rgb(colour)]


def _luminance(rgb: list[float]) -> float:
    """Return the relative luminance of WCAG 2."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def mantine_theme() -> dict[str, Any]:
    """Return the theme of the controls."""
    return {
        "fontFamily": FONT,
        "primaryColor": "petrol",
        "primaryShade": 7,
        "defaultRadius": "sm",
        "cursorType": "pointer",
        "respectReducedMotion": True,
        "focusRing": "auto",
        "black": INK,
        "colors": {
            "petrol": [
                "#eaf4f7",
                "#d6e6ec",
                "#accdd9",
                "#7fb3c6",
                "#5a9cb5",
                "#428eaa",
                "#3487a5",
                ACCENT,
                "#08485c",
                "#053646",
            ]
        },
        "fontSizes": {"xs": "12px", "sm": "13px", "md": "14px", "lg": "16px", "xl": "20px"},
    }


def template() -> go.layout.Template:
    """Return what all charts have in common: little ink, no frame, figures that line up."""
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickfont": {"color": MUTED, "size": 12},
        "automargin": True,
        "fixedrange": True,
        "title": {"text": ""},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 12, "color": INK},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 4, "r": 8, "t": 8, "b": 4},
            "xaxis": axis,
            "yaxis": {**axis, "showgrid": True, "gridcolor": RULE, "gridwidth": 1},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "hoverlabel": {
                "bgcolor": PAPER,
                "bordercolor": RULE,
                "font": {"family": FONT, "size": 12, "color": INK},
                "align": "left",
            },
            "bargap": 0.25,
        }
    )
