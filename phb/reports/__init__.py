"""The reports that auditors take away: one catalogue for pages, the API, commands and files."""
