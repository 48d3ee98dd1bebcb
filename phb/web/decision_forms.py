"""What is asked of whoever signs off, returns or refuses a plan, clinically or for its value."""

from phb.web.forms import Needed, PageForm, Words


class SignOffForm(PageForm):
    """A note is kept with the sign-off, if there is one."""

    button = "Sign off"
    note = Words("Note", hint="Leave this empty if there is nothing to add", rows=3)


class ReturnForm(PageForm):
    """Why it goes back to whoever proposed it."""

    question = "Why do you return it?"
    button = "Return it"
    reason = Words(
        question,
        hint="Say what has to change. Whoever wrote the plan and the person read this.",
        rows=5,
        validators=[Needed("Say why you return it")],
    )


class RefuseForm(PageForm):
    """Why it is refused."""

    question = "Why do you refuse it?"
    button = "Refuse it"
    grave = True
    reason = Words(
        question,
        hint="The person is told this. Say it in plain words. They can ask for the decision to be looked at again.",
        rows=5,
        validators=[Needed("Say why you refuse it: the person is told")],
    )
