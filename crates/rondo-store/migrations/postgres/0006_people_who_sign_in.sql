-- Why: people sign in to the console. A user may be a rep, and may be removed; then their address is free again. How
-- somebody signs in, and where they are signed in just now, is no part of what the ledger says: like `remembered` and
-- `leases`, these tables stand beside it. Of what is secret only hashes are kept. Expands alone: an earlier version
-- names the columns of `users` that it writes, and removes nobody.

alter table users add column rep_id uuid;
alter table users add column removed_at bigint;

drop index users_email;
create unique index users_email on users (team_id, email_key) where removed_at is null;
-- An address is given before the team is known.
create index users_by_email on users (email_key, team_id) where removed_at is null;

-- By what somebody is known when they sign in.
create table sign_ins (
    team_id uuid not null,
    user_id uuid not null,
    -- Argon2id with its parameters and salt, as a PHC string.
    password_hash text not null,
    set_at bigint not null,
    constraint sign_ins_pk primary key (team_id, user_id),
    constraint sign_ins_user_fk foreign key (team_id, user_id) references users (team_id, user_id)
);

-- Who is signed in, by the hash of what their browser keeps.
create table sessions (
    team_id uuid not null,
    session_hash bytea not null,
    user_id uuid not null,
    begun_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    -- What the browser calls itself.
    agent text not null,
    constraint sessions_pk primary key (team_id, session_hash),
    constraint sessions_user_fk foreign key (team_id, user_id) references users (team_id, user_id)
);

create index sessions_user on sessions (team_id, user_id, begun_at);

-- Links by which somebody chooses a password, by the hash of what stands in them. One that was used is gone.
create table sign_in_links (
    team_id uuid not null,
    link_hash bytea not null,
    user_id uuid not null,
    expires_at bigint not null,
    constraint sign_in_links_pk primary key (team_id, link_hash),
    constraint sign_in_links_user_fk foreign key (team_id, user_id) references users (team_id, user_id)
);

create index sign_in_links_user on sign_in_links (team_id, user_id);

-- citus: distribute sign_ins
-- citus: distribute sessions
-- citus: distribute sign_in_links
