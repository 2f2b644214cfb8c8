-- Why: the first schema. A team is what its ledger says; every other table but `remembered`, `deliveries` and
-- `leases` follows from the ledger's entries, and personal fields stand beside them so that they can be erased.
--
-- Every key starts with team_id, so that the tables can be sharded by it. Instants are microseconds since 1970 in
-- UTC, ids the 16 bytes of a UUID of version 7, flags 0 or 1. Ids and ledger numbers ascend, so that inserts append;
-- the one index that is written at random places is `leads_email`. Tables are stored in the order of their key, but
-- for those with wide rows, which would make the way to every other row longer. Personal fields may be null: a person
-- was erased, or a replay of the ledger knows none.

create table teams (
    team_id blob not null,
    -- The team's last ledger number. Every write of the team moves it.
    revision integer not null,
    last_at integer not null,
    -- The earliest instant at which something is to be done, as of the last write.
    due_at integer,
    created_at integer not null,
    name text not null,
    default_group_id blob not null,
    routed_rep_becomes_owner integer not null,
    reminder_after_working_hours integer not null,
    time_zone text not null,
    constraint teams_pk primary key (team_id)
) strict, without rowid;

create index teams_due on teams (due_at, team_id) where due_at is not null;

create table users (
    team_id blob not null,
    user_id blob not null,
    role text not null,
    email text,
    email_key blob,
    added_at integer not null,
    constraint users_pk primary key (team_id, user_id),
    constraint users_team_fk foreign key (team_id) references teams (team_id)
) strict, without rowid;

create unique index users_email on users (team_id, email_key);

create table reps (
    team_id blob not null,
    rep_id blob not null,
    added_at integer not null,
    -- Set once the rep has left; `leads_became` then says `released` or `transferred`, `leads_to_id` to whom.
    removed_at integer,
    leads_became text,
    leads_to_id blob,
    -- Whether the ledger has said that the rep is away.
    is_said_away integer not null,
    -- What the ledger says that the personal fields hash to.
    seal text not null,
    name text,
    email text,
    email_key blob,
    phone text,
    time_zone text,
    calendar_link text,
    salt blob,
    constraint reps_pk primary key (team_id, rep_id),
    constraint reps_team_fk foreign key (team_id) references teams (team_id)
) strict, without rowid;

create unique index reps_email on reps (team_id, email_key) where removed_at is null;

create table absences (
    team_id blob not null,
    absence_id blob not null,
    rep_id blob not null,
    from_at integer not null,
    -- Null while the end is open.
    until_at integer,
    -- As entered, where it was entered as days.
    from_date text,
    last_date text,
    source text not null,
    note text,
    constraint absences_pk primary key (team_id, absence_id),
    constraint absences_rep_fk foreign key (team_id, rep_id) references reps (team_id, rep_id)
) strict, without rowid;

create index absences_rep on absences (team_id, rep_id, absence_id);

create table sales_groups (
    team_id blob not null,
    group_id blob not null,
    name text not null,
    -- The name without what case and Unicode form make different.
    name_key text not null,
    next_place integer not null,
    cursor_place integer not null,
    cursor_rep_id blob,
    created_at integer not null,
    is_deleted integer not null,
    constraint sales_groups_pk primary key (team_id, group_id),
    constraint sales_groups_team_fk foreign key (team_id) references teams (team_id)
) strict, without rowid;

create unique index sales_groups_name on sales_groups (team_id, name_key) where is_deleted = 0;

create table members (
    team_id blob not null,
    group_id blob not null,
    place integer not null,
    rep_id blob not null,
    added_at integer not null,
    constraint members_pk primary key (team_id, group_id, place),
    constraint members_once unique (team_id, rep_id, group_id),
    constraint members_group_fk foreign key (team_id, group_id) references sales_groups (team_id, group_id),
    constraint members_rep_fk foreign key (team_id, rep_id) references reps (team_id, rep_id)
) strict, without rowid;

create table campaigns (
    team_id blob not null,
    campaign_id blob not null,
    name text not null,
    group_id blob not null,
    rotation text not null,
    when_owner_is_out text not null,
    status text not null,
    launch_at integer,
    launched_at integer,
    cursor_place integer not null,
    cursor_rep_id blob,
    copied_from_id blob,
    created_at integer not null,
    constraint campaigns_pk primary key (team_id, campaign_id),
    constraint campaigns_group_fk foreign key (team_id, group_id) references sales_groups (team_id, group_id)
) strict, without rowid;

create table leads (
    team_id blob not null,
    lead_id blob not null,
    created_at integer not null,
    -- As named or routed; transfers of reps who left are resolved when read.
    owner_id blob,
    owner_source text,
    is_high_intent integer not null,
    erased_at integer,
    email_key blob,
    email text,
    name text,
    company text,
    external_id text,
    -- A JSON object, or null when there are none.
    attributes text,
    constraint leads_pk primary key (team_id, lead_id)
) strict;

create unique index leads_email on leads (team_id, email_key);
create index leads_owner on leads (team_id, owner_id, lead_id) where owner_id is not null;
create index leads_high_intent on leads (team_id, is_high_intent, lead_id);

