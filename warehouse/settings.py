"""Every setting of `samenspel.toml`: its type, its default and its explanation.

The documentation's list of settings is made from these models.
"""

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from warehouse.contact import BUILT_IN_CHANNELS
from warehouse.errors import ConfigurationError
from warehouse.goal_settings import GoalSettings, InterventionSettings
from warehouse.model_settings import NoteModelSettings, ReviewSettings
from warehouse.planning_settings import PlanningSettings
from warehouse.service_settings import AnswerSettings, OpeningSettings, check_channels
from warehouse.source_kinds import check_contacts_of_kiss
from warehouse.source_settings import (
    ColumnSettings,
    SettingsModel,
    SourceSettings,
    Texts,
    TimeZone,
)
from warehouse.steering_settings import DriverSettings, SteeringSettings

__all__ = [
    "AVOIDABLE_CATEGORIES",
    "ChannelSettings",
    "ColumnSettings",
    "ConversationSettings",
    "LinkingSettings",
    "PrivacySettings",
    "RateSettings",
    "Settings",
    "SourceSettings",
    "parse_settings",
    "read_toml",
]

AVOIDABLE_CATEGORIES = (
    "broken_promise",
    "wrong_place",
    "premature_closure",
    "digital_failure",
    "progress_chasing",
    "unclear_information",
    "repeat_information",
    "organisation_error",
)
"""Avoidable categories in order of precedence (docs/metrics.md, "Avoidable contacts")."""


class RepeatSettings(SettingsModel):
    """What a repeat contact is."""

    window_days: int = Field(
        7, ge=1, le=30, description="Days within which a contact repeats an earlier one."
    )
    subject: Literal["service", "topic", "any"] = Field(
        "service", description='What "about the same" means.'
    )


class ConversationSettings(SettingsModel):
    """When rows of a log, or of two, are one conversation."""

    bind_minutes: int = Field(
        10,
        ge=0,
        le=60,
        description="Rows of one customer, agent and channel that follow each other within so many "
        "minutes are one conversation; 0: never.",
    )
    match_minutes: int = Field(
        10,
        ge=0,
        le=60,
        description="A call and a registration start or end within so many minutes of each other "
        "where they are one conversation; 0: never.",
    )


class ProbabilisticSettings(SettingsModel):
    """Linking customers by attributes that agree, with a probability."""

    enabled: bool = Field(
        False, description="Join customers that are likely one person (docs/koppelen.md)."
    )
    threshold: float = Field(
        0.95,
        ge=0.5,
        le=0.9999,
        description="Probability from which two are one; look first with `samenspel links`.",
    )


class LinkingSettings(SettingsModel):
    """How contacts are taken for those of one customer."""

    most_neighbours: int = Field(
        4,
        ge=1,
        description="An identifier that was met with more than this many different ones of one "
        "other kind (a switchboard, a shared mailbox) is set aside: it joins nobody. A BSN or KvK "
        "number never is.",
    )
    probabilistic: ProbabilisticSettings = ProbabilisticSettings()


class RateSettings(SettingsModel):
    """A cost by time."""

    rate_per_hour: float = Field(ge=0, description="Euros per hour of handling time.")


class AvoidableSettings(SettingsModel):
    """How avoidable contacts are recognised."""

    reasons: dict[str, Literal[(*AVOIDABLE_CATEGORIES, "valuable", "unknown")]] = Field(  # type: ignore[valid-type]
        {}, description="Reason code of a source = avoidable category, valuable or unknown."
    )
    digital_failure_minutes: int = Field(
        60, ge=1, le=1440, description="Minutes after a visit or unfinished form."
    )
    term_days: int = Field(14, ge=1, le=365, description="Promised term of a service, in days.")
    term_days_by_service: dict[str, int] = Field({}, description="The same for one service.")
    model: NoteModelSettings = NoteModelSettings()


class QualitySettings(SettingsModel):
    """Service-level targets."""

    service_level_seconds: int = Field(
        30, ge=1, description="Answered within this many seconds counts."
    )
    short_abandon_seconds: int = Field(5, ge=0, description="Abandoned within this does not count.")


class PrivacySettings(SettingsModel):
    """What protects people."""

    threshold: int = Field(10, ge=1, le=1000, description="Smaller groups are not shown.")
    key_file: Path | None = Field(
        None, description="File with the secret key for pseudonyms; or set SAMENSPEL_KEY."
    )
    email_dots: Literal["keep", "ignore"] = Field(
        "keep", description="Whether dots before the @ count, at the domains of email_dot_domains."
    )
    email_dot_domains: Texts = Field(
        ("gmail.com", "googlemail.com"), description="Domains whose mailboxes have no dots."
    )
    email_tags: Literal["keep", "ignore"] = Field(
        "keep", description='Whether "+tag" before the @ counts, at every domain.'
    )
    retain_months: int | None = Field(
        None,
        ge=1,
        le=600,
        description="Contacts are kept for this many whole months after their own, then removed "
        "by the next load; for ever when left out.",
    )
    retain_notes_months: int | None = Field(
        None, ge=0, le=600, description="The same for free text (`note`): a shorter term."
    )


class ChannelSettings(SettingsModel):
    """A channel that the built-in list does not have."""

    name_nl: str = Field(description="Dutch name.")
    name_en: str = Field(description="English name.")
    is_digital: bool = Field(False, description="Counts as digital.")


