"""What is asked when finance decides about a record of spend."""

from phb.spending.records.models import SpendRecord
from phb.web.forms import Choice, Day, Needed, PageForm, Pounds, Words

LONGEST_PAYEE, LONGEST_WORDS = 200, 500


def why(hint: str) -> Words:
    """Return the question for a reason."""
    return Words("Why?", hint=hint, rows=4, validators=[Needed("Say why: the person is told")])


class AcceptForm(PageForm):
    """On which line it is accepted, and why."""

    question = "Accept this spending"
    button = "Accept it"
    line = Choice(
        "On which line of the plan?",
        hint="Lines of the account that the money left",
        validators=[Needed("Choose a line of the plan")],
    )
    reason = why("The person is told this. It is kept with the record.")


class PutBackForm(PageForm):
    """When the money came back, and how that is known."""

    question = "The money is in the account again"
    button = "Record it"
    put_back_on = Day("When did it come back?", validators=[Needed("Enter the day it came back into the account")])
    reason = Words(
        "How do you know?",
        hint="For example: seen on the account statement of June",
        rows=3,
        validators=[Needed("Say how you know")],
    )


class TakeBackForm(PageForm):
    """Why the record is a mistake."""

    question = "Take back this record"
    hint = "Use this where nothing of the kind happened. Nothing is deleted: the books reverse it today."
    button = "Take it back"
    grave = True
    reason = why("For example: recorded twice")


class CorrectForm(PageForm):
    """Why the record is a mistake, and what should have been recorded."""

    question = "Correct this record"
    hint = "The mistaken record is taken back, and this one stands in its place. Its receipts go with it."
    button = "Correct it"
    reason = why("For example: the amount was mistyped")
    spent_on = Day("On which day did the money leave?", validators=[Needed("Enter the day the money left")])
    amount = Pounds("How much?", validators=[Needed("Enter how much left the account")])
    payee = Words("Who was paid?", longest=LONGEST_PAYEE, validators=[Needed("Enter who was paid")])
    words = Words("What was bought?", longest=LONGEST_WORDS, validators=[Needed("Enter what was bought")])
    category = Choice("What kind of thing is it?", many=True, validators=[Needed("Choose what kind of thing it is")])
    line = Choice("Which line of the plan is it for?", hint="Leave this if it is in no line", many=True)

    @classmethod
    def of(cls, row: SpendRecord) -> "CorrectForm":
        """Return the form filled in with what was recorded."""
        return cls(
            version=row.version,
            spent_on=row.spent_on,
            amount=row.amount,
            payee=row.payee,
            words=row.words,
            category=row.category_code,
            line=str(row.plan_line_id or ""),
        )


class EvidenceForm(PageForm):
    """What was seen on paper."""

    question = "You saw the evidence on paper"
    button = "Note it"
    note = Words(
        "What did you see?",
        hint="For example: the agency's receipt of 4 May, shown at the review",
        rows=3,
        validators=[Needed("Say what you saw")],
    )
