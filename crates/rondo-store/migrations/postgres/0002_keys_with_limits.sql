-- Why: a key may be given a limit of its own, in place of the one that the server is set to. Expands alone: an earlier
-- version names the columns that it writes, and leaves this one empty.

alter table api_keys add column requests_per_second_max bigint;
