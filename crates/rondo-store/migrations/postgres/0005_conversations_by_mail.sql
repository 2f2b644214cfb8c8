-- Why: conversations by mail. Mailboxes of the assistant, what campaigns write, the messages of both sides, what is to be
-- sent, and addresses that are never written to. Expands alone: an earlier version names the columns that it writes,
-- and leaves the new ones as they are, which says that nothing was written to anybody.
--
-- What a message says stands in the columns that may be null, beside what the ledger knows of it: it goes with the
-- person. `mails` is an outbox, and no part of what the ledger says.

create table mailboxes (
    team_id uuid not null,
    mailbox_id uuid not null,
    created_at bigint not null,
    removed_at bigint,
    name text,
    email text,
    email_key bytea,
    has_plus_addresses bigint,
    -- Servers, as JSON without their secrets; no `imap` where mail is delivered to Rondo.
    smtp text,
    smtp_secret bytea,
    imap text,
    imap_secret bytea,
    -- How far the mailbox was read, and of which server, user and folder that is said; by whoever has the lease of it.
    read_of text,
    uid_validity bigint,
    last_uid bigint,
    last_read_at bigint,
    -- What is wrong in each direction, and since when.
    read_error text,
    read_error_at bigint,
    send_error text,
    send_error_at bigint,
    constraint mailboxes_pk primary key (team_id, mailbox_id),
    constraint mailboxes_team_fk foreign key (team_id) references teams (team_id)
);

create table campaign_texts (
    team_id uuid not null,
    campaign_id uuid not null,
    -- Counted from 0.
    step bigint not null,
    subject text,
    body text not null,
    body_html text,
    constraint campaign_texts_pk primary key (team_id, campaign_id, step),
    constraint campaign_texts_campaign_fk foreign key (team_id, campaign_id)
        references campaigns (team_id, campaign_id)
);

create table messages (
    team_id uuid not null,
    message_id uuid not null,
    -- The ledger entry that tells of it.
    n bigint not null,
    at bigint not null,
    mailbox_id uuid not null,
    campaign_id uuid,
    conversation_id uuid,
    lead_id uuid,
    -- `received`, or what kind of message goes out: `step`, `answer`, `handover`, `note`, `reminder`, `escalation`.
    kind text not null,
    step bigint,
    assignment_id uuid,
    sender text,
    rep_id uuid,
    label text,
    handling text,
    review_reason text,
    -- What a person said that it means.
    corrected_label text,
    -- A person is to see to this message, which no conversation in review stands for.
    is_open bigint not null,
    key bytea,
    -- Of the sender of a message that belongs to no conversation: it goes with the person.
    from_key bytea,
    message_header text,
    references_header text,
    from_address text,
    to_addresses text,
    cc_addresses text,
    subject text,
    body text,
    quoted_text text,
    body_html text,
    reading text,
    constraint messages_pk primary key (team_id, message_id)
);

create index messages_conversation on messages (team_id, conversation_id, message_id);
create unique index messages_key on messages (team_id, mailbox_id, key) where key is not null;
create index messages_from on messages (team_id, from_key) where conversation_id is null and from_key is not null;
create index messages_open on messages (team_id, message_id) where is_open = 1;
create index messages_held on messages (team_id, message_id) where handling = 'held';

-- Messages as they came, byte for byte.
create table raw_messages (
    team_id uuid not null,
    message_id uuid not null,
    raw bytea not null,
    constraint raw_messages_pk primary key (team_id, message_id)
);

create table mails (
    team_id uuid not null,
    message_id uuid not null,
    mailbox_id uuid not null,
    kind text not null,
    -- `queued`, `sent` or `failed`.
    state text not null,
    -- When it is to be tried next; null once it is over. Whoever has the lease of the mailbox sends it.
    due_at bigint,
    attempts bigint not null,
    created_at bigint not null,
    sent_at bigint,
    last_error text,
    -- `rep` where the lead has it and the rep has not; null while it is for everybody.
    left_to text,
    constraint mails_pk primary key (team_id, message_id),
    constraint mails_mailbox_fk foreign key (team_id, mailbox_id) references mailboxes (team_id, mailbox_id)
);

create index mails_due on mails (team_id, mailbox_id, due_at, message_id) where due_at is not null;
create index mails_steps on mails (team_id, mailbox_id, created_at) where kind = 'step';

create table suppressions (
    team_id uuid not null,
    suppression_id uuid not null,
    created_at bigint not null,
    lifted_at bigint,
    why text not null,
    lead_id uuid,
    -- The key stays when the person is erased.
    email_key bytea,
    email text,
    constraint suppressions_pk primary key (team_id, suppression_id)
);

create unique index suppressions_email on suppressions (team_id, email_key) where lifted_at is null;
create index suppressions_lead on suppressions (team_id, lead_id) where lead_id is not null;

create table qualifiers (
    team_id uuid not null,
    kind text not null,
    base_url text,
    model text,
    sealed_key bytea,
    -- A JSON object of labels and probabilities.
    thresholds text,
    constraint qualifiers_pk primary key (team_id),
    constraint qualifiers_team_fk foreign key (team_id) references teams (team_id)
);

alter table teams add column handover_template text;

alter table api_keys add column mailbox_id uuid;

alter table campaigns add column mailbox_id uuid;
-- How it writes, as JSON.
alter table campaigns add column mail_plan text;

-- The mailbox through which it is led; null before anything was written.
alter table conversations add column mailbox_id uuid;
alter table conversations add column next_step bigint not null default 0;
-- When the campaign's next message is due; null while none follows, and before the first.
alter table conversations add column next_at bigint;
alter table conversations add column review_reason text;

-- Those that were not written to yet, in the order in which they joined.
create index conversations_unwritten on conversations (team_id, campaign_id, conversation_id)
    where status = 'awaiting_assistant';
create index conversations_next on conversations (team_id, campaign_id, next_at, conversation_id)
    where next_at is not null;

-- Since when the rep's first word is awaited; null once it came, or nobody waits for it any more.
alter table assignments add column awaits_rep_since bigint;
alter table assignments add column reminders bigint not null default 0;
alter table assignments add column rep_wrote_at bigint;
alter table assignments add column taken_over_at bigint;

create index assignments_awaiting on assignments (team_id, awaits_rep_since, n) where awaits_rep_since is not null;

-- citus: distribute mailboxes
-- citus: distribute campaign_texts
-- citus: distribute messages
-- citus: distribute raw_messages
-- citus: distribute mails
-- citus: distribute suppressions
-- citus: distribute qualifiers
