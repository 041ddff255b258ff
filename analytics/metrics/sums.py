"""The sums that metrics are made of: each is a column of the cubes."""

from ibis.expr.types import BooleanValue, DateValue, NumericValue, Table

from analytics.columns import local_day, repeat_seconds
from analytics.measures import Count, Total

SELF_SERVICE = ("web_form", "chatbot", "app")
"""Channels on which a customer can finish without staff."""

CONTACTS = Count("contact_count", lambda c: c.is_contact)
VISITS = Count("visit_count", lambda c: c.is_visit)
ANSWERED = Count("answered_count", lambda c: c.is_answered)
DIGITAL = Count("digital_count", lambda c: c.is_digital)
SELF_SERVED = Count(
    "self_served_count",
    lambda c: c.is_contact & c.channel.isin(SELF_SERVICE) & (c.outcome == "resolved"),
)
OUT_OF_HOURS = Count("out_of_hours_count", lambda c: c.is_out_of_hours)
IDENTIFIED = Count("identified_count", lambda c: c.is_identified)

CANDIDATES = Count("candidate_count", lambda c: c.is_candidate & c.is_knowable_backwards)
REPEATS = Count("repeat_count", lambda c: c.is_repeat & c.is_knowable_backwards)
REPEATS_SAME_CHANNEL = Count(
    "repeat_same_channel_count", lambda c: c.is_repeat_same_channel & c.is_knowable_backwards
)
SWITCHES = Count("switch_count", lambda c: c.is_switch & c.is_knowable_backwards)
TO_ASSISTED = Count("to_assisted_count", lambda c: c.is_to_assisted & c.is_knowable_backwards)
REPEAT_GAP = Total("repeat_gap_seconds_sum", repeat_seconds, REPEATS)


def _first_known(c: Table) -> BooleanValue:
    return c.is_candidate & ~c.is_repeat & c.is_knowable_backwards & c.is_knowable_forwards


FIRSTS = Count("first_count", _first_known)
RESOLVED_FIRSTS = Count("resolved_first_count", lambda c: _first_known(c) & ~c.has_follower)

EPISODES = Count("episode_count", lambda c: c.is_episode_start)
ENDED_EPISODES = Count("ended_episode_count", lambda c: c.is_episode_start & c.has_episode_ended)
ENDED_EPISODE_CONTACTS = Total(
    "ended_episode_contact_sum",
    lambda c: c.episode_contact_count.cast("float64"),
    ENDED_EPISODES,
)
ENDED_EPISODE_COST = Total(
    "ended_episode_cost_sum",
    lambda c: c.episode_cost,
    ENDED_EPISODES,
)

VALUE_KNOWN = Count("value_known_count", lambda c: c.is_contact & c.is_value_known)
AVOIDABLE = Count("avoidable_count", lambda c: c.avoidable_category.notnull())
AVOIDABLE_KNOWN = Count(
    "avoidable_known_count", lambda c: c.avoidable_category.notnull() & c.is_value_known
)
AVOIDABLE_BY_RULE = Count("avoidable_by_rule_count", lambda c: c.avoidable_basis == "rule")
AVOIDABLE_BY_MODEL = Count("avoidable_by_model_count", lambda c: c.avoidable_basis == "model")


def _cost(c: Table) -> NumericValue:
    return c.cost


COST = Total("cost_sum", _cost, CONTACTS)
AVOIDABLE_COST = Total("avoidable_cost_sum", _cost, AVOIDABLE)

WAITED = Count("waited_count", lambda c: c.is_answered & c.wait_seconds.notnull())
WAIT = Total("wait_seconds_sum", lambda c: c.wait_seconds, WAITED)
HANDLED = Count("handled_count", lambda c: c.is_answered & c.handle_seconds.notnull())
HANDLE = Total("handle_seconds_sum", lambda c: c.handle_seconds, HANDLED)
IN_TIME = Count("in_time_count", lambda c: c.is_in_time)
TIMED = Count("timed_count", lambda c: c.is_in_time.notnull())
LOST = Count("lost_count", lambda c: c.is_lost)
OFFERED = Count("offered_count", lambda c: c.is_answered | c.is_lost)
FORWARDED = Count("forwarded_count", lambda c: c.is_answered & (c.outcome == "forwarded"))

CALLBACKS = Count("callback_count", lambda c: c.is_answered & c.callback_due_at.notnull())


def callback_day(c: Table) -> DateValue:
    """Return the local day on which a promised call back was due."""
    return local_day(c, c.callback_due_at)


def _callback_due(c: Table) -> BooleanValue:
    return c.is_contact & c.callback_due_at.notnull()


CALLBACKS_DUE = Count("callback_due_count", _callback_due, callback_day)
CALLBACKS_KEPT = Count(
    "callback_kept_count",
    lambda c: _callback_due(c) & (c.callback_done_at <= c.callback_due_at),
    callback_day,
)
ANSWER_DUE = Count("answer_due_count", lambda c: c.is_on_time.notnull())
ON_TIME = Count("on_time_count", lambda c: c.is_on_time)
SCORED = Count("scored_count", lambda c: c.is_answered & c.satisfaction.notnull())
SATISFACTION = Total("satisfaction_sum", lambda c: c.satisfaction, SCORED)