class ServerSettings(SettingsModel):
    """Who may see the dashboard."""

    users_file: Path | None = Field(
        None, description="File with lines `name:password-hash` (see `samenspel user`)."
    )
    review: ReviewSettings = ReviewSettings()


class Settings(SettingsModel):
    """All of `samenspel.toml`."""

    organisation: str = Field("", description="Name shown on screen and in reports.")
    timezone: TimeZone = Field(
        "Europe/Amsterdam", description="Days, weeks and months are those of this zone."
    )
    language: Literal["nl", "en"] = Field("nl", description="Language on screen and in reports.")
    inhabitants: int | None = Field(None, ge=1, description="For contacts per 1,000 inhabitants.")
    repeat: RepeatSettings = RepeatSettings()
    conversation: ConversationSettings = ConversationSettings()
    linking: LinkingSettings = LinkingSettings()
    cost: dict[str, float | RateSettings] = Field(
        {}, description="Euros per contact, by channel; or a table with rate_per_hour."
    )
    avoidable: AvoidableSettings = AvoidableSettings()
    quality: QualitySettings = QualitySettings()
    opening: OpeningSettings = OpeningSettings()
    answer: AnswerSettings = AnswerSettings()
    privacy: PrivacySettings = PrivacySettings()
    planning: PlanningSettings = PlanningSettings()
    server: ServerSettings = ServerSettings()
    drivers: DriverSettings = DriverSettings()
    steering: SteeringSettings = SteeringSettings()
    channels: dict[str, ChannelSettings] = Field({}, description="Further channels.")
    channel_names: dict[str, str] = Field(
        {},
        description="What a system calls a channel = the channel's key or name; or the name of a "
        "CSV file with columns naam and kanaal. Case, spaces and dashes make no difference.",
    )
    service_names: dict[str, dict[str, str]] = Field(
        {},
        description="For each source, what it calls a service = our name; or the name of a CSV "
        "file as `samenspel services` writes it. Only filled-in rows count.",
    )
    source: tuple[SourceSettings, ...] = Field((), description="The logs.")
    intervention: tuple[InterventionSettings, ...] = Field(
        (), description="Changes of which the effect is measured."
    )
    goal: tuple[GoalSettings, ...] = Field((), description="What the organisation aims for.")

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        names = [source.name for source in self.source]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"two sources are called {', '.join(twice)}; give each a name of its own"
            )
        check_contacts_of_kiss(self.source)
        for move in (move for one in self.intervention for move in one.moves):
            if move.category is not None and move.category not in AVOIDABLE_CATEGORIES:
                raise ValueError(f"there is no avoidable category {move.category!r}")
        known = set(BUILT_IN_CHANNELS) | set(self.channels)
        check_channels(self.opening, self.answer, known)
        unknown = sorted(set(self.cost) - known)
        if unknown:
            raise ValueError(
                f"[cost] names no channel {', '.join(unknown)}; known: {', '.join(sorted(known))}"
            )
        return self


def read_toml(path: Path) -> dict[str, Any]:
    """Read a configuration file as plain data; `etl.configuration.read_settings` makes settings.

    Raises:
        ConfigurationError: the file is missing, cannot be read, or is no TOML; one line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigurationError(
            "there is no such configuration file", where=str(path), remedy="Name one with --config."
        ) from error
    except (RecursionError, OverflowError) as error:
        raise ConfigurationError(
            "this is no valid TOML (nested too deep)", where=str(path), remedy="Mend that line."
        ) from error
    except ValueError as error:  # no TOML, no UTF-8, or a number of thousands of digits
        raise ConfigurationError(
            f"this is no valid TOML ({error})", where=str(path), remedy="Mend that line."
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"the file cannot be read ({error.strerror})",
            where=str(path),
            remedy="Check its permissions.",
        ) from error


def parse_settings(raw: dict[str, Any], *, where: str = "configuration") -> Settings:
    """Validate settings given as plain data.

    Returns:
        The settings.

    Raises:
        ConfigurationError: with the first wrong setting, named by its place in the file.
    """
    if _holds_nul(raw):
        raise ConfigurationError(
            "a setting holds a NUL character", where=where, remedy="Take it out."
        )
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = _place(first["loc"], raw)
        others = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        what = first["msg"].removeprefix("Value error, ")
        raise ConfigurationError(
            f"{place}: {what}{others}" if place else f"{what}{others}",
            where=where,
            remedy="See docs/settings.md for what is allowed.",
        ) from error


def _holds_nul(value: object) -> bool:
    """Tell whether a NUL stands in any text: neither the system nor the engine can take one."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            left += one
        elif isinstance(one, str) and "\0" in one:
            return True
    return False


def _place(location: tuple[int | str, ...], raw: dict[str, Any]) -> str:
    """Name a setting as a reader of the file would: a source by its name, not its number."""
    parts = [str(part) for part in location if str(part) not in {"float", "RateSettings"}]
    if len(parts) >= 2 and parts[0] == "source" and parts[1].isdigit():
        source = raw["source"][int(parts[1])]
        name = source.get("name") if isinstance(source, dict) else None
        parts[:2] = [f"source {name!r}" if name else f"source number {int(parts[1]) + 1}"]
    return ".".join(parts)
