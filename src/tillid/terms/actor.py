"""Actor and role: who asks, and which purposes and categories they may use."""

from __future__ import annotations

from dataclasses import dataclass

from tillid.terms.categories import is_covered

ALL = "all"


@dataclass(frozen=True, slots=True)
class Role:
    """Which purposes an actor may use, and which categories they may see; `None` stands for all.

    >>> Role("marketer", purposes=frozenset({"news"}), categories=frozenset({"user.name"})).may_see("user.name.first")
    True
    """

    name: str
    purposes: frozenset[str] | None
    categories: frozenset[str] | None

    def may_use(self, purpose: str) -> bool:
        """Whether the role may use the purpose of this key."""
        return self.purposes is None or purpose in self.purposes

    def may_see(self, category: str) -> bool:
        """Whether the role may see columns of this data category."""
        return self.categories is None or is_covered(category, self.categories)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a name that `tillid.yml` lists, with its roles.

    >>> Actor("ole", (Role("steward", None, None),)).may_use("news")
    True
    """

    name: str
    roles: tuple[Role, ...]

    def may_use(self, purpose: str) -> bool:
        """Whether any role may use the purpose."""
        return any(role.may_use(purpose) for role in self.roles)

    def may_see(self, category: str, purpose: str) -> bool:
        """Whether a role that may use the purpose may also see the category.

        The two are asked of one role: a role's sight does not widen another role's purposes.
        """
        return any(role.may_use(purpose) and role.may_see(category) for role in self.roles)
