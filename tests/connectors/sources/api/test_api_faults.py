"""What goes wrong on the way: each fault either passes, or ends in one clear error that tells no secret and no person."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest
from fake_vendors.server import Answer, Asked, served

from tillid.connectors.sources.api import errors, transport
from tillid.connectors.sources.api.waiting import TRIES

PEOPLE = [{"nr": n, "mail": f"ida{n}@example.com"} for n in range(1, 6)]
SECRET = "hunter2-made-up"


def everyone(_: Asked) -> Answer:
    return Answer({"people": PEOPLE})


PASSING = {
    "429 in seconds": (Answer(status=429, headers={"Retry-After": "7"}), [7.0]),
    "429 at a date, by a clock that is wrong": (
        Answer(
            status=429,
            headers={"Retry-After": "Thu, 01 Jan 2015 10:00:09 GMT", "Date": "Thu, 01 Jan 2015 10:00:00 GMT"},
        ),
        [9.0],
    ),
    "500": (Answer({"error": "oops"}, 500), None),
    "502 that is HTML": (Answer(raw=b"<html>Bad gateway</html>", status=502), None),
    "503": (Answer(status=503), None),
    "a connection that drops in the middle of the body": (Answer({"people": PEOPLE}, cut=20), None),
    "a connection that drops without an answer": (Answer(cut=-1), None),
}


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_by_itself_is_waited_for(asking: Any, pulled: Any, fault: str) -> None:
    answer, waits = PASSING[fault]
    with served(everyone) as server:
        server.faults = [answer, answer]
        rows, _, _ = pulled(asking.own(server.url, items="people"))
    assert [row["nr"] for row in rows] == [1, 2, 3, 4, 5]
    assert len(asking.waits) == 2
    if waits is None:
        # Each at least as long as the shortest of its turn.
        assert 0.5 <= asking.waits[0] <= 1 <= asking.waits[1] <= 2
    else:
        assert asking.waits == waits * 2


LASTING = {
    "always 503": ([Answer(status=503)] * TRIES, errors.ApiBusy, "HTTP 503"),
    "asked to wait for a day": ([Answer(status=429, headers={"Retry-After": "86400"})], errors.ApiBusy, "86400"),
    "always hung up": ([Answer(cut=-1)] * TRIES, errors.ApiUnreachable, "times"),
    "401": ([Answer({"message": f"{SECRET} is bad"}, 401)], errors.ApiAccessDenied, "expired"),
    "403": ([Answer(status=403)], errors.ApiAccessDenied, "may not read"),
    "404": ([Answer({"error": "ida@example.com"}, 404)], errors.ApiRequestRefused, "HTTP 404"),
    "a page to sign in at": (
        [Answer(raw=b"<html>Hello ida@example.com</html>", headers={"Content-Type": "text/html; charset=utf-8"})],
        errors.ApiAnswerUnreadable,
        "text/html",
    ),
    "no rows there": ([Answer({"persons": []})], errors.ApiAnswerUnreadable, "persons"),
    "an item that is no object": ([Answer({"people": ["ida@example.com"]})], errors.ApiAnswerUnreadable, "object"),
    "a redirect to another host": (
        [Answer(status=302, headers={"Location": "http://localhost:9/v1/people"})],
        errors.ApiLeadsElsewhere,
        "localhost",
    ),
    "a circle of redirects": (
        [Answer(status=302, headers={"Location": "/v1/people"})] * 5,
        errors.ApiRequestRefused,
        "circle",
    ),
    "a GraphQL error": (
        [Answer({"errors": [{"message": "ida@example.com?", "extensions": {"code": "undefinedField"}}]})],
        errors.ApiRequestRefused,
        "undefinedField",
    ),
}


@pytest.mark.parametrize("fault", LASTING)
def test_what_lasts_is_one_error_without_secret_or_person(
    asking: Any, pulled: Any, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    answers, kind, word = LASTING[fault]
    caplog.set_level(logging.DEBUG)
    with served(everyone) as server:
        server.faults = list(answers)
        own = {"auth": {"by": "query", "name": "apikey"}, "params": {"q": "ida@example.com"}}
        source = asking.own(server.url, items="people", secret=SECRET, **own)
        with pytest.raises(kind) as raised:
            pulled(source)
    told = "".join(traceback.format_exception(raised.value)) + caplog.text
    assert word in str(raised.value)
    assert "api:shop/v1/people" in str(raised.value)
    assert raised.value.hint
    assert SECRET not in told
    assert "ida@example.com" not in str(raised.value)
    assert "?" not in str(raised.value).replace("sign in at?", "")


def test_redirect_on_the_same_host_is_followed(asking: Any, pulled: Any) -> None:
    with served(everyone) as server:
        server.faults = [Answer(status=301, headers={"Location": "/v2/people"})]
        rows, _, _ = pulled(asking.own(server.url, items="people", secret=SECRET, auth={"by": "bearer"}))
        assert [asked.path for asked in server.asked] == ["/v1/people", "/v2/people"]
    assert len(rows) == 5


def test_next_page_on_another_host_gets_no_secret(asking: Any, pulled: Any) -> None:
    with served(everyone) as other, served(everyone) as server:
        server.faults = [Answer({"people": PEOPLE, "next": f"{other.url}/v1/people"})]
        source = asking.own(
            server.url,
            items="people",
            secret=SECRET,
            auth={"by": "header", "name": "X-Key"},
            pages={"by": "next_url", "next": "next"},
        )
        with pytest.raises(errors.ApiLeadsElsewhere):
            pulled(source)
        assert other.asked == []


def test_page_that_comes_again_is_a_loop(asking: Any, pulled: Any) -> None:
    with served(everyone) as server, pytest.raises(errors.ApiPagesLoop, match="page 2"):
        pulled(asking.own(server.url, items="people", pages={"by": "page", "param": "pg"}))


def test_answer_that_is_too_large_is_not_read_to_its_end(
    asking: Any, pulled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LARGEST", 100)
    with served(everyone) as server, pytest.raises(errors.ApiAnswerUnreadable, match="larger"):
        pulled(asking.own(server.url, items="people"))


def test_secret_is_not_sent_in_clear(asking: Any, pulled: Any) -> None:
    source = asking.own("http://api.example.com", secret=SECRET, auth={"by": "bearer"})
    with pytest.raises(errors.ApiAccessDenied, match="https"):
        pulled(source)


def test_secret_that_is_not_there_is_asked_for_by_name(asking: Any) -> None:
    with pytest.raises(errors.ApiAccessDenied, match="TILLID_SECRET_SHOP"):
        asking.own("https://api.example.com", auth={"by": "bearer"})


HEADERS = {
    "bearer": ({"by": "bearer"}, "Authorization", f"Bearer {SECRET}"),
    "basic": ({"by": "basic"}, "Authorization", "Basic aWRhOmh1bnRlcjItbWFkZS11cA=="),
    "header": ({"by": "header", "name": "X-Key"}, "X-Key", SECRET),
}


@pytest.mark.parametrize("kind", HEADERS)
def test_secret_goes_where_the_definition_says(asking: Any, pulled: Any, kind: str) -> None:
    auth, header, value = HEADERS[kind]
    with served(everyone) as server:
        pulled(asking.own(server.url, items="people", secret=SECRET, auth=auth))
        assert server.asked[0].headers[header] == value


def test_field_that_the_api_dropped_is_an_error_that_names_what_is_there(asking: Any, pulled: Any) -> None:
    with served(lambda _: Answer([{"nr": 1, "email": "ida1@example.com"}])) as server:
        with pytest.raises(errors.ApiFieldGone, match=r"mail.*Did you mean 'email'"):
            pulled(asking.own(server.url))
        rows, _, _ = pulled(asking.own(server.url, optional=["mail"]))
    assert rows == [{"mail": None, "nr": 1}]


def test_field_is_not_gone_where_what_it_is_in_is_empty(asking: Any, pulled: Any) -> None:
    only = """
