"""The hand-written minimum: what moving money between two balances costs with no guard at all.

Two balance rows updated, one transfer row and its two entry rows inserted, statement by statement in one
transaction: random pairs over 10,000 accounts, and the same indexes that a reader of the entries would need.
"""

ACCOUNTS = 10_000

SCHEMA = f"""
CREATE TABLE account (id integer PRIMARY KEY, balance bigint NOT NULL DEFAULT 0) WITH (fillfactor = 70);
CREATE TABLE transfer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, recorded_at timestamptz NOT NULL);
CREATE TABLE entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transfer_id bigint NOT NULL,
    account_id integer NOT NULL,
    amount bigint NOT NULL
);
CREATE INDEX ON entry (account_id);
INSERT INTO account (id) SELECT generate_series(1, {ACCOUNTS});
"""

SCRIPT = f"""
\\set one random(1, {ACCOUNTS} - 1)
\\set other random(:one + 1, {ACCOUNTS})
\\set amount random(1, 10000)
BEGIN;
UPDATE account SET balance = balance - :amount::bigint WHERE id = :one;
UPDATE account SET balance = balance + :amount::bigint WHERE id = :other;
INSERT INTO transfer (recorded_at) VALUES (now()) RETURNING id \\gset
INSERT INTO entry (transfer_id, account_id, amount) VALUES (:id, :one, -:amount::bigint);
INSERT INTO entry (transfer_id, account_id, amount) VALUES (:id, :other, :amount::bigint);
COMMIT;
"""  # noqa: S608 - constants of this file
