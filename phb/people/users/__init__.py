"""Who signs in: users, the roles they hold, their passwords and tokens."""
