"""Answers about accounts, their sessions and tokens, and about roles."""

from collections.abc import Iterable
from typing import Any

from geoserver.accounts.model import Account, Session, Token
from geoserver.accounts.service import SignIn
from geoserver.session_answers import expanded, moment, role_held
from layers.grants.roles import ROLES, Post, Rule


def user_row(door: SignIn, account: Account) -> dict[str, Any]:
    """An account as it is told: nothing of its password."""
    return {
        "name": account.name,
        "title": account.title,
        "state": account.state,
        "posts": [post_row(post) for post in account.posts],
        "sessions": len(door.sessions(account.name)),
        "tokens": len(door.tokens(account.name)),
    }


def post_row(post: Post) -> dict[str, Any]:
    """A role as it was given, in an order of its own."""
    window = None if post.window is None else post.window.model_dump(mode="json")
    if window is not None:
        window["days"] = sorted(window["days"])
    networks = None if post.networks is None else sorted(post.networks)
    return {**role_held(post), "networks": networks, "window": window}


def session_row(session: Session) -> dict[str, Any]:
    """A browser that is signed in."""
    return {
        "id": session.id,
        "address": session.address,
        "made": moment(session.made),
        "seen": moment(session.seen),
    }


def token_row(token: Token) -> dict[str, Any]:
    """A token as it is told."""
    return {
        "id": token.id,
        "label": token.label,
        "scopes": sorted(token.scopes),
        "made": moment(token.made),
        "expires": moment(token.expires),
        "seen": None if token.seen is None else moment(token.seen),
    }


def roles_answer() -> dict[str, Any]:
    """Every role: action → kinds, and what needs another person's agreement."""
    return {
        "roles": [
            {
                "role": role,
                "actions": _actions(rule for rule in rules if not rule.approval),
                "approval": _actions(rule for rule in rules if rule.approval),
            }
            for role, rules in ROLES.items()
        ]
    }


def _actions(rules: Iterable[Rule]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for rule in rules:
        for action in expanded(rule.actions):
            found.setdefault(action, set()).update(rule.kinds)
    return {action: sorted(kinds) for action, kinds in sorted(found.items())}
