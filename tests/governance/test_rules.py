"""Each rule as pairs: what goes in, the SQL that comes out for two engines, and the refusals with their words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path as File

import ibis
import ibis.expr.operations as ops
import pytest
from made_shop import MARKETER, NOW, PURPOSES, STEWARD, Shop, make_shop
from running import compiled

from tillid.governance.columns_usable import is_shown, is_usable
from tillid.governance.errors import (
    ActorUnknown,
    CategoryNotVisible,
    ColumnOutsidePurpose,
    ColumnUnknown,
    DeclaredTwice,
    OperationNotAllowed,
    PermissionsNotKept,
    PurposeMissing,
    PurposeNotPermitted,
    PurposesDiffer,
    PurposeUnknown,
    Refused,
    TableNotForPurpose,
    TableUnknown,
)
from tillid.governance.govern import govern, place_of
from tillid.governance.housekeeping import PERMISSIONS
from tillid.governance.mapping import MAPPING, mapping_table
from tillid.governance.operations import ALLOWED
from tillid.governance.register import Register, fingerprint
from tillid.governance.rules import RULES
from tillid.terms.actor import Actor, Role
from tillid.terms.durations import Duration
from tillid.terms.purpose import LegalBasis, Purpose, SpecialCategoryBasis
from tillid.terms.table import Column, Path, Table

GOLDEN = File(__file__).parents[1] / "golden" / "govern"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(1)


def pairs(shop: Shop) -> dict[str, tuple[ibis.Table, str]]:
    t = shop.table
    orders, people = t("orders"), t("people")
    return {
        "person_permitted_by_subject": (orders.select("person_id", "amount"), "news"),
        "person_permitted_by_person": (t("members").select("person_id", "rank"), "analytics"),
        "person_unrestricted": (t("members").count().as_table(), "service"),
        "row_collected_for": (orders.select("amount"), "analytics"),
        "within_retention": (orders.agg(n=orders.count()), "service"),
        "within_retention_of_versions": (people.select("first_name"), "news"),
        "rows_of_the_scope": (t("variables").filter(t("variables").score > 1).select("revenue"), "news"),
        "things_without_person": (t("things").select("group_name", "price"), "news"),
        "unused_columns_dropped": (
            orders.mutate(double=orders.iban + "x").group_by("channel").agg(n=lambda j: j.count()),
            "news",
        ),
        "joined_tables": (
            orders.join(t("variables"), "person_id").group_by("channel").agg(r=lambda j: j.revenue.sum()),
            "news",
        ),
        "subquery": (orders.filter(orders.person_id.isin(t("members").person_id)).select("amount"), "news"),
        "permission_of_several": (t("members").select("rank"), "news"),
    }


@pytest.mark.parametrize("engine", ["duckdb", "pyspark"])
@pytest.mark.parametrize("name", list(pairs(make_shop(1))))
def test_golden_sql(name: str, engine: str, shop: Shop) -> None:
    query, purpose = pairs(shop)[name]
    sql = compiled(govern(query, shop.permit(purpose)), engine)
    assert sql + "\n" == (GOLDEN / f"{name}.{engine}.sql").read_text()


def test_the_decision_says_which_rules_spoke(shop: Shop) -> None:
    orders = shop.table("orders")
    decision = govern(orders.group_by("channel").agg(s=orders.amount.sum()), shop.permit("news")).decision
    assert decision.as_dict() == {
        "actor": "ida",
        "purposes": ["news"],
        "register": shop.register.version,
        "at": "2026-01-01T00:00:00.000000",
        "columns": {"orders": ["amount", "channel"]},
        "rules": [
            {"rule": "column_covered", "table": "orders", "reason": "columns covered: amount, channel"},
            {"rule": "category_visible", "table": "orders", "reason": "visible to ida"},
            {"rule": "person_permitted", "table": "orders", "reason": "person permitted for news"},
            {"rule": "person_unrestricted", "table": "orders", "reason": "person not restricted"},
            {"rule": "row_collected_for", "table": "orders", "reason": "row collected for news"},
            {"rule": "within_retention", "table": "orders", "reason": "occurred_at not before 2024-01-01"},
        ],
    }


def test_a_table_used_twice_alike_is_decided_on_once(shop: Shop) -> None:
    narrow = ibis.table({"person_id": "int64", "rank": "int64"}, name="members")
    query = narrow.select("rank").union(shop.table("members").select("rank"))
    reasons = [(o.rule, o.reason) for o in govern(query, shop.permit("news")).decision.outcomes]
    assert [rule for rule, _ in reasons] == [
        "column_covered",
        "category_visible",
        "person_permitted",
        "person_unrestricted",
    ]


def test_places_and_fingerprints_go_with_the_query(shop: Shop) -> None:
    permit = shop.permit("news")
    query = govern(shop.table("variables").select("revenue"), permit)
    variables = shop.register.tables["variables"]
    assert set(query.places) == {f"variables__{permit.scope_of(variables)}", MAPPING}
    assert place_of(variables, permit) == f"variables__{permit.scope_of(variables)}"
    assert dict(query.fingerprints) == {"news": fingerprint(shop.register.purpose("news"))}


def refusals(shop: Shop) -> dict[str, tuple[type[Refused], ibis.Table, str, Actor, str]]:
    t = shop.table
    orders, people = t("orders"), t("people")
    return {
        "outside": (
            ColumnOutsidePurpose,
            orders.select("iban"),
            "news",
            STEWARD,
            (
                r"orders\.iban has the category user\.financial, which 'news' does not cover\. Columns of orders "
                r"for this purpose: amount, channel, occurred_at, product, quantity, weight\."
            ),
        ),
        "outside in a condition": (
            ColumnOutsidePurpose,
            orders.filter(orders.iban == "x").count().as_table(),
            "news",
            STEWARD,
            "iban",
        ),
        "outside in a key": (
            ColumnOutsidePurpose,
            orders.group_by("iban").agg(n=orders.count()),
            "news",
            STEWARD,
            "iban",
        ),
        "outside in an order": (
            ColumnOutsidePurpose,
            orders.order_by("iban").limit(1).select("amount"),
            "news",
            STEWARD,
            "iban",
        ),
        "outside in a join": (
            ColumnOutsidePurpose,
            orders.join(people, orders.iban == people.first_name).select("amount"),
            "news",
            STEWARD,
            "iban",
        ),
        "outside in a window": (
            ColumnOutsidePurpose,
            orders.mutate(n=ibis.row_number().over(order_by="iban")).select("n"),
            "news",
            STEWARD,
            "iban",
        ),
        "outside in a subquery": (
            ColumnOutsidePurpose,
            orders.filter(orders.channel.isin(orders.view().iban)).select("amount"),
            "news",
            STEWARD,
            "iban",
        ),
        "outside in a distinct": (ColumnOutsidePurpose, orders.distinct().select("amount"), "news", STEWARD, "iban"),
        "outside in a count of distinct rows": (
            ColumnOutsidePurpose,
            orders.nunique().as_table(),
            "news",
            STEWARD,
            "iban",
        ),
        "outside in a struct": (
            ColumnOutsidePurpose,
            orders.select(s=ibis.struct({"a": orders.iban})),
            "news",
            STEWARD,
            "iban",
        ),
        "outside under a new name": (
            ColumnOutsidePurpose,
            orders.rename(amount2="iban").select("amount2"),
            "news",
            STEWARD,
            "iban",
        ),
        "outside where rows without it go": (
            ColumnOutsidePurpose,
            orders.drop_null("iban").select("amount"),
            "news",
            STEWARD,
            "iban",
        ),
        "another purpose": (
            ColumnOutsidePurpose,
            people.select("first_name"),
            "analytics",
            STEWARD,
            "'analytics' does not cover",
        ),
        "untagged": (
            ColumnOutsidePurpose,
            orders.select("untagged"),
            "news",
            STEWARD,
            "has no data category, so no purpose covers it",
        ),
        "unseen": (
            CategoryNotVisible,
            people.select("first_name"),
            "news",
            MARKETER,
            r"people\.first_name has the category user\.name, which no role of 'jens' may see for 'news'\. Leave",
        ),
        "internal": (
            TableNotForPurpose,
            t("intake_notes"),
            "news",
            STEWARD,
            r"'intake_notes' is internal.*housekeeping\.intake alone",
        ),
        "the mapping": (TableNotForPurpose, t(MAPPING), "news", STEWARD, "'mapping' is internal"),
        "no such table": (
            TableUnknown,
            ibis.table({"a": "int64"}, name="order"),
            "news",
            STEWARD,
            "No table 'order' is declared. Did you mean 'orders'",
        ),
        "no such column": (
            ColumnUnknown,
            ibis.table({"amonut": "int64"}, name="orders"),
            "news",
            STEWARD,
            "no column 'amonut'. Did you mean 'amount'",
        ),
        "subject": (
            ColumnUnknown,
            ibis.table({"subject_id": "int64"}, name="orders"),
            "news",
            STEWARD,
            "no column 'subject_id'",
        ),
        "purpose set": (
            ColumnUnknown,
            ibis.table({"purpose_set": "int64"}, name="orders"),
            "news",
            STEWARD,
            "no column",
        ),
        "a physical name": (
            TableUnknown,
            ibis.table({"revenue": "int64"}, name=place_of(shop.register.tables["variables"], shop.permit("service"))),
            "news",
            STEWARD,
            "No table",
        ),
        "a place": (
            OperationNotAllowed,
            ibis.table({"amount": "int64"}, name="orders", database="governed"),
            "news",
            STEWARD,
            "names a place in a store",
        ),
        "a catalogue": (
            OperationNotAllowed,
            ibis.table({"a": "int64"}, name="o", catalog="x", database="y"),
            "news",
            STEWARD,
            "names a place",
        ),
        "rows in memory": (
            OperationNotAllowed,
            ops.DummyTable({"a": ibis.literal(1).op()}).to_expr(),
            "news",
            STEWARD,
            "DummyTable is not allowed.*never are",
        ),
        "raw SQL": (
            OperationNotAllowed,
            ops.SQLQueryResult("select 1 a", ibis.schema({"a": "int64"}), source=None).to_expr(),
            "news",
            STEWARD,
            "SQLQueryResult",
        ),
        "chance": (OperationNotAllowed, orders.mutate(r=ibis.random()).select("r"), "news", STEWARD, "RandomScalar"),
        "the clock": (OperationNotAllowed, orders.mutate(r=ibis.now()).select("r"), "news", STEWARD, "TimestampNow"),
        "a parameter": (
            OperationNotAllowed,
            orders.filter(orders.amount > ibis.param("int64")).select("amount"),
            "news",
            STEWARD,
            "ScalarParameter",
        ),
        "a function by name": (
            OperationNotAllowed,
            orders.mutate(h=_getenv(orders.channel)).select("h"),
            "news",
            STEWARD,
            "getenv",
        ),
        "a bound table": (
            OperationNotAllowed,
            ops.DatabaseTable("orders", ibis.schema({"amount": "int64"}), source=None).to_expr(),
            "news",
            STEWARD,
            "DatabaseTable",
        ),
        "housekeeping over persons": (
            TableNotForPurpose,
            orders.select("amount"),
            PERMISSIONS,
            STEWARD,
            "can't be read for 'housekeeping",
        ),
    }


@ibis.udf.scalar.builtin(name="getenv")
def _getenv(name: str) -> str:
    """An engine's own function, called by its name."""


