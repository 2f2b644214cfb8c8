-- Why: PostgreSQL looked the team up for every single entry of the ledger, and took a lock on it, though the update that
-- claims the next ledger numbers has found and locked the same row in the same transaction.
-- Teams are never deleted.
-- For PostgreSQL alone:

alter table ledger drop constraint ledger_team_fk;
