"""A bank account's details in clear: checked when made, packed for the vault, hidden when printed."""

import json
from dataclasses import asdict, dataclass, field
from uuid import UUID

from phb.payments.bank_files.bacs_standard_18 import BacsAccount
from phb.payments.modulus import account_number_digits, sort_code_digits
from phb.payments.vault import Sealed, Vault

ENDING = 2


@dataclass(frozen=True)
class BankDetails:
    """A sort code, an account number and the name it is held in; never printed whole."""

    sort_code: str = field(repr=False)
    account_number: str = field(repr=False)
    name: str = field(repr=False)

    def __post_init__(self) -> None:
        """Keep digits alone, and refuse what no bank file could carry.

        Raises:
            SortCodeError, AccountNumberError, BacsTextError: a part does not fit.
        """
        BacsAccount(self.sort_code, self.account_number, self.name)
        object.__setattr__(self, "sort_code", sort_code_digits(self.sort_code))
        object.__setattr__(self, "account_number", account_number_digits(self.account_number))
        object.__setattr__(self, "name", self.name.strip())

    @property
    def ending(self) -> str:
        """The last digits, which may be shown."""
        return self.account_number[-ENDING:]

    @property
    def for_bacs(self) -> BacsAccount:
        """The account as a bank file names it."""
        return BacsAccount(self.sort_code, self.account_number, self.name)

    def sealed(self, vault: Vault, for_row: UUID) -> Sealed:
        """Return the details as they are stored in one row."""
        return vault.seal(json.dumps(asdict(self)).encode(), for_row=for_row)

    @classmethod
    def opened(cls, vault: Vault, sealed: Sealed, for_row: UUID) -> "BankDetails":
        """Return the details a row holds.

        Raises:
            NoKeyError, TamperedError: they cannot be read.
        """
        return cls(**json.loads(vault.open(sealed, for_row=for_row)))