@pytest.mark.parametrize("case", list(refusals(make_shop(1))))
def test_refused(case: str, shop: Shop) -> None:
    error, query, purpose, actor, words = refusals(shop)[case]
    with pytest.raises(error, match=words) as refused:
        govern(query, shop.permit(purpose, actor))
    assert type(refused.value) is error
    assert refused.value.rule


def test_carried_along_and_dropped_is_not_used(shop: Shop) -> None:
    orders = shop.table("orders")
    for query in (
        orders.mutate(x=orders.iban).drop("iban", "untagged", "x"),
        orders.count(),
        orders.amount.sum(),
        orders.select("amount").distinct(),
        orders.limit(3).select("amount"),
        orders.join(shop.table("people"), "person_id").select("visits"),
        orders.group_by("channel").agg(top=orders.iban.max(), n=orders.amount.count()).select("n"),
        orders.agg(top=orders.iban.max()).count(),
        orders.cross_join(shop.table("things")).select("price"),
        orders.cross_join(shop.table("things")).count(),
    ):
        used = dict(govern(query, shop.permit("news")).decision.columns)
        assert "iban" not in used["orders"]


def test_what_compares_whole_rows_uses_every_column_of_them(shop: Shop) -> None:
    orders = shop.table("orders").select("amount", "channel")
    for query in (
        orders.fill_null({"channel": ""}),
        orders.drop_null("channel"),
        orders.drop_null(),
        orders.nunique(),
        orders.distinct().count(),
        orders.union(orders).select("amount"),
        orders.view().order_by("amount"),
    ):
        assert dict(govern(query, shop.permit("news")).decision.columns)["orders"] == ("amount", "channel")


