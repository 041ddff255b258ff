"""The benchmark's log: a made-up CSV of contacts of any size, the same on every machine."""

from pathlib import Path

import duckdb

DAYS = 730
DAY_ROWS = 20_000

LOG = """
with numbered as (
    select
        i,
        -- one contact in five comes from a customer of at most some five days ago, on the same service
        if(
            hash(i, 'again') % 5 = 0 and i > {rows} // 100,
            i - 1 - (hash(i, 'parent') % ({rows} // 140))::bigint,
            i
        ) as origin
    from range({rows}) as numbers(i)
),

drawn as (
    select
        i,
        (hash(origin, 'customer') % {customers})::bigint as customer,
        (hash(origin, 'service') % 40)::integer as service,
        least(hash(i, 'channel') % 10, 7)::integer as channel,
        hash(i, 'outcome') % 20 as ending,
        timestamp '2024-01-01 08:00:00'
        + to_days((i * {days} // {rows})::integer)
        + to_seconds(((i * {days}) % {rows}) * 36000 // {rows}) as started
    from numbered
)

select
    'C' || i as "Nummer",
    strftime(started, '%d-%m-%Y %H:%M:%S') as "Begin",
    (['Telefoon', 'Balie', 'E-mail', 'Webformulier', 'Chat', 'WhatsApp', 'Post', 'Telefoon'])[channel + 1]
        as "Kanaal",
    'Dienst ' || service as "Dienst",
    'Onderwerp ' || service * 5 + hash(i, 'topic') % 5 as "Onderwerp",
    if(customer % 9 = 0, 'business', 'citizen') as "Klant",
    case when ending < 11 then 'resolved' when ending < 14 then 'forwarded' when ending < 16 then 'callback'
        when ending < 18 then 'case_opened' when ending < 19 then 'abandoned' end as "Afloop",
    'R' || hash(i, 'reason') % 12 as "Reden",
    hash(i, 'wait') % 240 as "Wacht",
    60 + hash(i, 'handle') % 600 as "Duur",
    if(hash(i, 'bsn') % 10 < 5, (900000000 + customer)::varchar, null) as "BSN",
    if(hash(i, 'phone') % 10 < 7, '06' || (10000000 + customer)::varchar, 'anoniem') as "Telefoon",
    'BU9999' || lpad((customer % 60)::varchar, 4, '0') as "Buurt"
from drawn
where i between {first} and {last}
order by i
"""

SETTINGS = """
organisation = "Benchmark"
[cost]
phone = 8.0
counter = 15.0
email = 6.0
[avoidable.reasons]
R0 = "unclear_information"
R1 = "organisation_error"
R2 = "valuable"
R3 = "valuable"
[[source]]
name = "log"
kind = "csv"
path = "log*.csv"
delimiter = ";"
[source.columns]
contact_id = "Nummer"
started_at = { column = "Begin", format = "%d-%m-%Y %H:%M:%S" }
channel = { column = "Kanaal", map = { "Telefoon" = "phone", "Balie" = "counter", "E-mail" = "email", "Webformulier" = "web_form", "Chat" = "chat", "WhatsApp" = "whatsapp", "Post" = "post" } }
service = "Dienst"
topic = "Onderwerp"
customer_type = "Klant"
outcome = "Afloop"
reason = "Reden"
wait_seconds = "Wacht"
handle_seconds = "Duur"
area = "Buurt"
[source.identifiers]
bsn = "BSN"
phone = { column = "Telefoon", missing = ["anoniem"] }
"""


def write_log(folder: Path, rows: int) -> Path:
    """Write `log.csv` (13 columns, some 110 bytes a row), its `samenspel.toml`, and a day more.

    The day's DAY_ROWS contacts follow the last of the log; they lie at `tomorrow(folder)`, where no
    load finds them.

    Returns:
        The log's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "samenspel.toml").write_text(SETTINGS, encoding="utf-8")
    file = folder / "log.csv"
    tomorrow(folder).parent.mkdir(exist_ok=True)
    total = rows + DAY_ROWS
    with duckdb.connect() as connection:
        for target, first, last in (
            (file, 0, rows - 1),
            (tomorrow(folder), rows, total - 1),
        ):
            query = LOG.format(
                rows=total, customers=max(total // 4, 1), days=DAYS, first=first, last=last
            )
            connection.execute(f"copy ({query}) to '{target}' (header, delimiter ';')")
    return file


def tomorrow(folder: Path) -> Path:
    """Return where the day after the log lies until it is its turn."""
    return folder / "tomorrow" / "log-2.csv"
