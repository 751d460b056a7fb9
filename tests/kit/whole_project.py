"""A small made-up shop that uses every kind of source, measure, survivorship rule and segment rule, and a change of its data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from small_projects import CONSENTS, CONSENTS_HEAD, SmallProject, csv

AS_OF = datetime(2025, 6, 1)
_FILED = datetime(2025, 5, 20, 8)
_CHANGED = datetime(2025, 5, 30, 8)

_TILLID = """
name: shop
controller: Shop ApS
contact: dpo@shop.example
country: DK
timezone: Europe/Copenhagen
as_of: 2025-06-01
store: {store}
roles:
  steward: {{purposes: all, categories: all}}
users:
  ole: [steward]
"""

_COVERS = "[user.unique_id, user.behavior, user.contact, user.name, user.device, system.operations]"
_PURPOSES = f"""
purposes:
  linking: {{data_use: operations, legal_basis: legitimate_interests, assessment: L1, retention: 10 years,
            categories: [user.unique_id, user.contact, user.device]}}
  analytics: {{data_use: analytics, legal_basis: legitimate_interests, assessment: L2, retention: 10 years,
              categories: {_COVERS}}}
  news: {{data_use: marketing.communications.email, legal_basis: consent, retention: 2 years, notices: [n1, n2],
         categories: {_COVERS}}}
