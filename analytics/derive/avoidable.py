"""Avoidable contacts: by reason code first, then by rule (docs/metrics.md, "Avoidable contacts").

Rules speak of candidates for a repeat: answered, of a known customer, not planned.
"""

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table

from warehouse.settings import Settings

SELF_SERVICE = ("web_form", "chatbot", "app", "web_visit")
"""Channels without staff: a matter they closed was not closed too early by anybody."""

AFTER_DIGITAL = ("phone", "counter", "chat", "email")
"""Where a customer turns when the website or a form failed."""


def by_code(rows: Table, settings: Settings) -> StringValue:
    """Return what the reason code says: a category, `valuable`, `unknown`, or null."""
    if not settings.avoidable.reasons:
        return rows.reason.nullif(rows.reason)
    return ibis.cases(
        *(
            (rows.reason == code, ibis.literal(value))
            for code, value in settings.avoidable.reasons.items()
        ),
        else_=ibis.null("string"),
    )


def by_rule(rows: Table) -> StringValue:
    """Return the first category whose rule applies, in order of precedence; null if none does."""
    outcome = rows.predecessor_outcome
    return ibis.ifelse(
        rows.is_candidate,
        ibis.cases(
            (_holds(rows.broken_promise_at < rows.started_at), "broken_promise"),
            (_holds(rows.is_repeat & (outcome == "forwarded")), "wrong_place"),
            (
                _holds(
                    rows.is_repeat
                    & (outcome == "resolved")
                    & rows.predecessor_channel.notin(SELF_SERVICE)
                ),
                "premature_closure",
            ),
            (
                _holds(
                    rows.channel.isin(AFTER_DIGITAL)
                    & (rows.digital_failure_until >= rows.started_at)
                ),
                "digital_failure",
            ),
            (_holds(rows.case_open_until >= rows.started_at), "progress_chasing"),
            else_=ibis.null("string"),
        ),
        ibis.null("string"),
    )


def _holds(condition: BooleanValue) -> BooleanValue:
    return condition.fill_null(False)


def with_value(rows: Table, settings: Settings) -> Table:
    """Add avoidable_category, avoidable_basis and is_value_known; only contacts have them."""
    code = by_code(rows, settings)
    decided = rows.mutate(
        said=ibis.ifelse(rows.is_contact & (code != "unknown"), code, ibis.null("string")),
        ruled=ibis.ifelse(rows.is_contact, by_rule(rows), ibis.null("string")),
    )
    return decided.mutate(
        avoidable_category=ibis.cases(
            (decided.said == "valuable", ibis.null("string")),
            (decided.said.notnull(), decided.said),
            else_=decided.ruled,
        ),
        avoidable_basis=ibis.cases(
            (decided.said == "valuable", ibis.null("string")),
            (decided.said.notnull(), "code"),
            (decided.ruled.notnull(), "rule"),
            else_=ibis.null("string"),
        ),
        # where no code is mapped only rules speak, and all they can say is "avoidable"
        is_value_known=(decided.said.notnull() | decided.ruled.notnull())
        if settings.avoidable.reasons
        else ibis.literal(False),
    ).drop("said", "ruled")
