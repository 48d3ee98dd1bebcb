"""Who is paid, into which account: bank details sealed, checked, and in use once a second person confirms them."""
