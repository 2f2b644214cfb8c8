-- Why: people who ask for it are sent a link that signs them in, and changes no password. Such a link says when it was made
-- for the mail; one by which a password is chosen leaves the column empty. Expands alone: an earlier version names the
-- columns that it writes.

alter table sign_in_links add column mailed_at integer;
