-- Why: the first schema. A team is what its ledger says; every other table but `remembered`, `deliveries` and
-- `leases` follows from the ledger's entries, and personal fields stand beside them so that they can be erased.
--
-- Every key starts with team_id, so that the tables can be sharded by it. Instants are microseconds since 1970 in
-- UTC, ids the 16 bytes of a UUID of version 7, flags 0 or 1. Ids and ledger numbers ascend, so that inserts append;
-- the one index that is written at random places is `leads_email`. Tables are stored in the order of their key, but
-- for those with wide rows, which would make the way to every other row longer. Personal fields may be null: a person
-- was erased, or a replay of the ledger knows none.

create table teams (
    team_id uuid not null,
    -- The team's last ledger number. Every write of the team moves it.
    revision bigint not null,
    last_at bigint not null,
    -- The earliest instant at which something is to be done, as of the last write.
    due_at bigint,
    created_at bigint not null,
    name text not null,
    default_group_id uuid not null,
    routed_rep_becomes_owner bigint not null,
    reminder_after_working_hours bigint not null,
    time_zone text not null,
    constraint teams_pk primary key (team_id)
);

create index teams_due on teams (due_at, team_id) where due_at is not null;

create table users (
    team_id uuid not null,
    user_id uuid not null,
    role text not null,
    email text,
    email_key bytea,
    added_at bigint not null,
    constraint users_pk primary key (team_id, user_id),
    constraint users_team_fk foreign key (team_id) references teams (team_id)
);

create unique index users_email on users (team_id, email_key);

create table reps (
    team_id uuid not null,
    rep_id uuid not null,
    added_at bigint not null,
    -- Set once the rep has left; `leads_became` then says `released` or `transferred`, `leads_to_id` to whom.
    removed_at bigint,
    leads_became text,
    leads_to_id uuid,
    -- Whether the ledger has said that the rep is away.
    is_said_away bigint not null,
    -- What the ledger says that the personal fields hash to.
    seal text not null,
    name text,
    email text,
    email_key bytea,
    phone text,
    time_zone text,
    calendar_link text,
    salt bytea,
    constraint reps_pk primary key (team_id, rep_id),
    constraint reps_team_fk foreign key (team_id) references teams (team_id)
);

create unique index reps_email on reps (team_id, email_key) where removed_at is null;

create table absences (
    team_id uuid not null,
    absence_id uuid not null,
    rep_id uuid not null,
    from_at bigint not null,
    -- Null while the end is open.
    until_at bigint,
    -- As entered, where it was entered as days.
    from_date text,
    last_date text,
    source text not null,
    note text,
    constraint absences_pk primary key (team_id, absence_id),
    constraint absences_rep_fk foreign key (team_id, rep_id) references reps (team_id, rep_id)
);

create index absences_rep on absences (team_id, rep_id, absence_id);

create table sales_groups (
    team_id uuid not null,
    group_id uuid not null,
    name text not null,
    -- The name without what case and Unicode form make different.
    name_key text not null,
    next_place bigint not null,
    cursor_place bigint not null,
    cursor_rep_id uuid,
    created_at bigint not null,
    is_deleted bigint not null,
    constraint sales_groups_pk primary key (team_id, group_id),
    constraint sales_groups_team_fk foreign key (team_id) references teams (team_id)
);

create unique index sales_groups_name on sales_groups (team_id, name_key) where is_deleted = 0;

create table members (
    team_id uuid not null,
    group_id uuid not null,
    place bigint not null,
    rep_id uuid not null,
    added_at bigint not null,
    constraint members_pk primary key (team_id, group_id, place),
    constraint members_once unique (team_id, rep_id, group_id),
    constraint members_group_fk foreign key (team_id, group_id) references sales_groups (team_id, group_id),
    constraint members_rep_fk foreign key (team_id, rep_id) references reps (team_id, rep_id)
);

create table campaigns (
    team_id uuid not null,
    campaign_id uuid not null,
    name text not null,
    group_id uuid not null,
    rotation text not null,
    when_owner_is_out text not null,
    status text not null,
    launch_at bigint,
    launched_at bigint,
    cursor_place bigint not null,
    cursor_rep_id uuid,
    copied_from_id uuid,
    created_at bigint not null,
    constraint campaigns_pk primary key (team_id, campaign_id),
    constraint campaigns_group_fk foreign key (team_id, group_id) references sales_groups (team_id, group_id)
);

create table leads (
    team_id uuid not null,
    lead_id uuid not null,
    created_at bigint not null,
    -- As named or routed; transfers of reps who left are resolved when read.
    owner_id uuid,
    owner_source text,
    is_high_intent bigint not null,
    erased_at bigint,
    email_key bytea,
    email text,
    name text,
    company text,
    external_id text,
    -- A JSON object, or null when there are none.
    attributes text,
    constraint leads_pk primary key (team_id, lead_id)
);

create unique index leads_email on leads (team_id, email_key);
create index leads_owner on leads (team_id, owner_id, lead_id) where owner_id is not null;
create index leads_high_intent on leads (team_id, is_high_intent, lead_id);