def test_a_bound_or_condition_of_a_count_is_used(shop: Shop) -> None:
    orders = shop.table("orders")
    for query in (
        orders.count(where=orders.amount > 1),
        orders.select("weight").limit(orders.amount.max().cast("int64")),
    ):
        assert "amount" in dict(govern(query, shop.permit("news")).decision.columns)["orders"]


KEPT = Table("kept", (Column("rank", "int64", frozenset({"user.name"})),), scoped=True)
MORE = Table("more", (Column("rank", "int64", frozenset({"user.behavior"})),), scoped=True)
OF_KEPT = Table("of_kept", MORE.columns, scoped=True, worked_out_from=frozenset({"kept"}))
DATED = Table("dated", (Column("at", "timestamp(6)", frozenset({"user.behavior"})),), retained_from="at")


def _news_and_letters(**changes: object) -> Register:
    """Two purposes that differ in no more than their key and `changes`."""
    both = [PURPOSES[0], replace(PURPOSES[0], key="letters", **changes)]  # type: ignore[arg-type]
    members = Table("members", (Column("rank", "int64", frozenset({"user.behavior"})),), path=Path.PERSON)
    return Register(
        purposes=both,
        actors=[STEWARD],
        tables=[members, KEPT, MORE, OF_KEPT, DATED, mapping_table(both)],
        purpose_sets={},
        clock=lambda: NOW,
    )


