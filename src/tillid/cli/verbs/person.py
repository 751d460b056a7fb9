"""tillid person: one person's profile, as far as it may be used for a purpose."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking, for_purpose
from tillid.cli.say import say


@click.command()
@click.argument("identifier", metavar="IDENTIFIER")
@for_purpose
@asking
@click.pass_obj
def person(asked: Asked, identifier: str, purpose: str) -> None:
    """Show a person's profile for a purpose.

    IDENTIFIER is an e-mail address, a phone or customer number, or KIND:VALUE.
    """
    from tillid.cli.show_person import profile_shown
    from tillid.pipeline.answers import person as find_person

    with asked.workspace(purpose=purpose) as workspace:
        profile = find_person(workspace, identifier, purpose)
    say(asked, profile, lambda: profile_shown(profile))
