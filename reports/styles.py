"""How cells look: fonts, borders and number formats of the workbook."""

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from analytics.report.content import Column, Kind
from reports import palette

FONT = "Calibri"
_EXCEL_LOCALES = {"nl": "413", "en": "809"}

_NUMBERS = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.SECONDS: '#,##0" s"',
    # amounts in the thousands are read without cents, amounts per contact with
    Kind.EUROS: '[>=1000]"€ "#,##0;[<=-1000]"€ "-#,##0;"€ "0.00',
    Kind.NUMBER: "#,##0.00",
    Kind.POINTS: "+0.0%;-0.0%;0.0%",
}

_DIFFERENCES = {
    Kind.COUNT: "+#,##0;-#,##0;0",
    Kind.SHARE: '+0.0" pp";-0.0" pp";0.0" pp"',
    Kind.SECONDS: '+#,##0" s";-#,##0" s";0" s"',
    Kind.EUROS: '+"€ "#,##0.00;-"€ "#,##0.00;"€ "0.00',
    Kind.NUMBER: "+#,##0.00;-#,##0.00;0.00",
    Kind.POINTS: "+0.0%;-0.0%;0.0%",
}

_DATES = {Kind.MONTH: "mmm yyyy", Kind.DAY: "d mmm yyyy", Kind.MOMENT: "d mmm yyyy hh:mm"}


def number_format(kind: Kind, language: str, *, is_difference: bool = False) -> str:
    """Return Excel's number format; thousands and decimals follow the reader's own Excel.

    Month names are tied to the report's language, so that they read the same everywhere.
    """
    if kind in _DATES:
        return f"[$-{_EXCEL_LOCALES[language]}]{_DATES[kind]}"
    return _DIFFERENCES.get(kind, "@") if is_difference else _NUMBERS[kind]


class Styles:
    """The workbook's formats, each made once.

    Args:
        book: the workbook.
        language: "nl" or "en", for month names.
    """

    def __init__(self, book: Workbook, language: str) -> None:
        self._book = book
        self._language = language
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def make(self, **properties: Any) -> Format:
        """Return the format with these properties, over the report's own font."""
        everything = {
            "font_name": FONT,
            "font_size": 10,
            "font_color": palette.INK,
            "valign": "vcenter",
            **properties,
        }
        key = tuple(sorted(everything.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(everything)
        return self._made[key]

    @property
    def title(self) -> Format:
        """The sheet's title."""
        return self.make(font_size=20, bold=True, font_color=palette.ACCENT)

    @property
    def subtitle(self) -> Format:
        """Organisation and period under the title."""
        return self.make(font_size=11, font_color=palette.MUTED)

    @property
    def cover_subtitle(self) -> Format:
        """Organisation and period on the cover."""
        return self.make(font_size=14)

    @property
    def link(self) -> Format:
        """A link to another sheet."""
        return self.make(font_color=palette.ACCENT, underline=1)

    @property
    def heading(self) -> Format:
        """The heading of a table."""
        return self.make(font_size=12, bold=True)

    @property
    def finding(self) -> Format:
        """A finding: a sentence on soft ground."""
        return self.make(font_size=11, text_wrap=True, bg_color=palette.SOFT, indent=1)

    @property
    def note(self) -> Format:
        """Small print."""
        return self.make(font_size=9, text_wrap=True, font_color=palette.MUTED, valign="top")

    @property
    def warning(self) -> Format:
        """What must not be overlooked."""
        return self.make(font_size=11, bold=True, text_wrap=True, font_color=palette.BAD)

    def column_head(self, *, is_text: bool, is_first: bool) -> Format:
        """The heading of a column: text begins left, figures end right."""
        return self.make(
            indent=1 if is_text and not is_first else 0,
            bold=True,
            text_wrap=True,
            valign="bottom",
            align="left" if is_text else "right",
            bottom=1,
            bottom_color=palette.INK,
        )

    def cell(
        self,
        column: Column,
        *,
        is_first: bool = True,
        is_unfinished: bool = False,
        **further: Any,
    ) -> Format:
        """A cell of a column; of an incomplete period in grey italics (its row also says so)."""
        properties: dict[str, Any] = {
            "num_format": number_format(
                column.kind, self._language, is_difference=column.is_difference
            ),
            "align": "left" if is_text(column.kind) else "right",
            "bottom": 4,
            "bottom_color": palette.RULE,
            **further,
        }
        if column.kind == Kind.TEXT:
            properties.setdefault("text_wrap", True)
        if is_text(column.kind) and not is_first:
            properties["indent"] = 1  # away from the figures that end just before
        if is_unfinished:
            properties |= {"italic": True, "font_color": palette.MUTED}
        return self.make(**properties)


def is_text(kind: Kind) -> bool:
    """Whether values of this kind are read from the left."""
    return kind in {Kind.TEXT, *_DATES}
