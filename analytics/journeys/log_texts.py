"""The event log as lines of XES and OCEL 2.0, written by the engine: no row passes through Python.

XES: IEEE 1849-2016, extensions concept and time. OCEL 2.0: the JSON exchange format of
https://www.ocel-standard.org, with an object per journey, per service, and per customer if asked.
"""

import json
from collections.abc import Iterator

import ibis
from ibis.expr.types import StringValue, Table, TimestampValue

_ROWS = 20_000
_CONTROL = r"[\x00-\x1f]"

XES_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>\
<date key="time:timestamp" value="1970-01-01T00:00:00.000Z"/></global>
<classifier name="Channel" keys="concept:name"/>
"""
XES_BETWEEN = "</trace>\n"
XES_FOOT = "</log>\n"


def xes_lines(events: Table) -> Iterator[str]:
    """Give an event log as XES, a piece at a time; `events` as `event_log.event_log` returns it."""
    event = (
        '<event><string key="concept:name" value="'
        + _xml(events.activity)
        + '"/><date key="time:timestamp" value="'
        + _moment(events.at)
        + '"/><string key="service" value="'
        + _xml(events.service)
        + '"/><string key="outcome" value="'
        + _xml(events.outcome)
        + '"/></event>'
    )
    of_customer = (
        ('"/><string key="customer" value="' + events.customer)
        if "customer" in events.columns
        else ibis.literal("")
    )
    start = (
        f'{XES_BETWEEN}<trace><string key="concept:name" value="'
        + events.journey
        + of_customer
        + '"/><boolean key="has_ended" value="'
        + _truth(events)
        + '"/>'
    )
    # whole traces would be put together in memory: the contacts of each follow one another instead
    line = ibis.ifelse(events.event == 1, start, "") + event
    pieces = _lines(
        events.select("journey", "event", line=line).order_by("journey", "event").select("line"),
        "",
        XES_BETWEEN,
    )
    yield XES_HEAD
    yield next(pieces).removeprefix(XES_BETWEEN)
    yield from pieces
    yield XES_FOOT


def ocel_lines(events: Table) -> Iterator[str]:
    """Give an event log as OCEL 2.0 in JSON, a piece at a time."""
    has_customers = "customer" in events.columns
    yield '{"objectTypes":'
    yield json.dumps(_object_types(has_customers=has_customers))
    activities = events.select("activity").distinct().order_by("activity").to_pyarrow()
    outcome = [{"name": "outcome", "type": "string"}]
    types = [
        {"name": activity, "attributes": outcome} for activity in activities["activity"].to_pylist()
    ]
    yield f',"eventTypes":{json.dumps(types)},"objects":[\n'
    yield from _lines(_objects(events, has_customers=has_customers), ",\n", "")
    yield '\n],"events":[\n'
    yield from _lines(_events(events), ",\n", "")
    yield "\n]}\n"


def _object_types(*, has_customers: bool) -> list[dict[str, object]]:
    ended = [{"name": "has_ended", "type": "boolean"}]
    types: list[dict[str, object]] = [
        {"name": "journey", "attributes": ended},
        {"name": "service", "attributes": []},
    ]
    return [*types, {"name": "customer", "attributes": []}] if has_customers else types


def _objects(events: Table, *, has_customers: bool) -> Table:
    firsts = events.filter(events.event == 1)
    of_customer = (
        ('{"objectId":"customer:' + firsts.customer + '","qualifier":"of"}')
        if has_customers
        else ibis.literal("")
    )
    journeys = firsts.select(
        line='{"id":"journey:'
        + firsts.journey
        + '","type":"journey","attributes":[{"name":"has_ended","time":"1970-01-01T00:00:00Z",'
        + '"value":'
        + _truth(firsts)
        + '}],"relationships":['
        + of_customer
        + "]}"
    )
    named = [journeys, _plain_objects("service", _json(events.service), events)]
    if has_customers:
        named.append(_plain_objects("customer", events.customer, events))
    return ibis.union(*named).order_by("line")


def _plain_objects(kind: str, name: StringValue, events: Table) -> Table:
    line = f'{{"id":"{kind}:' + name + f'","type":"{kind}","attributes":[],"relationships":[]}}'
    return events.select(line=line).distinct()


def _events(events: Table) -> Table:
    line = (
        '{"id":"'
        + events.journey
        + "-"
        + events.event.cast("string")
        + '","type":"'
        + _json(events.activity)
        + '","time":"'
        + _moment(events.at)
        + '","attributes":[{"name":"outcome","value":"'
        + _json(events.outcome)
        + '"}],"relationships":[{"objectId":"journey:'
        + events.journey
        + '","qualifier":"step of"},{"objectId":"service:'
        + _json(events.service)
        + '","qualifier":"about"}]}'
    )
    told = events.select("at", "journey", "event", line=line)
    return told.order_by("at", "journey", "event").select("line")


def _lines(table: Table, between: str, last: str) -> Iterator[str]:
    """Give a table's one column `line` in pieces of many rows, `between` each two of them."""
    is_first = True
    for batch in table.to_pyarrow_batches(chunk_size=_ROWS):
        if batch.num_rows:
            yield ("" if is_first else between) + between.join(batch["line"].to_pylist())
            is_first = False
    yield "" if is_first else last


def _truth(rows: Table) -> StringValue:
    return ibis.ifelse(rows.has_ended.fill_null(False), "true", "false")


def _moment(at: TimestampValue) -> StringValue:
    return at.strftime("%Y-%m-%dT%H:%M:%S") + ".000Z"


def _xml(text: StringValue) -> StringValue:
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, written)
    return text.re_replace(_CONTROL, " ")


def _json(text: StringValue) -> StringValue:
    return text.replace("\\", "\\\\").replace('"', '\\"').re_replace(_CONTROL, " ")