"""

_CRM = """
kind: people
files: data/crm*.csv
key: customer_no
data_subject: customer
collected_for: [analytics, linking, news]
columns:
  no:       {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  mail:     {name: email, type: text, category: user.contact.email, identifier: email}
  phone:    {name: phone, type: text, category: user.contact.phone_number, identifier: phone}
  name:     {name: name, type: text, category: user.name, wash: name}
  postcode: {name: postcode, type: text, category: user.contact.address.postal_code}
  limit:    {name: credit_limit, type: decimal, category: user.behavior}
  member:   {name: is_member, type: boolean, category: user.behavior}
  born:     {name: joined_on, type: date, category: user.behavior}
"""

_CLUB = """
kind: people
files: data/club*.csv
load: delta
key: card
data_subject: customer
collected_for: [analytics, linking, news]
columns:
  card:  {name: card, type: text, category: user.unique_id, identifier: card}
  mail:  {name: email, type: text, category: user.contact.email, identifier: email}
  name:  {name: name, type: text, category: user.name, wash: name}
  level: {name: level, type: text, category: user.behavior, values: {guld: gold, sølv: silver}}
"""

_ORDERS = """
kind: events
files: data/orders*.csv
time: at
data_subject: customer
collected_for: [analytics, news]
columns:
  no:       {name: customer_no, type: text, category: user.unique_id, identifier: customer_no}
  at:       {name: at, type: timestamp, category: user.behavior.purchase_history}
  item:     {name: item, type: text, category: user.behavior.purchase_history}
  quantity: {name: quantity, type: integer, category: user.behavior.purchase_history}
  price:    {name: price, type: money, category: user.behavior.purchase_history}
  weight:   {name: weight, type: decimal, category: user.behavior.purchase_history}
"""

_WEB = """
kind: events
files: data/web*.ndjson
time: occurred_at
data_subject: visitor
collected_for_if:
  analytics: context.consent.analytics
  linking: context.consent.analytics
  news: context.consent.marketing
columns:
  device:          {name: device_id, type: text, category: user.device.device_id, identifier: device_id}
  mail:            {name: email, type: text, category: user.contact.email, identifier: email}
  what:            {name: event, type: text, category: user.behavior.browsing_history}
  at:              {name: occurred_at, type: timestamp, category: user.behavior.browsing_history}
  context.seconds: {name: seconds, type: decimal, category: user.behavior.browsing_history}
ignore: [context.consent.analytics, context.consent.marketing]
"""

_BARRED = """
kind: suppressions
files: data/barred.csv
bars: [marketing.communications]
list_date: 2025-05-01
data_subject: customer
columns:
  phone: {name: phone, type: text, category: user.contact.phone_number, identifier: phone}
  mail:  {name: email, type: text, category: user.contact.email, identifier: email}
"""

_PRODUCTS = """
kind: things
files: data/products.csv
key: item
columns:
  item:  {name: item, type: text, category: system.operations}
  group: {name: product_group, type: text, category: system.operations}
"""

_PROFILE = """
traits:
  email:    {rule: newest, from: [crm.email, club.email]}
  name:     {rule: longest, from: [crm.name, club.name]}
  postcode: {rule: most_frequent, from: [crm.postcode]}
  phone:    {rule: newest, from: [crm.phone]}
  card:     {rule: source_order, from: [club.card, crm.customer_no], order: [crm, club]}
  credit_limit: {from: [crm.credit_limit]}
  is_member:    {from: [crm.is_member]}
  joined_on:    {from: [crm.joined_on]}
  level:        {from: [club.level]}
"""

_VARIABLES = """
variables:
  orders_all:   {of: orders, measure: count}
  items_known:  {of: orders, measure: count, column: item}
  revenue:      {of: orders, measure: sum, column: quantity * price}
  revenue_90d:  {of: orders, measure: sum, column: quantity * price, window: 90 days, where: {column: quantity, gt: 0}}
  pieces:       {of: orders, measure: sum, column: quantity}
  mean_price:   {of: orders, measure: mean, column: price}
  mean_weight:  {of: orders, measure: mean, column: weight, window: 6 months}
  cheapest:     {of: orders, measure: min, column: price}
  last_ordered: {of: orders, measure: max, column: occurred_at}
  first_item:   {of: orders, measure: first, column: item}
  last_item:    {of: orders, measure: last, column: item, where: {not: {column: item, in: [Fløde, tea]}}}
  items:        {of: orders, measure: distinct, column: item}
  returned:     {of: orders, measure: share, where: {column: quantity, lt: 0}}
  tea_share:    {of: orders, measure: share, column: price, window: 1 year, where: {any: [{column: item, eq: tea},
                 {column: item, starts_with: Te}]}}
  recency:      {of: orders, measure: recency, where: {column: quantity, gt: 0}}
  seen:         {of: web, measure: count, where: {column: event, eq: seen}}
  seconds:      {of: web, measure: sum, column: seconds}
  basket:       {sql: "revenue / nullif(orders_all, 0)"}
  worth:        {sql: "round(ln(revenue + 1) * 10, 2) + coalesce(seconds, 0)"}
  size:         {sql: "case when revenue >= 500 then 'big' when revenue > 0 then 'small' else 'none' end"}
"""

_SEGMENTS = """
segments:
  good:     {purpose: analytics, rule: {variable: revenue, gte: 500}}
  lapsed:   {purpose: analytics, rule: {all: [{variable: orders_all, gt: 0}, {did_not: orders, within: 60 days}]}}
  viewers:  {purpose: analytics, rule: {any: [{did: web, at_least: 3, within: 90 days, where: {column: event, eq: seen}},
             {did: orders, exactly: 2}]}}
  plain:    {purpose: analytics, rule: {not: {any: [{trait: level, in: [gold, silver]}, {variable: tea_share, gt: 0.1}]}}}
  members:  {purpose: analytics, rule: {all: [{trait: is_member, eq: true}, {trait: email, contains: "@"},
             {trait: joined_on, lt: 2024-01-01}, {did: orders, at_most: 6}]}}
  readers:  {purpose: news, rule: {trait: email, is_null: false}}
"""

_DESTINATIONS = """
destinations:
  readers_file: {kind: file, path: out/readers.csv, format: csv, separator: ";", encoding: utf-8-sig}
  lapsed_file:  {kind: file, path: out/lapsed.csv, format: csv}
"""

_ACTIVATIONS = """
activations:
  readers: {segment: readers, purpose: news, destination: readers_file,
            columns: {E-mail: email, Navn: name, Omsætning: revenue, Kurv: basket, Sidst: last_ordered}}
  lapsed:  {segment: lapsed, purpose: news, destination: lapsed_file, columns: {E-mail: email, Dage: recency}}
"""

SEGMENTS = ("good", "lapsed", "viewers", "plain", "members", "readers")
"""All of them are worked out for analytics, but `readers`, which is for news."""
OUT = ("out/readers.csv", "out/lapsed.csv")

_NAMES = ("Ida Holm", "Bo Krogh", "Åse Lærke Dahl", "Øjvind Bæk", "Eva Lund", "Jens Ærø", "Liv Sand", "Per Ås")
_ITEMS = ("tea", "Te 100 g", "Fløde", "kaffe", "ost", "")


def whole_project(folder: Path, *, store: str = "duckdb", people: int = 40) -> SmallProject:
    """The shop with its first files, asked by `ole` at noon of the day that it is worked out for."""
    project = SmallProject(
        folder,
        {
            "tillid.yml": _TILLID.format(store=store),
            "purposes.yml": _PURPOSES,
            "profile.yml": _PROFILE,
            "sources/crm.yml": _CRM,
            "sources/club.yml": _CLUB,
            "sources/orders.yml": _ORDERS,
            "sources/web.yml": _WEB,
            "sources/consents.yml": CONSENTS,
            "sources/barred.yml": _BARRED,
            "sources/products.yml": _PRODUCTS,
            "variables/all.yml": _VARIABLES,
            "segments/all.yml": _SEGMENTS,
            "destinations/all.yml": _DESTINATIONS,
            "activations/all.yml": _ACTIVATIONS,
        },
        now=AS_OF + timedelta(hours=12),
    )
    random = Random(7)
    _put_crm(project, people, _FILED, is_changed=False)
    _put_club(project, "data/club_1.csv", range(0, people, 3), "guld", _FILED)
    _put_orders(project, "data/orders_1.csv", random, people, people * 5, AS_OF - timedelta(days=30))
    _put_web(project, "data/web_1.ndjson", random, people, people * 4, AS_OF - timedelta(days=20))
    _put_consents(project, "data/consents_1.csv", range(people), "given", datetime(2025, 1, 10))
    project.put("data/barred.csv", csv("phone,mail", *((_phone(n), _mail(n)) for n in range(5, people, 6))), _FILED)
    project.put("data/products.csv", csv("item,group", *((i, f"g{n % 2}") for n, i in enumerate(_ITEMS) if i)), _FILED)
    return project


def change_data(project: SmallProject, people: int = 40) -> None:
    """A day later: records new, altered, joined and gone, and more of all that happens."""
    project.now += timedelta(days=1)
    random = Random(8)
    _put_crm(project, people, _CHANGED, is_changed=True)
    _put_club(project, "data/club_2.csv", range(0, people, 2), "sølv", _CHANGED)
    _put_orders(project, "data/orders_2.csv", random, people, people * 3, AS_OF)
    _put_web(project, "data/web_2.ndjson", random, people, people * 2, AS_OF)
    _put_consents(project, "data/consents_2.csv", range(0, people, 7), "withdrawn", datetime(2025, 5, 25))
    project.put("data/products.csv", csv("item,group", *((i, "g9") for i in _ITEMS if i)), _CHANGED)


def _mail(number: int) -> str:
    return f"kunde{number:03d}@post.example"


def _typed(number: int, slip: str = ".@") -> str:
    """The address as somebody typed it, who now and then put a dot too many, so that it must be guessed."""
    return _mail(number).replace("@", slip) if number % 10 == 4 else _mail(number)


def _phone(number: int) -> str:
    return f"+45 31 {number // 100:02d} {number % 100:02d} 07"


def _put_crm(project: SmallProject, people: int, at: datetime, *, is_changed: bool) -> None:
    rows = []
    for number in range(people + (5 if is_changed else 0)):
        if is_changed and number % 13 == 4:
            continue
        # A changed e-mail is another's, so two persons become one.
        mail = _mail(number - 1) if is_changed and number % 17 == 9 else _mail(number) if number % 4 else None
        rows.append((f"C{number:04d}", mail, _phone(number) if number % 3 else None, _NAMES[number % len(_NAMES)],
                     f"{2100 + number % 9 * 100}", f"{number * 1.37:.2f}" if number % 5 else None,
                     ("ja", "nej", None)[number % 3] if not is_changed else "ja", f"20{10 + number % 15}-03-0{1 + number % 9}"))  # fmt: skip
    project.put("data/crm.csv", csv("no,mail,phone,name,postcode,limit,member,born", *rows), at)


def _put_club(project: SmallProject, path: str, numbers: range, level: str, at: datetime) -> None:
    rows = (
        (
            f"K{n}",
            _typed(n, ".@" if level == "guld" else "..@").upper(),
            f"{_NAMES[n % len(_NAMES)]} {'Jr' * (n % 2)}".strip(),
            level,
        )
        for n in numbers
    )
    project.put(path, csv("card,mail,name,level", *rows), at)


def _put_orders(project: SmallProject, path: str, random: Random, people: int, rows: int, last: datetime) -> None:
    def lines() -> Iterator[tuple[object, ...]]:
        for _ in range(rows):
            # Some of nobody, some of customers whom no list knows.
            number = random.choice([None, people + 50, *range(people)])
            at = last - timedelta(seconds=random.randrange(200 * 86400))
            who = None if number is None else f"C{number:04d}"
            yield (who, at.isoformat(sep=" "), random.choice(_ITEMS), random.choice([-1, 1, 1, 2, 3]),
                   f"{random.randrange(100, 30000) / 100:.2f}", f"{random.random():.4f}")  # fmt: skip

    project.put(path, csv("no,at,item,quantity,price,weight", *lines()), last)


def _put_web(project: SmallProject, path: str, random: Random, people: int, rows: int, last: datetime) -> None:
    lines = []
    for _ in range(rows):
        number = random.randrange(people)
        context = {
            "consent": {"analytics": random.random() < 0.8, "marketing": random.random() < 0.5},
            "seconds": round(random.random() * 90, 2),
        }
        at = last - timedelta(milliseconds=random.randrange(120 * 86_400_000))
        event = {
            "device": f"d-{number % 40}",
            "what": random.choice(["seen", "put", "paid"]),
            "at": f"{at.isoformat()}Z",
        }
        mail = {"mail": _mail(number % 40)} if random.random() < 0.2 else {"mail": None}
        lines.append(json.dumps(event | mail | {"context": context}))
    project.put(path, lines, last)


def _put_consents(project: SmallProject, path: str, numbers: range, state: str, at: datetime) -> None:
    rows = []
    for number in numbers:
        # What the definition does not list counts as a no.
        said = ("perhaps" if number % 14 == 7 else state) if number % 9 else "refused"
        notice = ("n1", "n2", "n0")[number % 3]
        rows.append(
            (_typed(number), "news", said, (at + timedelta(hours=number)).isoformat(), notice, f"form-{number}")
        )
    project.put(path, csv(CONSENTS_HEAD, *rows), at)
