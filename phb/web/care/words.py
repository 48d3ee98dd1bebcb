"""What kinds, states and steps are called where staff plan and judge care."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from phb.budget.kinds import BudgetKind, CareSetting, Frequency, LinePurpose, ManagementType
from phb.budget.setting.words import plain
from phb.people.kinds import (
    Basis,
    ConsentOf,
    RelationKind,
    Scope,
    StatementFormat,
    TraceStatus,
    WithholdingGround,
)

Options = list[tuple[str, str]]

FORMATS: Mapping[str, str] = {
    StatementFormat.HTML: "A page to read on a screen",
    StatementFormat.PDF: "A PDF to print",
    StatementFormat.LARGE_PRINT: "Large print",
    StatementFormat.CSV: "A spreadsheet",
    StatementFormat.JSON: "Data for a computer",
}
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "cy": "Welsh",
    "ar": "Arabic",
    "bn": "Bengali",
    "zh": "Chinese",
    "fr": "French",
    "gu": "Gujarati",
    "pl": "Polish",
    "pt": "Portuguese",
    "pa": "Punjabi",
    "ro": "Romanian",
    "so": "Somali",
    "es": "Spanish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "bfi": "British Sign Language",
}
TRACED: Mapping[str, str] = {
    TraceStatus.VERIFIED: "Yes, the national register has it for this person",
    TraceStatus.UNVERIFIED: "Not yet",
}
RELATIONS: Mapping[str, str] = {
    RelationKind.REPRESENTATIVE: "Representative: decides in the person's place",
    RelationKind.NOMINEE: "Nominee: receives and looks after a direct payment",
    RelationKind.ADVOCATE: "Advocate: helps the person be heard",
    RelationKind.BROKER: "Broker: helps to plan and to record spending",
    RelationKind.THIRD_PARTY: "Third party: holds the money and pays for the care",
    RelationKind.CARE_COORDINATOR: "Care co-ordinator: the first person to ask",
}
BASES: Mapping[str, str] = {
    Basis.PARENTAL_RESPONSIBILITY: "Parental responsibility",
    Basis.DEPUTYSHIP: "Deputy appointed by the Court of Protection",
    Basis.LASTING_POWER_PROPERTY: "Lasting power of attorney for property and money",
    Basis.LASTING_POWER_WELFARE: "Lasting power of attorney for health and welfare",
    Basis.ENDURING_POWER: "Enduring power of attorney",
    Basis.APPOINTED: "Appointed by the commissioner, because nobody has a power",
    Basis.NOMINATED: "Nominated by the person or their representative",
    Basis.CHOSEN: "Chosen by the person",
    Basis.STATUTORY: "Statutory: the law says there must be one",
    Basis.AGREEMENT: "An agreement",
    Basis.ASSIGNED: "Assigned by the NHS",
}
SCOPES: Mapping[str, str] = {
    Scope.RECORD: "Contact details, needs, and who else acts",
    Scope.BUDGET: "The budget and its plan",
    Scope.STATEMENTS: "Statements",
    Scope.SPEND: "Spending and receipts",
    Scope.DECISIONS: "Decisions, consents and capacity",
}
WITHHOLDING_GROUNDS: Mapping[str, str] = {
    WithholdingGround.SAFEGUARDING: "To keep somebody safe",
    WithholdingGround.CRIME: "Not to hinder the finding of a crime",
    WithholdingGround.ANOTHER_PERSON: "Not to tell about another person",
}
CONSENT_OF: Mapping[str, str] = {
    ConsentOf.PERSON: "The person",
    ConsentOf.REPRESENTATIVE: "Their representative",
    ConsentOf.NOT_NEEDED: "Nobody: the law or the commissioner's duty gives it",
}
END_REASONS: Mapping[str, str] = {
    "ended": "It ended",
    "revoked": "It was revoked",
    "consent_withdrawn": "Consent was withdrawn",
    "capacity_regained": "The person has capacity again",
    "turned_sixteen": "The person turned 16",
    "died": "Somebody died",
}
CHARACTERISTICS: Mapping[str, str] = {
    "ethnicity": "Ethnicity",
    "disability": "Disability",
    "religion_or_belief": "Religion or belief",
    "sexual_orientation": "Sexual orientation",
    "sex": "Sex",
    "gender_reassignment": "Gender reassignment",
    "marriage_or_civil_partnership": "Marriage or civil partnership",
    "pregnancy_or_maternity": "Pregnancy or maternity",
}
HELD: Mapping[str, str] = {
    ManagementType.NOTIONAL: "Notional: the NHS holds the money and pays providers",
    ManagementType.DIRECT_PAYMENT: "Direct payment: the money is paid to the person or who acts for them",
    ManagementType.THIRD_PARTY: "Third party: an organisation holds the money and pays",
}
HELD_AS: Mapping[str, str] = {
    ManagementType.NOTIONAL: "a notional budget",
    ManagementType.DIRECT_PAYMENT: "a direct payment",
    ManagementType.THIRD_PARTY: "a third-party budget",
}
PURPOSES: Mapping[str, str] = {
    LinePurpose.SERVICE: "A service or a thing",
    LinePurpose.TRAINING: "Training of those who help",
    LinePurpose.CONTINGENCY: "Contingency: kept for when usual care breaks down",
}
FREQUENCIES: Mapping[str, str] = {
    Frequency.WEEK: "Every week",
    Frequency.DAY: "Every day",
    Frequency.MONTH: "Every month",
    Frequency.YEAR: "Every year",
    Frequency.ONCE: "Once",
}
PER: Mapping[str, str] = {"week": "a week", "day": "a day", "year": "a year", "month": "a month", "once": "once"}
UNITS: Mapping[str, str] = {"hour": "Hours", "night": "Nights", "each": "Pieces: sessions, visits, items"}
KINDS: Mapping[str, str] = {
    BudgetKind.PERSONAL_HEALTH_BUDGET: "Personal health budget",
    BudgetKind.INTEGRATED: "Integrated personal budget",
    BudgetKind.WHEELCHAIR: "Personal wheelchair budget",
    BudgetKind.MATERNITY: "Maternity budget",
}
SETTINGS: Mapping[str, str] = {
    CareSetting.HOME: "At home",
    CareSetting.CARE_HOME: "In a care home",
    CareSetting.OTHER: "Somewhere else",
}
WAITS_FOR: Mapping[str, str] = {
    "draft": "It is a draft. Nothing is decided yet.",
    "submitted": "It waits for a clinician to sign it off.",
    "signed_off_clinically": "A clinician has signed it off. It waits for finance to sign off its value.",
    "signed_off_finance": "It waits for the person, or who represents them, to agree to it.",
    "agreed": "The person has agreed to it. It waits for finance to put it in force.",
    "active": "It is in force.",
    "applied": "It is in force.",
    "refused": "It was refused.",
}
STEPS: Mapping[str, str] = {
    "submit": "Sent to be signed off",
    "sign_off_clinically": "Signed off clinically",
    "sign_off_finance": "Value signed off",
    "agree": "Agreed by the person, or who represents them",
    "activate": "Put in force",
    "apply": "Put in force",
    "return": "Sent back",
    "refuse": "Refused",
}


def options(table: Mapping[str, str], only: Iterable[str] | None = None) -> Options:
    """Return a table as the options of a choice, all of them or only some."""
    wanted = set(table) if only is None else set(only)
    return [(str(value), text) for value, text in table.items() if value in wanted]


def language(tag: str) -> str:
    """Return what a language is called; its tag where it is none of the table."""
    return LANGUAGES.get(tag, tag)


def how_much(quantity: Fraction | str, unit: str, per: str) -> str:
    """Return how much of something is needed: “21 hours a week”."""
    count = plain(Fraction(quantity))
    unit_text = "" if unit == "each" else f" {unit}{'' if count == '1' else 's'}"
    return f"{count}{unit_text}{',' if per == 'once' else ''} {PER[per]}"
