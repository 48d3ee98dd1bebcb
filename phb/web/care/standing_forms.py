"""The questions about consent, capacity and exclusion."""

from phb.web.forms import Choice, Day, Needed, PageForm, Words

HAS, LACKS, FOR_NOW = "has", "lacks", "for-now"
FOUND = [
    (HAS, "They have capacity"),
    (LACKS, "They lack capacity"),
    (FOR_NOW, "They lack capacity now, and it is expected to return"),
]
THEMSELVES = "person"


class ConsentForm(PageForm):
    """Consent to a direct payment."""

    question = "Record consent to a direct payment"
    button = "Record consent"
    given_by = Choice("Who gave it?", validators=[Needed("Choose who gave it")])
    given_on = Day("On which day?", hint="For example, 27 3 2026", validators=[Needed("Enter the day")])
    how_recorded = Words(
        "How was it recorded?",
        hint="For example: signed form seen",
        longest=500,
        validators=[Needed("Say how it was recorded")],
    )


class CapacityForm(PageForm):
    """What an assessment of capacity found."""

    question = "Record what an assessment of capacity found"
    button = "Record this"
    found = Choice(
        "What did it find?",
        hint="It is about managing a direct payment. Having capacity again ends who acted because there was none.",
        options=FOUND,
        validators=[Needed("Choose what was found")],
    )
    assessed_on = Day("On which day?", hint="For example, 27 3 2026", validators=[Needed("Enter the day")])


class ExclusionForm(PageForm):
    """A ground in law on which nobody may have a direct payment."""

    question = "Record an exclusion"
    button = "Record this exclusion"
    hint = "The Schedule to the direct payment regulations lists who may not receive or manage a direct payment."
    ground = Choice("Which ground applies?", many=True, validators=[Needed("Choose the ground")])
    start_on = Day("From which day?", hint="For example, 27 3 2026", validators=[Needed("Enter the first day")])
    end_on = Day("Until which day?", hint="The first day without it. Leave it empty if no end is known.")


class WithdrawForm(PageForm):
    """The first day without consent."""

    question = "Withdraw this consent"
    button = "Withdraw it"
    on = Day("From which day is it withdrawn?", hint="For example, 27 3 2026", validators=[Needed("Enter the day")])


class EndExclusionForm(PageForm):
    """The first day without the exclusion."""

    question = "End this exclusion"
    button = "End it"
    on = Day(
        "From which day does it no longer apply?", hint="For example, 27 3 2026", validators=[Needed("Enter the day")]
    )
