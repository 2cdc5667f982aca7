"""Tickets and viewing sessions: whose they are, how long they last, and what ends them."""

import pytest

from geoserver.accounts.caller import Caller
from geoserver.faults import NoTicket, NoViewing, TooManyViewings
from geoserver.streams import viewings as module
from geoserver.streams.viewings import IDLE_S, TICKET_S, Ended, Viewings, Wish, holder_of
from layers.grants.permissions import nobody


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


def caller(session="s1", name="zhang"):
    return Caller(name, name, nobody(), session=session)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ended():
    return []


@pytest.fixture
def held(clock, ended):
    return Viewings(ended.append, clock)


def wish(who=None, camera="c1", **more):
    who = who or caller()
    return Wish(holder_of(who), who.name, who.title, camera, "main", **more)


def opened(held, who=None, camera="c1"):
    who = who or caller()
    return held.trade(held.ticket(wish(who, camera)), who, lambda: who)


def test_a_ticket_is_good_once(held):
    ticket = held.ticket(wish())
    viewing = held.trade(ticket, caller(), caller)
    assert held.of(viewing.id, caller(), "c1") is viewing
    with pytest.raises(NoTicket):
        held.trade(ticket, caller(), caller)


def test_a_ticket_is_good_for_half_a_minute(held, clock):
    ticket = held.ticket(wish())
    clock.now += TICKET_S
    with pytest.raises(NoTicket):
        held.trade(ticket, caller(), caller)


def test_a_ticket_is_its_log_ins_own_and_spent_by_a_thief(held):
    ticket = held.ticket(wish())
    for thief in (caller("s2"), caller(None), Caller("zhang", "zhang", nobody(), token="s1")):
        with pytest.raises(NoTicket):
            held.trade(ticket, thief, caller)
    with pytest.raises(NoTicket):
        held.trade(ticket, caller(), caller)


@pytest.mark.parametrize("secret", ["", "x", "\ud800", "0" * 10_000])
def test_what_is_no_ticket(held, secret):
    with pytest.raises(NoTicket):
        held.trade(secret, caller(), caller)


def test_a_viewing_is_for_one_camera_and_one_log_in(held):
    viewing = opened(held)
    for who, camera in ((caller("s2"), "c1"), (caller(), "c2")):
        with pytest.raises(NoViewing):
            held.of(viewing.id, who, camera)
    with pytest.raises(NoViewing):
        held.held("unknown", caller())


def test_what_nobody_uses_is_over(held, clock, ended):
    viewing = opened(held)
    for _ in range(5):
        clock.now += IDLE_S - 1
        held.of(viewing.id, caller(), "c1")
        held.end_idle()
    assert len(held) == 1
    clock.now += IDLE_S
    held.end_idle()
    assert [one.why for one in ended] == ["idle"]
    with pytest.raises(NoViewing):
        held.of(viewing.id, caller(), "c1")


def test_an_open_picture_is_used_and_is_told_its_end(held, clock, ended):
    viewing, told = opened(held), []
    leave = held.attach(viewing, told.append)
    clock.now += 10 * IDLE_S
    held.end_idle()
    assert len(held) == 1
    held.end(viewing.id, "revoked")
    assert told == ["revoked"]
    assert ended == [Ended(viewing, "revoked", 10 * IDLE_S)]
    leave()
    held.end(viewing.id, "closed")
    assert len(ended) == 1, "it ended once"
    with pytest.raises(NoViewing):
        held.attach(viewing, told.append)


def test_a_log_in_watches_so_many_at_a_time(held, monkeypatch):
    monkeypatch.setattr(module, "MOST_EACH", 3)
    some = [opened(held) for _ in range(3)]
    with pytest.raises(TooManyViewings):
        opened(held)
    opened(held, caller("s2"))
    held.end(some[0].id, "closed")
    opened(held)


def test_tickets_that_nobody_trades_are_forgotten(held, clock, monkeypatch):
    monkeypatch.setattr(module, "MOST_TICKETS", 10)
    first = held.ticket(wish())
    for _ in range(10):
        held.ticket(wish())
    with pytest.raises(NoTicket):
        held.trade(first, caller(), caller)
    clock.now += TICKET_S
    held.ticket(wish())
    assert len(held._tickets) == 1
