"""Charts, drawn on the server as SVG: they need no script, and they print."""

from typing import Any
from xml.etree import ElementTree

import pygal
from pygal.style import Style

from app.models import MessageStatus
from app.reporting.questions import Counts, Report

_SERIES = (
    ("Delivered", "#2f9e63"),
    ("On the way", "#1f4f8b"),
    ("Failed", "#d1495b"),
    ("Called off", "#9aa5b1"),
)
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    font_family="system-ui, sans-serif",
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=14,
    guide_stroke_color="#dde2e8",
    major_guide_stroke_color="#c3cbd5",
    guide_stroke_dasharray="0",
    major_guide_stroke_dasharray="0",
    colors=tuple(colour for _, colour in _SERIES),
    opacity="1",
)
WIDE, NARROW = (960, 300), (420, 320)
"""Width and height in pixels, for a desk and for a telephone."""


def per_day(answer: Report, size: tuple[int, int] = WIDE) -> str:
    """A bar a day, of what became of the messages of that day and of the records that were to become one."""
    width, height = size
    chart: Any = pygal.StackedBar(
        style=_STYLE,
        js=(),
        width=width,
        height=height,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(_SERIES) if size == WIDE else 2,
        show_minor_x_labels=False,
        x_labels_major_count=width // 90,
        truncate_label=-1,
        x_label_rotation=0,
        value_formatter=lambda number: f"{number:,.0f}",
        include_x_axis=True,
        margin=8,
    )
    chart.add_xml_filter(_without_scripts)
    chart.x_labels = [f"{day.day.day} {day.day:%b}" for day in answer.days]
    columns = zip(*(_bar(day.counts) for day in answer.days), strict=True)
    for (name, _), numbers in zip(_SERIES, columns, strict=True):
        chart.add(name, numbers)
    return str(chart.render(is_unicode=True, disable_xml_declaration=True))


def _without_scripts(root: ElementTree.Element) -> ElementTree.Element:
    for parent in root.iter():
        for script in [child for child in parent if child.tag == "script"]:
            parent.remove(script)
    return root


def _bar(counts: Counts) -> tuple[int, ...]:
    return counts.delivered, counts.open, counts.standing, counts.of(MessageStatus.CANCELLED)
