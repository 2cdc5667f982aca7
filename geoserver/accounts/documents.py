"""Accounts as JSON, for dumps: who may do what, without passwords, sessions and tokens."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from geoserver.accounts.model import NAME, Account, account_name
from layers.grants.model import Grant
from layers.grants.roles import Post


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    disabled: bool
    posts: tuple[Post, ...]
    grants: tuple[Grant, ...]


def document_of(account: Account) -> dict[str, Any]:
    """What is told of an account."""
    told: dict[str, Any] = {"name": account.name, "title": account.title, "disabled": account.disabled}
    return _Document(**told, posts=account.posts, grants=account.grants).model_dump(mode="json")


def account_of(document: Mapping[str, Any]) -> Account:
    """The account that a document tells; nobody signs in as it before it is given a password.

    Raises
    ------
    ValueError
    """
    told = _Document.model_validate(document)
    if not NAME.fullmatch(told.name) or told.name != account_name(told.name):
        raise ValueError(f"{told.name} is no name of an account")
    return Account(told.name, told.title, None, disabled=told.disabled, posts=told.posts, grants=told.grants)
