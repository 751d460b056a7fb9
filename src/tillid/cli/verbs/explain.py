"""tillid explain: what may be used and why not; what a definition is made of; how a statement is governed."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking, for_purpose
from tillid.cli.say import say
from tillid.cli.statement import statement


@click.group()
@asking
def explain() -> None:
    """Say why.

    Why a person's data may be used or not, what a definition is made of, how a statement is governed.
    """


@explain.command()
@click.argument("identifier", metavar="IDENTIFIER")
@click.argument("other", metavar="[IDENTIFIER]", required=False)
@for_purpose
@asking
@click.pass_obj
def person(asked: Asked, identifier: str, other: str | None, purpose: str) -> None:
    """Which of a person's data may be used for a purpose, and why not.

    With two identifiers: whether they are one person, over which links, or why not; no purpose is named then.
    """
    from tillid.cli.show_person import explanation_shown, two_shown
    from tillid.pipeline.explain import explain_person
    from tillid.pipeline.explain_two import explain_two

    if other is not None:
        with asked.workspace() as workspace:
            two = explain_two(workspace, identifier, other)
        say(asked, two, lambda: two_shown(two))
        return
    with asked.workspace(purpose=purpose) as workspace:
        explanation = explain_person(workspace, identifier, purpose)
    say(asked, explanation, lambda: explanation_shown(explanation))


def _definition(kind: str, said: str) -> click.Command:
    @click.command(kind, help=said)
    @click.argument("name", metavar="NAME")
    @asking
    @click.pass_obj
    def explained(asked: Asked, name: str) -> None:
        from tillid.cli.show import explained as shown
        from tillid.pipeline.explain_definition import explain_definition

        with asked.workspace() as workspace:
            explanation = explain_definition(workspace, kind, name)
        say(asked, explanation, lambda: shown(explanation))

    return explained


explain.add_command(_definition("segment", "Which rule chooses a segment's people, and from what data."))
explain.add_command(_definition("variable", "What a variable is worked out from, and for what it may be used."))
explain.add_command(_definition("activation", "What an activation sends to whom, and on what ground."))


@explain.command()
@statement
@for_purpose
@asking
@click.pass_obj
def sql(asked: Asked, text: str, purpose: str) -> None:
    """What each rule says of a statement, and what would be run. Nothing is."""
    from tillid.cli.show_checks import governed_shown
    from tillid.governance.sql_text import without_values
    from tillid.pipeline.explain_sql import explain_sql

    with asked.workspace(purpose=purpose, sql=without_values(text)) as workspace:
        explanation = explain_sql(workspace, text, purpose)
    say(asked, explanation, lambda: governed_shown(explanation))