def test_several_purposes_that_share_a_scope() -> None:
    r = _news_and_letters()
    permit = r.permit(STEWARD, "news", "letters")
    query = govern(ibis.table({"rank": "int64"}, name="members"), permit)
    assert 'until__news" >' in compiled(query)
    assert " OR " in compiled(query)
    assert [o.reason for o in query.decision.outcomes if o.rule == "person_permitted"] == [
        "person permitted for news or letters"
    ]
    assert query.decision.purposes == ("news", "letters")
    assert place_of(KEPT, permit) == place_of(KEPT, r.permit(STEWARD, "letters"))


def test_purposes_that_admit_other_rows_share_no_permit() -> None:
    other = _news_and_letters(retention=Duration.parse("1 day"))
    assert other.scope_of("news", MORE) != other.scope_of("letters", MORE)
    with pytest.raises(PurposesDiffer, match="news, letters do not admit the same rows"):
        other.permit(STEWARD, "news", "letters")


def test_columns_part_scopes_where_they_are_read() -> None:
    r = _news_and_letters(categories=frozenset({"user.behavior"}))
    permit = r.permit(STEWARD, "news", "letters")
    assert place_of(MORE, permit) == place_of(MORE, r.permit(STEWARD, "letters"))
    for table in (KEPT, OF_KEPT):
        assert r.scope_of("news", table) != r.scope_of("letters", table)
        with pytest.raises(PurposesDiffer, match=f"do not share a scope of the table '{table.name}'"):
            place_of(table, permit)
        with pytest.raises(PurposesDiffer):
            govern(ibis.table({"rank": "int64"}, name=table.name), permit)


def test_rows_known_to_be_young_part_no_scopes_and_the_shortest_retention_holds() -> None:
    day = Duration.parse("1 day")
    r = _news_and_letters(retention=day)
    told = r.told({"news": day})
    assert told.version == r.version
    assert told.scope_of("news", KEPT) == told.scope_of("letters", KEPT) == r.scope_of("letters", KEPT)
    assert told.told({}).scope_of("news", KEPT) == r.scope_of("news", KEPT)
    # Were it not so, nobody would see a row for letters that is older than letters may see.
    dated = ibis.table({"at": "timestamp(6)"}, name="dated")
    cutoffs = {
        purposes: [o.reason for o in govern(dated, told.permit(STEWARD, *purposes)).decision.outcomes][-1]
        for purposes in (("news",), ("letters",), ("news", "letters"))
    }
    assert cutoffs["letters",] == cutoffs["news", "letters"] == f"at not before {day.before(NOW):%Y-%m-%d}"
    assert cutoffs["news",] == f"at not before {PURPOSES[0].retention.before(NOW):%Y-%m-%d}"


def test_no_set_admits_the_purpose(shop: Shop) -> None:
    register = Register(
        purposes=PURPOSES, actors=[STEWARD], tables=shop_tables(shop), purpose_sets={4: frozenset()}, clock=lambda: NOW
    )
    query = govern(shop.table("orders").select("amount"), register.permit(STEWARD, "news"))
    assert "FALSE" in compiled(query)
    assert "row collected for news: no row was" in [o.reason for o in query.decision.outcomes]


def shop_tables(shop: Shop) -> list[Table]:
    return list(shop.register.tables.values())