create table conversations (
    team_id uuid not null,
    conversation_id uuid not null,
    campaign_id uuid not null,
    lead_id uuid not null,
    status text not null,
    -- The one assignment that stands, and its rep.
    assignment_id uuid,
    rep_id uuid,
    created_at bigint not null,
    -- The note with which it was qualified or last passed on.
    note text,
    constraint conversations_pk primary key (team_id, conversation_id),
    constraint conversations_once unique (team_id, lead_id, campaign_id)
);

create index conversations_campaign on conversations (team_id, campaign_id, conversation_id);
create index conversations_status on conversations (team_id, status, conversation_id);

create table waiting (
    team_id uuid not null,
    -- The campaign or the group whose cursor the lead waits on.
    cursor_id uuid not null,
    -- The ledger number at which it began to wait.
    since bigint not null,
    campaign_id uuid not null,
    conversation_id uuid not null,
    lead_id uuid not null,
    -- Its campaign is paused.
    is_held bigint not null,
    constraint waiting_pk primary key (team_id, cursor_id, since),
    constraint waiting_once unique (team_id, conversation_id)
);

create index waiting_campaign on waiting (team_id, campaign_id, since);

create table assignments (
    team_id uuid not null,
    -- The ledger number at which it was decided; the reasons stand there.
    n bigint not null,
    assignment_id uuid not null,
    conversation_id uuid not null,
    lead_id uuid not null,
    campaign_id uuid not null,
    rep_id uuid not null,
    reason text not null,
    decided_at bigint not null,
    -- Not passed on since.
    is_standing bigint not null,
    constraint assignments_pk primary key (team_id, n),
    constraint assignments_id unique (team_id, assignment_id)
);

create index assignments_rep on assignments (team_id, rep_id, n);
create index assignments_campaign on assignments (team_id, campaign_id, n);

create table ledger (
    team_id uuid not null,
    n bigint not null,
    at bigint not null,
    actor text not null,
    kind text not null,
    version bigint not null,
    -- The event as JSON, byte for byte what `hash` was taken over.
    body text not null,
    -- SHA-256 over the hash of the entry before, the number, the instant, the actor and the body.
    hash bytea not null,
    batch_id uuid not null,
    -- Changes no circle: skipped when one is rebuilt.
    is_about_leads bigint not null,
    constraint ledger_pk primary key (team_id, n),
    constraint ledger_team_fk foreign key (team_id) references teams (team_id)
);

create index ledger_structure on ledger (team_id, n) where is_about_leads = 0;

create table webhooks (
    team_id uuid not null,
    webhook_id uuid not null,
    -- A JSON array of the events it is sent.
    events text not null,
    created_at bigint not null,
    removed_at bigint,
    -- Its receiver answered 410 Gone: nothing is sent until somebody switches it on again.
    disabled_at bigint,
    url text,
    sealed_secret bytea,
    constraint webhooks_pk primary key (team_id, webhook_id),
    constraint webhooks_team_fk foreign key (team_id) references teams (team_id)
);

create table deliveries (
    team_id uuid not null,
    delivery_id uuid not null,
    webhook_id uuid not null,
    -- The ledger entry that is told.
    n bigint not null,
    event text not null,
    -- `queued`, `delivered` or `failed`.
    state text not null,
    -- When it is to be tried next, which for one under way is when its lease ends; null once it is over.
    due_at bigint,
    attempts bigint not null,
    -- Who has the lease, or had it last; the fence rises with every lease.
    holder uuid,
    fence bigint not null default 0,
    created_at bigint not null,
    last_attempt_at bigint,
    last_status bigint,
    last_error text,
    constraint deliveries_pk primary key (team_id, delivery_id),
    constraint deliveries_webhook_fk foreign key (team_id, webhook_id) references webhooks (team_id, webhook_id)
);

create index deliveries_webhook on deliveries (team_id, webhook_id, delivery_id);
create index deliveries_due on deliveries (team_id, webhook_id, due_at, delivery_id) where due_at is not null;

create table api_keys (
    team_id uuid not null,
    key_id uuid not null,
    role text not null,
    rep_id uuid,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    name text,
    prefix text,
    hash bytea,
    constraint api_keys_pk primary key (team_id, key_id),
    constraint api_keys_team_fk foreign key (team_id) references teams (team_id)
);

create unique index api_keys_hash on api_keys (team_id, hash);

-- Requests that were accepted, by credential, method, path and `Idempotency-Key`, all hashed.
create table remembered (
    team_id uuid not null,
    scope bytea not null,
    body bytea not null,
    answer text not null,
    expires_at bigint not null,
    constraint remembered_pk primary key (team_id, scope)
);

create index remembered_expiry on remembered (team_id, expires_at, scope);

-- Who may do the work of a name for a team until when; the fence rises with every holder.
create table leases (
    team_id uuid not null,
    name text not null,
    holder uuid not null,
    fence bigint not null,
    expires_at bigint not null,
    constraint leases_pk primary key (team_id, name)
);
