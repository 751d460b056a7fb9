"""What the reference of definitions adds to the code: an example of each file, and what defaults mean."""

from __future__ import annotations

INTRO = (
    "A project is a folder with these files. All are YAML. A key that is not listed here is a mistake, and "
    "`tillid check` names it with file, line and the nearest valid key. Files in a folder may have any name that "
    "ends in `.yml`; the entries of several files are read together."
)

READY_INTRO = (
    "A source that says `ready: NAME` is completed by one of these definitions: they know what a vendor's API or "
    "export looks like. What the source says itself counts before them: keys, columns one by one, and fields under "
    "`ignore`, which leave a column out. How to use them: [read from an API](../how-to/read-from-an-api.md)."
)

SCHEMAS = (
    "Editors can check the files while you type: [JSON Schemas](schemas/) (draft 2020-12). With the YAML language "
    "server, write this as the first line of a file, with the path to your copy of the schemas:"
)

EXAMPLES = {
    "project": """
name: bikes
controller: Bike Shop ApS
contact: dpo@bikes.example
country: DK
timezone: Europe/Copenhagen
languages: [da, en]
store: duckdb
roles:
  steward:  {purposes: all, categories: all}
  marketer: {purposes: [newsletter], categories: [user.contact.email, user.name, user.behavior, user.unique_id]}
users:
  ole: [steward]
  marie: [marketer]
""",
    "purposes": """
purposes:
  newsletter:
    label: Newsletter by e-mail
    data_use: marketing.communications.email
    legal_basis: consent
    notices: [newsletter-1]
    consent_valid_for: 2 years
    categories: [user.contact.email, user.name, user.unique_id, user.behavior]
    data_subjects: [customer, prospect]
    retention: 24 months
    recipients: [Mail company A/S]
  linking:
    label: Recognise a customer across lists
    data_use: operations
    legal_basis: legitimate_interests
    assessment: LIA-2026-1
    categories: [user.unique_id, user.contact.email, user.contact.phone_number]
    retention: 24 months
""",
    "source": """
kind: people
files: data/crm*.csv
load: snapshot
key: customer_no
data_subject: customer
collected_for: [newsletter, linking]
columns:
  Kundenr.: {name: customer_no, type: text, category: user.unique_id, identifier: customer_no, required: true}
  E-mail:   {name: email, type: text, category: user.contact.email, identifier: email}
  Type:     {name: customer_type, type: text, category: user.account, values: {privat: private, erhverv: business}}
  Kredit:   {name: credit, type: "decimal(12, 4)", category: user.financial, unit: DKK}
ignore: [Note]
""",
    "profile": """
traits:
  email: {rule: newest, from: [crm.email, club.email]}
  phone: {rule: source_order, from: [crm.phone, club.phone], order: [crm, club]}
""",
    "variables": """
variables:
  revenue_12m:
    label: Revenue in 12 months
    unit: DKK
    of: orders
    measure: sum
    column: amount
    window: 12 months
    where: {all: [{column: quantity, gt: 0}, {column: state, not_in: [cancelled, returned]}]}
  orders_12m: {of: orders, measure: distinct, column: order_no, window: 12 months}
  basket: {label: Average basket, unit: DKK, sql: "revenue_12m / nullif(orders_12m, 0)"}
""",
    "segments": """
segments:
  lapsed:
    label: Bought well, but not lately
    purpose: newsletter
    rule:
      all:
        - {variable: revenue_12m, gte: 1000}
        - {did_not: orders, within: 90 days}
        - {did: web, at_least: 2, within: 30 days, where: {column: event, eq: product_viewed}}
        - any: [{trait: country, in: [DK, NO]}, {trait: country, is_null: true}]
""",
    "destinations": """
destinations:
  newsletter_file: {kind: file, path: out/newsletter.csv, format: csv, separator: ";", encoding: utf-8-sig}
  warehouse_file:  {kind: file, path: out/customers.parquet, format: parquet}
""",
    "activations": """
activations:
  newsletter:
    label: Newsletter to those who lapsed
    segment: lapsed
    purpose: newsletter
    destination: newsletter_file
    columns: {E-mail: email, Fornavn: first_name, Omsætning: revenue_12m}
""",
}

NOTES = {
    "project": (
        "Defaults: `country` DK, `timezone` Europe/Copenhagen, `store` duckdb, `as_of` now. A role's `categories` "
        "cover those below them. A user may have several roles; for a purpose, only those roles count that may use it."
    ),
    "purposes": (
        "The key `linking` is kept for the purpose under which identifiers are joined into persons. Without it nothing "
        "is joined: each identifier is a person of its own. A consent without `consent_valid_for` counts until it is "
        "withdrawn. `data_subjects` left out means anybody."
    ),
    "source": (
        "`ready` in place of `kind` and `columns` names a [ready definition](ready-definitions.md) that the rest is "
        "taken from. "
        "`load` is `snapshot` for people and things, and `append` for the others, unless you say otherwise: `snapshot` "
        "means the file is all there is (a record that is gone from it is closed), `append` means more rows, `delta` "
        "means new versions of some records. `key`, `time`, `country` and the like name a column by its `name`, not by "
        "its header. A column with an `identifier` of kind email or phone, or with a category of e-mail, phone, name, "
        "postcode or city, is washed, and the table then also holds it as it came, as `NAME_raw`. In JSON a header is "
        "a path with dots: `properties.amount`. In the keys above, `columns.….name` is the key `name` of each column. "
        "How to: [add a source](../how-to/add-a-source.md)."
    ),
    "profile": (
        "The file may be left out. Then each column of a people source is a trait of the same name, and where several "
        "sources have it, the newest value is kept."
    ),
    "variables": (
        "`count`, `sum` and `distinct` are 0 for a person without such events; the others are empty. `recency` is the "
        "number of days since the last event. `share` is the part of the rows that meet `where`, or with `column` the "
        "part of that column's sum. The functions of `sql` are listed in [SQL](sql.md#sql-of-a-variable). How to: "
        "[variables and segments](../how-to/variables-and-segments.md)."
    ),
    "destinations": (
        "Defaults: `format` csv, `separator` `;`, `decimal` `.`, `encoding` utf-8-sig. One destination takes one "
        "activation, and no two write to one path."
    ),
    "activations": (
        "`columns` gives the header that the receiver sees, and the trait or variable below it. The first of them is "
        "the one that the receiver can't do without: a person who lacks it is held back. How to: "
        "[send a list](../how-to/send-a-list.md)."
    ),
}
