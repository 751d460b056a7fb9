"""Made-up customers, order lines and consents with real shapes, as Parquet files.

Every value follows from the number of its row alone, so the same sizes give the same files but for their
days: the three years end today. DuckDB makes and writes them in pieces, so memory stays small. Nobody in
them exists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path

import duckdb

MONTHS = 36
STEPS = 2 + MONTHS
"""The files that `write_data` writes."""
SEASON = (0.8, 0.75, 0.9, 0.95, 1.0, 0.95, 0.85, 0.9, 1.0, 1.1, 1.5, 1.9)
"""How much is sold in January to December, against an even year."""

_LIBRARY = """
-- A number from 0 to 1 that follows from a row's number; each use has a salt of its own.
create macro chance(n, salt) as (hash(n, salt) >> 11) / 9007199254740992.0;
create macro below(n, salt, most) as (hash(n, salt) % most)::bigint;
create macro pick(list, n, salt) as list[1 + below(n, salt, len(list))];
create macro customer(n) as 'K' || lpad(n::varchar, 8, '0');
create macro spelled(n, salt) as
    pick(['an', 'bo', 'cla', 'di', 'el', 'fre', 'gu', 'ha', 'ida', 'jo', 'kir', 'lo', 'ma', 'ni', 'per'], n, salt)
    || pick(['na', 'ris', 'ra', 'ne', 'mer', 'da', 'lie', 'sen', 'vig', 'lund', 'berg', 'dal', 'holm'], n, salt + 1);
create macro address(n) as spelled(n, 1) || '.' || spelled(n, 3) || n || '@'
    || pick(['example.com', 'example.net', 'post.example.org', 'mail.example.com', 'brev.example.net'], n, 5);
-- The factors have no divisor in common with the ranges, so no two customers get one number by chance.
create macro mobile(n, country) as case country
    when 'DK' then if(n < 2999999, 26000000 + n * 7654321 % 2999999, null)
    when 'NO' then 90000000 + n * 654321 % 9999991
    when 'NL' then 610000000 + n * 7654321 % 49999991
    else 470000000 + n * 654321 % 9999991 end;
create macro moment(n, salt) as
    $since + to_microseconds((chance(n, salt) * (epoch_us($today) - epoch_us($since)))::bigint);
"""

_PLACES = """
create temp table places as
select country, postcode, city, row_number() over (partition by country order by postcode, city) - 1 as place,
    count(*) over (partition by country) as places
from read_csv($list, header = true, all_varchar = true) where country in ('DK', 'NO', 'NL', 'BE');
create temp table countries as select country, any_value(places) as places from places group by country;
"""

_PEOPLE = """
with drawn as (
    select n, case when chance(n, 10) < 0.55 then 'DK' when chance(n, 10) < 0.75 then 'NO'
            when chance(n, 10) < 0.90 then 'NL' else 'BE' end as country,
        -- Some have the address, or the telephone, of a customer shortly before: one person twice, or a family.
        if(chance(n, 11) < 0.03, greatest(n - 1 - below(n, 12, 50), 0), n) as mailbox,
        if(chance(n, 13) < 0.01, greatest(n - 1 - below(n, 14, 50), 0), n) as line,
        chance(n, 15) as typing, chance(n, 16) as dialling, chance(n, 17) as writing
    from range($people) numbers(n)
), placed as (
    -- Squared, so that some places have many customers.
    select *, floor(chance(n, 18) ** 2 * places)::bigint as place,
        address(mailbox) as email,
        -- Some are colleagues, who all give the number of the switchboard.
        mobile(if(line % 20000 < 25, line - line % 20000, line), country)::varchar as digits
    from drawn join countries using (country)
), formed as (
    select *, if(country in ('NL', 'BE'), '0', '') as trunk,
        case country when 'DK' then '45' when 'NO' then '47' when 'NL' then '31' else '32' end as code,
        regexp_replace(digits, '^(..)(..)(..)(.+)$', '\\1 \\2 \\3 \\4') as pairs
    from placed
)
select customer(n) as customer_no,
    case when typing < 0.05 then upper(email) when typing < 0.10 then upper(email[1]) || email[2:]
        when typing < 0.15 then ' ' || email || '  ' when typing < 0.17 then null when typing < 0.175 then 'ukendt'
        else email end as email,
    case when dialling < 0.10 then '00' || code || digits when dialling < 0.25 then '+' || code || ' ' || pairs
        when dialling < 0.50 then trunk || digits when dialling < 0.90 then trunk || pairs
        when dialling < 0.99 then null else '-' end as phone,
    if(writing < 0.02, country || '-', '') || postcode
        || if(country = 'NL', pick([' AB', 'KC', ' XN', 'ZE'], n, 19), '') as postcode,
    city, country, if(chance(n, 20) < 0.2, null, 1930 + below(n, 21, 78)) as birth_year,
    moment(n, 22) as updated_at
