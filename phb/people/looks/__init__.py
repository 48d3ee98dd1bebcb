"""Who looked at somebody's record, what of it the person is told, and what is kept from them for a time."""
