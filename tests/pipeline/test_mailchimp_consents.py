"""Mailchimp's members in the consent ledger: only who confirmed may be written to, and no edit brings a consent back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_vendors import mailchimp
from fake_vendors.server import served
from small_projects import CONSENTS, CONSENTS_HEAD, CRM, CRM_HEAD, TILLID, SmallProject, csv

CONSENT = """
ready: mailchimp_consents
api: {connection: shop, each: [{list: a1b2, notice: %s}]}
purpose: news
"""
PERMISSIONS = """
ready: mailchimp_permissions
api: {connection: shop, each: [{list: a1b2, notice: n1}]}
columns:
  marketing_permissions.marketing_permission_id:
    {name: purpose, type: text, category: user.privacy_preferences, values: {news: news}}
"""
STATES = ("subscribed", "unsubscribed", "cleaned", "pending", "transactional", "archived")
CHANGED = "2025-06-01T10:00:00+00:00"


class Newsletter:
    """A project with a customer for each member, who have no consent but what Mailchimp tells."""

    def __init__(self, folder: Path, url: str, account: mailchimp.Mailchimp, source: str) -> None:
        self.account = account
        files = {
            "tillid.yml": f"{TILLID}connections:\n  shop: {{url: {url}/3.0}}\n",
            "sources/crm.yml": CRM,
            "sources/newsletter.yml": source,
        }
        self.made = SmallProject(folder, files)
        self.put_customers()

    def put_customers(self) -> None:
        rows = ((f"C{n}", one["email_address"], None, "x") for n, one in enumerate(self.account.members))
        self.made.put("data/crm.csv", csv(CRM_HEAD, *rows))

    def reached(self) -> list[str]:
        """Who may be sent news, by the name in their address."""
        self.made.run()
        return sorted(row["email"].partition("@")[0] for row in self.made.sql("select email from crm", "news"))


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> mailchimp.Mailchimp:
    monkeypatch.setenv("TILLID_SECRET_SHOP", mailchimp.KEY)
    return mailchimp.Mailchimp([mailchimp.member(state, CHANGED, status=state) for state in STATES])


@pytest.fixture
def url(account: mailchimp.Mailchimp) -> Iterator[str]:
    with served(account) as server:
        yield server.url


def again(account: mailchimp.Mailchimp, changed: str, **other: Any) -> None:
    """The first member, changed."""
    account.members[0] = mailchimp.member("subscribed", changed, **other)


def test_only_who_is_subscribed_consents(tmp_path: Path, account: mailchimp.Mailchimp, url: str) -> None:
    made = Newsletter(tmp_path, url, account, CONSENT % "n1")
    assert made.reached() == ["subscribed"]
    assert made.made.refused() == []
    held = made.made.internal("consent_ledger")
    (given,) = [row for row in held if row["state"] == "given"]
    assert (str(given["at"]), given["notice"], given["evidence"]) == (
        "2025-03-01 08:00:00",
        "n1",
        "a1b2|md5-subscribed",
    )
    assert sorted(row["state"] for row in held) == [
        "given",
        "refused",
        "refused",
        "withdrawn",
        "withdrawn",
        "withdrawn",
    ]


@pytest.mark.parametrize("state", STATES[1:])
def test_whatever_one_who_was_subscribed_becomes_ends_it(
    tmp_path: Path, account: mailchimp.Mailchimp, url: str, state: str
) -> None:
    made = Newsletter(tmp_path, url, account, CONSENT % "n1")
    assert made.reached() == ["subscribed"]
    again(account, "2025-07-01T10:00:00+00:00", status=state)
    assert made.reached() == []
    # A new confirmation, and nothing else, brings it back.
    again(account, "2025-08-01T10:00:00+00:00", status="subscribed")
    assert made.reached() == []
    again(account, "2025-09-01T10:00:00+00:00", timestamp_opt="2025-09-01T10:00:00+00:00")
    assert made.reached() == ["subscribed"]


@pytest.mark.parametrize("state", ["paused", ""])
def test_status_that_is_not_known_ends_a_consent_and_is_told(
    tmp_path: Path, account: mailchimp.Mailchimp, url: str, state: str
) -> None:
    made = Newsletter(tmp_path, url, account, CONSENT % "n1")
    assert made.reached() == ["subscribed"]
    again(account, "2025-07-01T10:00:00+00:00", status=state)
    report = made.made.run()
    assert [finding for finding in report.findings if "count as a no: 1 (status: " in finding]
    assert made.reached() == []
    (barred,) = made.made.internal("unread_newsletter")
    assert (barred["state"], str(barred["at"])) == ("refused", "2025-07-01 10:00:00")


def test_edit_at_mailchimp_does_not_undo_a_withdrawal_made_elsewhere(
    tmp_path: Path, account: mailchimp.Mailchimp, url: str
) -> None:
    made = Newsletter(tmp_path, url, account, CONSENT % "n1")
    made.made.put("sources/consents.yml", CONSENTS)
    said = ("subscribed@example.com", "news", "withdrawn", "2025-06-15 08:00", "n1", "letter 7")
    made.made.put("data/consents.csv", csv(CONSENTS_HEAD, said))
    assert made.reached() == []
    again(account, "2025-07-01T10:00:00+00:00", language="nb")
    assert made.reached() == []


@pytest.mark.parametrize("lacking", ["confirmation", "notice"])
def test_consent_that_is_not_proven_is_none(
    tmp_path: Path, account: mailchimp.Mailchimp, url: str, lacking: str
) -> None:
    if lacking == "confirmation":
        again(account, CHANGED, timestamp_opt="")
    made = Newsletter(tmp_path, url, account, CONSENT % ("old" if lacking == "notice" else "n1"))
    assert made.reached() == []
    assert "example.com" not in str([row["reason"] for row in made.made.refused()])


def test_permission_counts_while_it_is_ticked_and_its_member_subscribed(
    tmp_path: Path, account: mailchimp.Mailchimp, url: str
) -> None:
    ticked, not_ticked = mailchimp.permissions(news=True), mailchimp.permissions(news=False)
    account.members = [
        mailchimp.member(f"{state}{n}", CHANGED, status=state, marketing_permissions=permissions)
        for state in STATES
        for n, permissions in enumerate((not_ticked, ticked, []))
    ]
    made = Newsletter(tmp_path, url, account, PERMISSIONS)
    assert made.reached() == ["subscribed1"]
    assert made.made.refused() == []
    held = made.made.internal("consent_ledger")
    assert [row["evidence"] for row in held if row["state"] == "given"] == ["a1b2|md5-subscribed1|news"]
    account.members[1] = mailchimp.member("subscribed1", "2025-07-01T10:00:00+00:00", marketing_permissions=not_ticked)
    assert made.reached() == []


def test_permission_of_a_member_whose_status_is_not_known_counts_no_more(
    tmp_path: Path, account: mailchimp.Mailchimp, url: str
) -> None:
    ticked = mailchimp.permissions(news=True)
    again(account, CHANGED, marketing_permissions=ticked)
    made = Newsletter(tmp_path, url, account, PERMISSIONS)
    assert made.reached() == ["subscribed"]
    again(account, "2025-07-01T10:00:00+00:00", marketing_permissions=ticked, status="paused")
    assert made.reached() == []


def test_permission_that_no_purpose_is_named_for_is_refused(
    tmp_path: Path, account: mailchimp.Mailchimp, url: str
) -> None:
    again(account, CHANGED, marketing_permissions=mailchimp.permissions(news=True, phone=True))
    account.members = account.members[:1]
    made = Newsletter(tmp_path, url, account, PERMISSIONS)
    assert made.reached() == ["subscribed"]
    assert len(made.made.refused()) == 1