from formed join places using (country, place)
"""

_CONSENTS = """
with asked as (
    -- The last of them are readers of the newsletter who never were customers.
    select n, moment(n, 30) as stated_at from range($people + $people // 50) numbers(n) where chance(n, 31) < 0.4
), said as (
    select n, 'newsletter' as purpose, 'given' as state, stated_at from asked
    union all
    select n, 'newsletter', 'withdrawn', stated_at + ($today - stated_at) / 3 from asked where chance(n, 32) < 0.15
    union all
    select n, 'newsletter', 'given', stated_at + ($today - stated_at) / 2 from asked where chance(n, 32) < 0.03
    union all select n, 'customer_analytics', 'objected', moment(n, 33) from range($people) numbers(n)
        where chance(n, 34) < 0.005
)
select if(chance(n, 35) < 0.1, upper(address(n)), address(n)) as email, purpose, state,
    date_trunc('second', stated_at) as at,
    if(chance(n, 36) < 0.02, 'newsletter-1', pick(['newsletter-2', 'newsletter-3'], n, 37)) as notice,
    if(chance(n, 38) < 0.01, null, 'form ' || n) as evidence
from said order by stated_at
"""

_ORDERS = """
with lines as (
    -- Twenty lines are nine invoices.
    select n, n // 20 * 9 + [0, 1, 1, 1, 2, 2, 3, 4, 4, 4, 4, 5, 5, 6, 6, 6, 6, 6, 7, 8][1 + n % 20] as invoice
    from range($first, $last) numbers(n)
), sold as (
    -- The power makes some buy far more often than most; the factor scatters them over the numbers.
    select *, floor(chance(invoice, 40) ** 2 * $customers)::bigint * 7654321 % $customers as who,
        1 + below(n, 41, 12) * below(n, 42, 12) // 12 as product_group,
        (1 + floor(-ln(1 - chance(n, 43)) * 2))::integer as items, chance(invoice, 44) < 0.03 as is_returned,
        chance(n, 45) + chance(n, 46) + chance(n, 47) as price
    from lines
)
select if(chance(invoice, 48) < 0.05, null, customer(who)) as customer_no, 'F' || invoice as invoice,
    $begin + to_seconds(($seconds * (invoice - $first // 20 * 9) / (1 + ($last - $first) // 20 * 9)
        + below(invoice, 49, 60))::bigint) as occurred_at,
    ['toys', 'kitchen', 'garden', 'books', 'candles', 'textiles', 'lamps', 'stationery', 'baskets', 'clocks',
     'cards', 'food'][product_group] as product_group,
    if(is_returned, -items, items) as quantity,
    (round(exp(price) * (4 + product_group), 2) * if(is_returned, -items, items))::decimal(18, 2) as amount
from sold
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How many order lines and how many customers."""

    events: int
    people: int

    def __str__(self) -> str:
        return f"{short(self.events)} events, {short(self.people)} people"


def short(number: int) -> str:
    """A round number as people write it.

    >>> short(10_000_000), short(100_000), short(1_234)
    ('10M', '100k', '1234')
    """
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if number >= unit and number % unit == 0:
            return f"{number // unit}{name}"
    return str(number)


def last_day() -> date:
    """The day on which the data ends: today, in UTC."""
    return datetime.now(UTC).date()


def write_data(size: Size, folder: Path, done: Callable[[], None] = lambda: None) -> None:
    """Write `people.parquet`, `consents.parquet` and 36 monthly `orders-NN.parquet`; `done` is called for each."""
    folder.mkdir(parents=True, exist_ok=True)
    today = datetime.combine(last_day(), datetime.min.time())
    months = _months(today)
    known: dict[str, object] = {"people": size.people, "today": today, "since": months[0]}
    with duckdb.connect(config={"memory_limit": "2GiB", "temp_directory": str(folder)}) as maker:
        for statement in _bound(_LIBRARY, known).split(";\n"):
            maker.execute(statement)
        with as_file(files("tillid.stages.wash").joinpath("data/postcodes.csv.gz")) as places:
            maker.execute(_bound(_PLACES, {"list": str(places)}))
        for name, select in (("people", _PEOPLE), ("consents", _CONSENTS)):
            _copy(maker, _bound(select, known), folder / f"{name}.parquet")
            done()
        borders = _borders(months, size.events)
        for month, (begin, end) in enumerate(pairwise(months)):
            span = {"begin": begin, "seconds": int((end - begin).total_seconds()) - 60}
            lines = {"first": borders[month], "last": borders[month + 1]}
            # Some who buy are not in the customer list.
            customers = {"customers": size.people + size.people // 200}
            _copy(maker, _bound(_ORDERS, span | lines | customers), folder / f"orders-{month + 1:02}.parquet")
            done()


def _copy(maker: duckdb.DuckDBPyConnection, select: str, path: Path) -> None:
    maker.execute(f"copy ({select}) to '{path}' (format parquet, compression zstd)")


def _bound(sql: str, values: dict[str, object]) -> str:
    # Neither a macro nor a copy takes parameters.
    for name, value in values.items():
        written = f"timestamp '{value}'" if isinstance(value, datetime) else repr(value)
        sql = sql.replace(f"${name}", written)
    return sql


def _months(today: datetime) -> list[datetime]:
    """The first moments of the 36 months before today's, and of today's."""
    now = today.year * 12 + today.month - 1
    return [datetime(number // 12, number % 12 + 1, 1) for number in range(now - MONTHS, now + 1)]


def _borders(months: list[datetime], events: int) -> list[int]:
    """The number of the line that each month begins with; whole twenties, since an invoice has one time."""
    weights = [SEASON[month.month - 1] for month in months[:-1]]
    borders = [int(events * sum(weights[:n]) / sum(weights)) // 20 * 20 for n in range(len(weights))]
    return [*borders, events]
