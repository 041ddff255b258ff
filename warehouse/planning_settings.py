"""Settings of planning: the calendar that forecasts follow, and how staffing is worked out."""

from datetime import date, timedelta
from typing import Literal

from pydantic import Field, model_validator

from warehouse.source_settings import SettingsModel, Texts


class EventSettings(SettingsModel):
    """Something known that brings contacts, and comes back: the yearly tax assessment."""

    name: str = Field(min_length=1, description="What it is called on screen.")
    dates: tuple[date, ...] = Field(
        min_length=1,
        description="First day of each time it happened or will happen. A forecast learns what it "
        "brings from the earlier times.",
    )
    days: int = Field(14, ge=1, le=120, description="How many days it is felt, from that day on.")
    channels: Texts = Field((), description="Channels that it touches; all when left out.")
    services: Texts = Field((), description="Services that it touches; all when left out.")


class IgnoreSettings(SettingsModel):
    """Days that say nothing about the future: corona, an exchange that fails."""

    name: str = Field(min_length=1, description="What it is called on screen.")
    start: date = Field(description="First day.")
    end: date = Field(description="Last day, inclusive.")
    channels: Texts = Field((), description="Channels that it touches; all when left out.")

    @model_validator(mode="after")
    def _in_order(self) -> "IgnoreSettings":
        if self.end < self.start:
            raise ValueError("it ends before it begins; swap start and end")
        return self

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of it."""
        return tuple(
            self.start + timedelta(days=number)
            for number in range((self.end - self.start).days + 1)
        )


class StaffingSettings(SettingsModel):
    """What a good service is, and what part of paid time goes into it."""

    service_level: float = Field(
        0.8, gt=0, lt=1, description="Share that must be answered in time."
    )
    seconds: dict[str, int] = Field(
        {"phone": 30, "counter": 600, "chat": 60},
        description="In time, in seconds of waiting, by channel. Staffing is worked out for the "
        "channels named here.",
    )
    handle_seconds: dict[str, float] = Field(
        {}, description="Handling time by channel, in seconds, in place of the one measured."
    )
    patience_seconds: dict[str, float] = Field(
        {}, description="Patience by channel, in seconds, in place of the one measured."
    )
    shrinkage: float = Field(
        0.3,
        ge=0,
        lt=0.9,
        description="Part of paid time not spent on contacts: leave, illness, training, breaks.",
    )
    max_occupancy: float = Field(
        0.85, gt=0, le=1, description="Largest part of its time that staff may be busy."
    )
    concurrent: dict[str, int] = Field(
        {"chat": 2}, description="Contacts that one employee holds at once, by channel."
    )


class PlanningSettings(SettingsModel):
    """The calendar of forecasts, and staffing."""

    region: Literal["north", "middle", "south"] = Field(
        "middle", description="Region of the school holidays."
    )
    first_day: date | None = Field(
        None, description="First day that a forecast learns from; the first loaded when left out."
    )
    last_day: date | None = Field(
        None,
        description="Last day that a forecast learns from, where the logs are not whole until "
        "their end; the last loaded when left out.",
    )
    weeks_ahead: int = Field(12, ge=1, le=26, description="How far a forecast looks ahead.")
    closed: tuple[date, ...] = Field(
        (),
        description="Further days on which channels with staff are closed, such as bridging days.",
    )
    open: tuple[date, ...] = Field(
        (), description="Public holidays on which they are open after all."
    )
    event: tuple[EventSettings, ...] = Field((), description="What is known to come.")
    ignore: tuple[IgnoreSettings, ...] = Field(
        (), description="What a forecast must not learn from."
    )
    staffing: StaffingSettings = StaffingSettings()