kind: people
columns: {contact.mail: {name: mail, type: text, category: user.contact.email, identifier: email}}
"""
    with served(lambda _: Answer([{"contact": None}])) as server:
        assert pulled(asking.own(server.url, only=only))[0] == [{"contact.mail": None}]
    with served(lambda _: Answer([{"contact": {}}])) as server, pytest.raises(errors.ApiFieldGone):
        pulled(asking.own(server.url, only=only))


@pytest.mark.parametrize("by", ["client_credentials", "refresh_token"])
def test_token_that_ran_out_is_had_anew_once(asking: Any, pulled: Any, by: str) -> None:
    given: list[str] = []

    def vendor(asked: Asked) -> Answer:
        if asked.path == "/token":
            assert asked.body["grant_type"] == by
            assert "hunter2-made-up" in asked.body.values()
            given.append(f"t{len(given)}")
            return Answer({"access_token": given[-1], "expires_in": 3600})
        # The first token is taken back long before its time.
        return everyone(asked) if asked.headers["Authorization"] == "Bearer t1" else Answer(status=401)

    with served(vendor) as server:
        source = asking.own(server.url, items="people", secret=SECRET, oauth=True, auth={"by": by})
        assert len(pulled(source)[0]) == 5
        assert given == ["t0", "t1"]


def test_token_that_is_refused_twice_says_who_must_do_what(asking: Any, pulled: Any) -> None:
    def vendor(asked: Asked) -> Answer:
        return Answer({"access_token": "t"}) if asked.path == "/token" else Answer(status=401)

    with served(vendor) as server:
        source = asking.own(server.url, secret=SECRET, oauth=True, auth={"by": "client_credentials"})
        with pytest.raises(errors.ApiAccessDenied, match="Make a new one"):
            pulled(source)
        server.faults = [Answer({"error": "invalid_grant"}, 400)]
        source = asking.own(server.url, secret=SECRET, oauth=True, auth={"by": "client_credentials"})
        with pytest.raises(errors.ApiAccessDenied, match="no token"):
            pulled(source)


def test_requests_keep_the_pace_that_the_api_tells(asking: Any, pulled: Any) -> None:
    pages = {1: [PEOPLE[0]], 2: [PEOPLE[1]], 3: []}

    def vendor(asked: Asked) -> Answer:
        return Answer(pages[int(asked.query["pg"])], headers={"X-Shopify-Shop-Api-Call-Limit": "38/40"})

    with served(vendor) as server:
        pulled(asking.own(server.url, pages={"by": "page", "param": "pg"}))
    assert asking.waits == [3.0, 3.0]
