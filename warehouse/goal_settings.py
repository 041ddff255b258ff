"""What an organisation changed and what it aims for: interventions and goals."""

from datetime import date

from pydantic import Field, model_validator

from warehouse.source_settings import SettingsModel, Texts


class MoveSettings(SettingsModel):
    """A figure that an intervention should move."""

    metric: str = Field(description="Metric key (docs/metrics.md), such as abandonment_share.")
    category: str | None = Field(
        None,
        description="With the metric avoidable_share: only contacts of this avoidable category, as "
        "a part of all contacts.",
    )
    channels: Texts = Field((), description="Only these channels; those of the intervention.")

    @model_validator(mode="after")
    def _category_of_avoidable(self) -> "MoveSettings":
        if self.category is not None and self.metric != "avoidable_share":
            raise ValueError("category goes with the metric avoidable_share only")
        return self


class InterventionSettings(SettingsModel):
    """A change of which the effect is measured: a new letter, form, opening hours."""

    name: str = Field(min_length=1, max_length=120, description="Name on screen.")
    started_on: date = Field(description="First day on which it was in force.")
    ended_on: date | None = Field(None, description="Last day; still in force when left out.")
    services: Texts = Field((), description="Services that it is about; all when left out.")
    channels: Texts = Field((), description="Channels that it is about; all when left out.")
    moves: tuple[MoveSettings, ...] = Field(
        min_length=1, description="The figures that it should move, each a table."
    )

    @model_validator(mode="after")
    def _in_order(self) -> "InterventionSettings":
        if self.ended_on is not None and self.ended_on < self.started_on:
            raise ValueError("ended_on lies before started_on")
        return self


class GoalSettings(SettingsModel):
    """A target for a metric in a year, or from one day to another."""

    metric: str = Field(description="Metric key (docs/metrics.md).")
    at_most: float | None = Field(None, description="The figure should be no higher; shares 0-1.")
    at_least: float | None = Field(None, description="The figure should be no lower.")
    year: int | None = Field(None, ge=1990, le=2100, description="The calendar year it is about.")
    since: date | None = Field(None, description="First day, instead of a year.")
    by: date | None = Field(None, description="Last day, instead of a year.")
    where: dict[str, Texts] = Field(
        {},
        description="Only these: tables such as { channel = [...], service = [...] }.",
    )
    name: str = Field("", max_length=120, description="Name on screen; made up when left out.")

    @model_validator(mode="after")
    def _whole(self) -> "GoalSettings":
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("give a goal either at_most or at_least")
        has_days = self.since is not None or self.by is not None
        if (self.year is None) == (not has_days):
            raise ValueError("give a goal either a year, or since and by")
        if has_days and (self.since is None or self.by is None or self.by < self.since):
            raise ValueError("give a goal both since and by, in that order")
        if unknown := sorted(set(self.where) - {"channel", "service"}):
            raise ValueError(f"where knows channel and service, not {', '.join(unknown)}")
        return self

    @property
    def days(self) -> tuple[date, date]:
        """The first and last day that it is about."""
        if self.year is not None:
            return date(self.year, 1, 1), date(self.year, 12, 31)
        assert self.since is not None and self.by is not None  # noqa: S101, PT018  # checked above
        return self.since, self.by

    @property
    def target(self) -> float:
        """The value that is aimed for, in the metric's unit."""
        target = self.at_most if self.at_most is not None else self.at_least
        assert target is not None  # noqa: S101  # checked above
        return target

    @property
    def is_upper(self) -> bool:
        """Whether the figure should stay below the target."""
        return self.at_most is not None
