"""The report's colours.

They are apart in lightness as well as hue, for the colour-blind and for printers without colour;
and nothing is told by colour alone.
"""

INK = "#18242F"
MUTED = "#54616E"
RULE = "#D5DAE0"
SOFT = "#EEF2F5"
PAPER = "#FFFFFF"
ACCENT = "#0B5A72"
GOOD = "#1A7455"
BAD = "#A8401F"

SERIES = ("#0B5A72", "#D99A2B", "#7D5A9E", "#66B394", "#C2593F", "#8B8F94")

CHANNELS = {
    "phone": "#1D4F76",
    "counter": "#7BA6CC",
    "web_form": "#12827C",
    "email": "#D99A2B",
    "chat": "#7D5A9E",
    "whatsapp": "#66B394",
    "chatbot": "#B59FCB",
    "post": "#8B8F94",
    "social": "#C2593F",
    "app": "#44713F",
    "web_visit": "#C3C9CF",
    "video": "#D191A6",
    "home_visit": "#75543F",
    "other": "#ABB1B8",
    "unknown": "#D3D7DB",
}


def series_colour(key: str, number: int) -> str:
    """Return the colour of a chart's series: a channel keeps its own everywhere."""
    return CHANNELS.get(key, SERIES[number % len(SERIES)])
