"""Answers about who is signed in."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from geoserver.accounts.caller import Caller
from geoserver.accounts.service import SignIn
from geoserver.openid.options import OpenIdOptions
from layers.catalogue import KINDS
from layers.grants.model import ANY, SUBJECTS, Grant
from layers.grants.permissions import Permissions
from layers.grants.roles import ROLES, SEEN, Post

ACTIONS = frozenset(action for rules in ROLES.values() for rule in rules for action in rule.actions) - {ANY}
KNOWN = frozenset(KINDS) | SEEN | SUBJECTS
"""All that a grant may be about."""
OF_SUBJECTS = frozenset({"see", "create", "change", "remove"})
"""What is done to accounts and their like; besides, the journal is exported."""


def session_answer(door: SignIn, caller: Caller | None, provider: OpenIdOptions | None) -> dict[str, Any]:
    """What ``GET /api/session`` says."""
    account = None if caller is None else door.store.account(caller.name)
    offered = None if provider is None else {"names": dict(provider.buttons), "local": provider.local}
    if caller is None or account is None:
        return {"account": None, "openid": offered}
    return {
        "openid": offered,
        "account": {
            "name": account.name,
            "title": account.title,
            "must_change": caller.must_change,
            "roles": [role_held(post) for post in account.posts],
            "may": may(caller.permissions, account.all_grants()),
            "after_agreement": after_agreement(caller.permissions),
            "ends_at": _ends(door, caller),
            "openid": caller.session is not None and door.store.bindings.get(caller.session) is not None,
        },
    }


def role_held(post: Post) -> dict[str, Any]:
    """A post as ``role``, ``areas``, ``tiers``."""
    return {"role": post.role, "areas": sorted(post.areas), "tiers": _sorted(post.tiers)}


def may(permissions: Permissions, grants: Iterable[Grant]) -> dict[str, list[str]]:
    """Action → kinds to which it may be done somewhere."""
    actions = ACTIONS | {action for grant in grants for action in grant.actions} - {ANY}
    found = {action: [kind for kind in _kinds(action) if permissions.may(action, kind)] for action in sorted(actions)}
    return {action: kinds for action, kinds in found.items() if kinds}


def after_agreement(permissions: Permissions) -> dict[str, list[str]]:
    """Action → kinds to which it may be done somewhere once another person has agreed, and nowhere before."""
    actions = {action for grant in permissions.grants if grant.approval for action in expanded(grant.actions)}
    found = {
        action: [
            kind for kind in sorted(KNOWN) if permissions.waiting(action, kind) and not permissions.may(action, kind)
        ]
        for action in sorted(actions)
    }
    return {action: kinds for action, kinds in found.items() if kinds}


def expanded(actions: Iterable[str]) -> frozenset[str]:
    """Actions by name, where ``*`` stands among them: all that is done to what is no record."""
    named = frozenset(actions)
    return (named - {ANY}) | OF_SUBJECTS if ANY in named else named


def _kinds(action: str) -> list[str]:
    return sorted(KNOWN if action in OF_SUBJECTS | {"export"} else KNOWN - SUBJECTS)


def moment(seconds: float) -> datetime:
    """A time, of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def _ends(door: SignIn, caller: Caller) -> datetime:
    if caller.session is not None and (found := door.store.session(caller.session)) is not None:
        last = found[0].made + door.lasting.longest_s
        return moment(last if found[0].until is None else min(last, found[0].until))
    token = next((one for one in door.store.tokens(caller.name) if one.id == caller.token), None)
    return moment(token.expires if token is not None else door.now())


def _sorted(tiers: Collection[int] | None) -> list[int] | None:
    return None if tiers is None else sorted(tiers)
