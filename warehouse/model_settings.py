"""Settings of the model that reads notes, and of the screen on which people correct it."""

from pydantic import Field

from warehouse.source_settings import SettingsModel


class NoteModelSettings(SettingsModel):
    """Learning from coded contacts why a contact without a code was made, by its note."""

    enabled: bool = Field(
        True, description="Read notes with a model, where enough of them belong to coded contacts."
    )
    least_examples: int = Field(
        300, ge=50, description="Coded contacts with a note without which nothing is learnt."
    )
    least_per_category: int = Field(
        40, ge=10, description="A category with fewer coded notes than this is not learnt."
    )
    most_examples: int = Field(
        60_000,
        ge=300,
        description="Coded notes that are learnt from at most: a fixed draw of them.",
    )
    precision: float = Field(
        0.7,
        ge=0.5,
        le=0.99,
        description="Part of what it calls avoidable with which the codes should agree; where it "
        "is less sure it abstains. Agents' codes err too, so higher is not always better.",
    )


class ReviewSettings(SettingsModel):
    """Who may read single notes on screen, to correct the model."""

    enabled: bool = Field(
        False,
        description="Whether the dashboard has the page on which redacted notes are judged.",
    )
    reviewers: tuple[str, ...] = Field(
        (), description="Sign-in names of who may; everybody who can sign in where left out."
    )
