"""Who acts for a person: on what basis, in which scope, from when to when, and who consented."""