create table conversations (
    team_id blob not null,
    conversation_id blob not null,
    campaign_id blob not null,
    lead_id blob not null,
    status text not null,
    -- The one assignment that stands, and its rep.
    assignment_id blob,
    rep_id blob,
    created_at integer not null,
    -- The note with which it was qualified or last passed on.
    note text,
    constraint conversations_pk primary key (team_id, conversation_id),
    constraint conversations_once unique (team_id, lead_id, campaign_id)
) strict;

create index conversations_campaign on conversations (team_id, campaign_id, conversation_id);
create index conversations_status on conversations (team_id, status, conversation_id);

create table waiting (
    team_id blob not null,
    -- The campaign or the group whose cursor the lead waits on.
    cursor_id blob not null,
    -- The ledger number at which it began to wait.
    since integer not null,
    campaign_id blob not null,
    conversation_id blob not null,
    lead_id blob not null,
    -- Its campaign is paused.
    is_held integer not null,
    constraint waiting_pk primary key (team_id, cursor_id, since),
    constraint waiting_once unique (team_id, conversation_id)
) strict, without rowid;

create index waiting_campaign on waiting (team_id, campaign_id, since);

create table assignments (
    team_id blob not null,
    -- The ledger number at which it was decided; the reasons stand there.
    n integer not null,
    assignment_id blob not null,
    conversation_id blob not null,
    lead_id blob not null,
    campaign_id blob not null,
    rep_id blob not null,
    reason text not null,
    decided_at integer not null,
    -- Not passed on since.
    is_standing integer not null,
    constraint assignments_pk primary key (team_id, n),
    constraint assignments_id unique (team_id, assignment_id)
) strict;

create index assignments_rep on assignments (team_id, rep_id, n);
create index assignments_campaign on assignments (team_id, campaign_id, n);

create table ledger (
    team_id blob not null,
    n integer not null,
    at integer not null,
    actor text not null,
    kind text not null,
    version integer not null,
    -- The event as JSON, byte for byte what `hash` was taken over.
    body text not null,
    -- SHA-256 over the hash of the entry before, the number, the instant, the actor and the body.
    hash blob not null,
    batch_id blob not null,
    -- Changes no circle: skipped when one is rebuilt.
    is_about_leads integer not null,
    constraint ledger_pk primary key (team_id, n),
    constraint ledger_team_fk foreign key (team_id) references teams (team_id)
) strict;

create index ledger_structure on ledger (team_id, n) where is_about_leads = 0;

create table webhooks (
    team_id blob not null,
    webhook_id blob not null,
    -- A JSON array of the events it is sent.
    events text not null,
    created_at integer not null,
    removed_at integer,
    -- Its receiver answered 410 Gone: nothing is sent until somebody switches it on again.
    disabled_at integer,
    url text,
    sealed_secret blob,
    constraint webhooks_pk primary key (team_id, webhook_id),
    constraint webhooks_team_fk foreign key (team_id) references teams (team_id)
) strict, without rowid;

create table deliveries (
    team_id blob not null,
    delivery_id blob not null,
    webhook_id blob not null,
    -- The ledger entry that is told.
    n integer not null,
    event text not null,
    -- `queued`, `delivered` or `failed`.
    state text not null,
    -- When it is to be tried next, which for one under way is when its lease ends; null once it is over.
    due_at integer,
    attempts integer not null,
    -- Who has the lease, or had it last; the fence rises with every lease.
    holder blob,
    fence integer not null default 0,
    created_at integer not null,
    last_attempt_at integer,
    last_status integer,
    last_error text,
    constraint deliveries_pk primary key (team_id, delivery_id),
    constraint deliveries_webhook_fk foreign key (team_id, webhook_id) references webhooks (team_id, webhook_id)
) strict, without rowid;

create index deliveries_webhook on deliveries (team_id, webhook_id, delivery_id);
create index deliveries_due on deliveries (team_id, webhook_id, due_at, delivery_id) where due_at is not null;

create table api_keys (
    team_id blob not null,
    key_id blob not null,
    role text not null,
    rep_id blob,
    created_at integer not null,
    expires_at integer,
    revoked_at integer,
    name text,
    prefix text,
    hash blob,
    constraint api_keys_pk primary key (team_id, key_id),
    constraint api_keys_team_fk foreign key (team_id) references teams (team_id)
) strict, without rowid;

create unique index api_keys_hash on api_keys (team_id, hash);

-- Requests that were accepted, by credential, method, path and `Idempotency-Key`, all hashed.
create table remembered (
    team_id blob not null,
    scope blob not null,
    body blob not null,
    answer text not null,
    expires_at integer not null,
    constraint remembered_pk primary key (team_id, scope)
) strict, without rowid;

create index remembered_expiry on remembered (team_id, expires_at, scope);

-- Who may do the work of a name for a team until when; the fence rises with every holder.
create table leases (
    team_id blob not null,
    name text not null,
    holder blob not null,
    fence integer not null,
    expires_at integer not null,
    constraint leases_pk primary key (team_id, name)
) strict, without rowid;
