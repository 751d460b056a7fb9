"""tillid person: one person's profile, as far as it may be used for a purpose; and who is one person with whom."""

from __future__ import annotations

import click

from tillid.cli.asked import Asked
from tillid.cli.options import asking, for_purpose
from tillid.cli.say import say


class _ShowsOtherwise(click.Group):
    """A group in which what is no verb is an identifier, whose person is shown."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        # Without a name of its own: what is asked is `tillid person`.
        return "", self.commands["show"], args


@click.group(cls=_ShowsOtherwise, context_settings={"ignore_unknown_options": True})
@asking
def person() -> None:
    """Show a person's profile for a purpose, or say who is one person.

    `tillid person IDENTIFIER --purpose KEY` shows; `join`, `split` and `unjudge` are for identifiers that the sources
    join wrongly, or not.
    """


@person.command()
@click.argument("identifier", metavar="IDENTIFIER")
@for_purpose
@asking
@click.pass_obj
def show(asked: Asked, identifier: str, purpose: str) -> None:
    """Show a person's profile for a purpose.

    IDENTIFIER is an e-mail address, a phone or customer number, KIND:VALUE, or person_id:NUMBER. The word `show` may be
    left out.
    """
    from tillid.cli.show_person import profile_shown
    from tillid.pipeline.answers import person as find_person

    with asked.workspace(purpose=purpose) as workspace:
        profile = find_person(workspace, identifier, purpose)
    say(asked, profile, lambda: profile_shown(profile))


def _judging(name: str, verdict: str, help_: str) -> click.Command:
    @click.command(name, help=help_)
    @click.argument("one", metavar="A")
    @click.argument("other", metavar="B")
    @click.option("--reason", metavar="TEXT", required=True, help="Why; it is kept, so name no personal data.")
    @click.option("--yes", "is_sure", is_flag=True, help="Do it. Without this, only what would change is said.")
    @asking
    @click.pass_obj
    def judged(asked: Asked, one: str, other: str, reason: str, is_sure: bool) -> None:
        from tillid.cli.show_person import judgement_shown
        from tillid.pipeline.judge import Judgement, judge
        from tillid.stages.resolve.judgements import Verdict

        judgement = Judgement(Verdict(verdict), one, other, reason)
        with asked.workspace(verdict=verdict) as workspace:
            answer = judge(workspace, judgement, asked.progress(), is_sure=is_sure)
        say(asked, answer, lambda: judgement_shown(answer))

    return judged


person.add_command(_judging("join", "together", "Judge that two identifiers are one person, whatever the sources say."))
person.add_command(
    _judging("split", "apart", "Judge that two identifiers are two persons; the weakest links give way.")
)
person.add_command(_judging("unjudge", "withdrawn", "Take back what was judged of two identifiers."))