def test_special_categories_need_their_own_basis() -> None:
    health = Column("diagnosis", "string", frozenset({"user.health_and_medical"}))
    care = Purpose("care", "essential.service", LegalBasis.CONTRACT, frozenset({"user"}), Duration.parse("1 year"))
    assert not is_usable(health, care)
    assert is_usable(health, replace(care, special_category_basis=SpecialCategoryBasis.HEALTH_CARE))
    assert is_usable(Column("id", "int64", key=True), care)
    assert not is_usable(Column("id", "int64", frozenset({"system"}), key=True), care)


def test_a_column_is_shown_for_purposes_that_cover_it_to_those_who_may_see_it(shop: Shop) -> None:
    name, visits, iban = (
        shop.register.tables[t].column(c)
        for t, c in (("people", "first_name"), ("people", "visits"), ("orders", "iban"))
    )
    assert name is not None
    assert visits is not None
    assert iban is not None
    news, analytics, service = PURPOSES
    assert is_shown(name, STEWARD, [news, service])
    assert not is_shown(name, STEWARD, [news, analytics])
    assert not is_shown(name, MARKETER, [news])
    assert is_shown(visits, MARKETER, [news])
    assert not is_shown(iban, STEWARD, [news])


def test_special_bases_are_part_of_the_scope() -> None:
    """Else a table kept for the one that may use a special category would be read for the one that may not."""
    care = Purpose(
        "care",
        "essential.service",
        LegalBasis.CONTRACT,
        frozenset({"user"}),
        Duration.parse("1 year"),
        special_category_basis=SpecialCategoryBasis.HEALTH_CARE,
    )
    other = replace(care, key="other", special_category_basis=None)
    kept = Table("kept", (Column("diagnosis", "string", frozenset({"user.health_and_medical"})),), scoped=True)
    register = Register(purposes=[care, other], actors=[STEWARD], tables=[kept], purpose_sets={}, clock=lambda: NOW)
    assert register.scope_of("care", kept) != register.scope_of("other", kept)


def test_permits_are_refused(shop: Shop) -> None:
    r = shop.register
    with pytest.raises(ActorUnknown, match="'eva' is not listed"):
        r.actor("eva")
    with pytest.raises(ActorUnknown):
        r.permit(Actor("eva", (Role("all", None, None),)), "news")
    with pytest.raises(PurposeMissing, match="No purpose was named"):
        r.permit(STEWARD, "")
    with pytest.raises(PurposeUnknown, match=r"No purpose 'newz'.*Did you mean 'news'") as refused:
        r.permit(STEWARD, "newz")
    assert "housekeeping" not in str(refused.value)
    with pytest.raises(PurposeNotPermitted, match="'jens' has no role that may use the purpose 'analytics'"):
        r.permit(MARKETER, "analytics")
    with pytest.raises(PurposeNotPermitted):
        r.permit(MARKETER, "news", "analytics")


def test_public_tables_are_those_without_a_purpose_of_their_own(shop: Shop) -> None:
    assert shop.register.public_tables() == ["members", "orders", "people", "things", "variables"]


def test_nothing_is_declared_twice(shop: Shop) -> None:
    known = {
        "purposes": PURPOSES,
        "actors": [STEWARD],
        "tables": shop_tables(shop),
        "purpose_sets": {},
        "clock": lambda: NOW,
    }
    twice = {
        "purposes": [*PURPOSES, PURPOSES[0]],
        "actors": [STEWARD, Actor("ida", ())],
        "tables": [*shop_tables(shop), Table(MAPPING, (Column("subject_id", "int64"),))],
    }
    for name, value in twice.items():
        with pytest.raises(DeclaredTwice, match="two declarations"):
            Register(**(known | {name: value}))  # type: ignore[arg-type]
    with pytest.raises(DeclaredTwice, match=PERMISSIONS):
        Register(**(known | {"purposes": [replace(PURPOSES[0], key=PERMISSIONS)]}))  # type: ignore[arg-type]


