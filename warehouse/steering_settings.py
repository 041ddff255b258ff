"""What is taken for a driver of repeats, and for contacts that could move to another channel."""

from pydantic import Field

from warehouse.source_settings import SettingsModel


class DriverSettings(SettingsModel):
    """When a group of contacts is named as one that stands out."""

    sample_rows: int = Field(
        200_000,
        ge=1_000,
        le=500_000,
        description="Most contacts that the model learns from, drawn by a fixed rule; the figures "
        "of groups always come from all contacts.",
    )
    smallest_group: int = Field(
        100, ge=10, description="Contacts in a year from which a group can be named."
    )
    false_share: float = Field(
        0.05,
        gt=0,
        le=0.5,
        description="Of the groups that are named, the share that may be named by chance.",
    )


class SteeringSettings(SettingsModel):
    """When contacts on two channels can be compared."""

    smallest_match: int = Field(
        20,
        ge=5,
        description="Comparable contacts on the other channel from which something is said.",
    )
    smallest_group: int = Field(
        100, ge=10, description="Contacts in a year from which a move is proposed."
    )