def test_the_register_version_changes_with_all_that_governs(shop: Shop) -> None:
    def version(**changes: object) -> str:
        base = {
            "purposes": PURPOSES,
            "actors": [STEWARD],
            "tables": shop_tables(shop),
            "purpose_sets": {},
            "clock": lambda: NOW,
        }
        return Register(**(base | changes)).version  # type: ignore[arg-type]

    versions = [
        version(),
        version(actors=[Actor("ida", (Role("steward", frozenset(), None),))]),
        version(actors=[Actor("ida", (Role("steward", None, frozenset()),))]),
        version(actors=[Actor("ida", ())]),
        version(purposes=[replace(PURPOSES[0], retention=Duration.parse("1 day"))]),
        version(tables=[Table("a", (Column("id", "int64"),))]),
        version(tables=[Table("a", (Column("id", "int64", key=True),))]),
        version(tables=[Table("a", (Column("id", "int64"),), only_for=frozenset({"news"}))]),
    ]
    assert len(set(versions)) == len(versions)
    assert version() == version(clock=lambda: datetime(2030, 1, 1))


def test_a_merged_person_comes_out_under_the_id_they_have_now(shop: Shop) -> None:
    sql = compiled(govern(shop.table("members").select("person_id"), shop.permit("news")))
    assert '"person_id" AS "_held"' in sql


def test_what_reaches_past_the_catalogue_is_on_no_list() -> None:
    never = (
        "InMemoryTable DatabaseTable SQLQueryResult SQLStringView View CTE Namespace PhysicalTable ScalarUDF AggUDF "
        "ScalarParameter RandomScalar RandomUUID TimestampNow DateNow Unnest TableUnnest Sample RowID Impure"
    )
    names = {operation.__name__ for operation in ALLOWED}
    assert not names & set(never.split())
    assert not any(issubclass(op, (ops.Impure, ops.ScalarUDF, ops.AggUDF)) for op in ALLOWED)


def test_rules_are_named_by_what_they_assert() -> None:
    assert [rule.__name__ for rule in RULES] == [
        "table_for_purpose",
        "column_covered",
        "category_visible",
        "person_permitted",
        "person_unrestricted",
        "row_collected_for",
        "within_retention",
    ]


def test_a_value_is_governed_as_a_table_of_one(shop: Shop) -> None:
    query = govern(shop.table("orders").amount.sum(), shop.permit("news"))
    assert compiled(query).count("SUM(") == 1


def test_a_purpose_without_kept_permissions_reads_no_person() -> None:
    members = Table("members", (Column("rank", "int64", frozenset({"user.behavior"})),), path=Path.PERSON)
    register = Register(
        purposes=PURPOSES, actors=[STEWARD], tables=[members, mapping_table([])], purpose_sets={}, clock=lambda: NOW
    )
    with pytest.raises(
        PermissionsNotKept, match="'members' holds persons, and no permission of theirs is kept for 'news'"
    ):
        govern(ibis.table({"rank": "int64"}, name="members"), register.permit(STEWARD, "news"))


def test_housekeeping_reads_its_own_tables_whoever_they_are_of() -> None:
    ledger = Table(
        "ledger",
        (Column("state", "string", frozenset({"user"})),),
        path=Path.SUBJECT,
        only_for=frozenset({PERMISSIONS}),
    )
    register = Register(
        purposes=PURPOSES,
        actors=[STEWARD],
        tables=[ledger, mapping_table(PURPOSES)],
        purpose_sets={},
        clock=lambda: NOW,
    )
    query = govern(ibis.table({"state": "string"}, name="ledger"), register.permit(STEWARD, PERMISSIONS))
    assert ("person_permitted", "the platform's own duty, on internal tables alone") in [
        (o.rule, o.reason) for o in query.decision.outcomes
    ]


def test_columns_hang_on_the_join_where_a_condition_can_fail(shop: Shop) -> None:
    orders = shop.table("orders")
    sure = orders.filter(orders.channel == "web", orders.amount > 1).agg(n=orders.amount.sum())
    written = orders.filter(orders.amount > ibis.literal("5").cast("int64")).select("amount")
    unsure = [
        orders.filter(orders.channel.cast("int64") > 0).count(),
        orders.filter(orders.quantity + 1 > 0).select("amount"),
        orders.mutate(n=orders.channel.cast("int64")).filter(lambda t: t.n > 0).select("amount"),
        orders.join(shop.table("things"), orders.product * 2 == shop.table("things").product_id).select("amount"),
    ]
    assert "CASE" not in compiled(govern(sure, shop.permit("news")))
    assert "CASE" not in compiled(govern(written, shop.permit("news")))
    for query in unsure:
        assert "CASE" in compiled(govern(query, shop.permit("news")))


def test_names_that_need_quoting_are_quoted(shop: Shop) -> None:
    orders = shop.table("orders")
    sql = compiled(govern(orders.select(**{'a"; drop table x; --': orders.amount}), shop.permit("news")))
    assert '"a""; drop table x; --"' in sql
