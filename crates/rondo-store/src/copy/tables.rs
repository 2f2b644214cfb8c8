//! What a copy carries: every table of a team, whole.

use crate::rows::ForEach;

/// A table as it is read from one database and written to another; both name the columns in the same order.
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    /// A team's rows, all columns.
    pub(super) read: &'static str,
    /// How many rows there are.
    pub(super) count: &'static str,
    /// Writes rows.
    pub(super) write: ForEach,
}

/// Every table but those that say who works or is signed in just now, `leases`, `sessions` and `sign_in_links`; none before one that it refers to.
pub(super) static TABLES: [Table; 24] = [
    Table {
        name: "teams",
        read: "select team_id, revision, last_at, due_at, created_at, name, default_group_id,
                      routed_rep_becomes_owner, reminder_after_working_hours, time_zone, handover_template
               from teams
               where team_id = $1",
        count: "select count(*)
                from teams
                where team_id = $1",
        write: ForEach::insert(
            "insert into teams (team_id, revision, last_at, due_at, created_at, name, default_group_id,
                              routed_rep_becomes_owner, reminder_after_working_hours, time_zone,
                              handover_template)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        ),
    },
    Table {
        name: "users",
        read: "select team_id, user_id, role, email, email_key, added_at, rep_id, removed_at
               from users
               where team_id = $1",
        count: "select count(*)
                from users
                where team_id = $1",
        write: ForEach::insert(
            "insert into users (team_id, user_id, role, email, email_key, added_at, rep_id, removed_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        ),
    },
    Table {
        name: "sign_ins",
        read: "select team_id, user_id, password_hash, set_at
               from sign_ins
               where team_id = $1",
        count: "select count(*)
                from sign_ins
                where team_id = $1",
        write: ForEach::insert(
            "insert into sign_ins (team_id, user_id, password_hash, set_at)
             values ($1, $2, $3, $4)",
        ),
    },
    Table {
        name: "reps",
        read: "select team_id, rep_id, added_at, removed_at, leads_became, leads_to_id, is_said_away, seal,
                      name, email, email_key, phone, time_zone, calendar_link, salt
               from reps
               where team_id = $1",
        count: "select count(*)
                from reps
                where team_id = $1",
        write: ForEach::insert(
            "insert into reps (team_id, rep_id, added_at, removed_at, leads_became, leads_to_id, is_said_away,
                             seal, name, email, email_key, phone, time_zone, calendar_link, salt)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        ),
    },
    Table {
        name: "absences",
        read: "select team_id, absence_id, rep_id, from_at, until_at, from_date, last_date, source, note
               from absences
               where team_id = $1",
        count: "select count(*)
                from absences
                where team_id = $1",
        write: ForEach::insert(
            "insert into absences (team_id, absence_id, rep_id, from_at, until_at, from_date, last_date,
                                 source, note)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        ),
    },
    Table {
        name: "sales_groups",
        read: "select team_id, group_id, name, name_key, next_place, cursor_place, cursor_rep_id, created_at,
                      is_deleted
               from sales_groups
               where team_id = $1",
        count: "select count(*)
                from sales_groups
                where team_id = $1",
        write: ForEach::insert(
            "insert into sales_groups (team_id, group_id, name, name_key, next_place, cursor_place,
                                     cursor_rep_id, created_at, is_deleted)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        ),
    },
    Table {
        name: "members",
        read: "select team_id, group_id, place, rep_id, added_at
               from members
               where team_id = $1",
        count: "select count(*)
                from members
                where team_id = $1",
        write: ForEach::insert(
            "insert into members (team_id, group_id, place, rep_id, added_at)
             values ($1, $2, $3, $4, $5)",
        ),
    },
    Table {
        name: "campaigns",
        read: "select team_id, campaign_id, name, group_id, rotation, when_owner_is_out, status, launch_at,
                      launched_at, cursor_place, cursor_rep_id, copied_from_id, created_at, mailbox_id,
                      mail_plan
               from campaigns
               where team_id = $1",
        count: "select count(*)
                from campaigns
                where team_id = $1",
        write: ForEach::insert(
            "insert into campaigns (team_id, campaign_id, name, group_id, rotation, when_owner_is_out, status,
                                  launch_at, launched_at, cursor_place, cursor_rep_id, copied_from_id,
                                  created_at, mailbox_id, mail_plan)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        ),
    },
    Table {
        name: "leads",
        read: "select team_id, lead_id, created_at, owner_id, owner_source, is_high_intent, erased_at,
                      email_key, email, name, company, external_id, attributes
               from leads
               where team_id = $1",
        count: "select count(*)
                from leads
                where team_id = $1",
        write: ForEach::insert(
            "insert into leads (team_id, lead_id, created_at, owner_id, owner_source, is_high_intent,
                              erased_at, email_key, email, name, company, external_id, attributes)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        ),
    },
    Table {
        name: "conversations",
        read: "select team_id, conversation_id, campaign_id, lead_id, status, assignment_id, rep_id,
                      created_at, note, mailbox_id, next_step, next_at, review_reason, review_since
               from conversations
               where team_id = $1",
        count: "select count(*)
                from conversations
                where team_id = $1",
        write: ForEach::insert(
            "insert into conversations (team_id, conversation_id, campaign_id, lead_id, status, assignment_id,
                                      rep_id, created_at, note, mailbox_id, next_step, next_at,
                                      review_reason, review_since)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        ),
    },
    Table {
        name: "waiting",
        read: "select team_id, cursor_id, since, campaign_id, conversation_id, lead_id, is_held
               from waiting
               where team_id = $1",
        count: "select count(*)
                from waiting
                where team_id = $1",
        write: ForEach::insert(
            "insert into waiting (team_id, cursor_id, since, campaign_id, conversation_id, lead_id, is_held)
             values ($1, $2, $3, $4, $5, $6, $7)",
        ),
    },
    Table {
        name: "assignments",
        read: "select team_id, n, assignment_id, conversation_id, lead_id, campaign_id, rep_id, reason,
                      decided_at, is_standing, awaits_rep_since, reminders, rep_wrote_at, taken_over_at, note
               from assignments
               where team_id = $1",
        count: "select count(*)
                from assignments
                where team_id = $1",
        write: ForEach::insert(
            "insert into assignments (team_id, n, assignment_id, conversation_id, lead_id, campaign_id, rep_id,
                                    reason, decided_at, is_standing, awaits_rep_since, reminders,
                                    rep_wrote_at, taken_over_at, note)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        ),
    },
    Table {
        name: "ledger",
        read: "select team_id, n, at, actor, kind, version, body, hash, batch_id, is_about_leads
               from ledger
               where team_id = $1",
        count: "select count(*)
                from ledger
                where team_id = $1",
        write: ForEach::insert(
            "insert into ledger (team_id, n, at, actor, kind, version, body, hash, batch_id, is_about_leads)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        ),
    },
    Table {
        name: "webhooks",
        read: "select team_id, webhook_id, events, created_at, removed_at, disabled_at, url, sealed_secret
               from webhooks
               where team_id = $1",
        count: "select count(*)
                from webhooks
                where team_id = $1",
        write: ForEach::insert(
            "insert into webhooks (team_id, webhook_id, events, created_at, removed_at, disabled_at, url,
                                 sealed_secret)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        ),
    },
    Table {
        name: "deliveries",
        read: "select team_id, delivery_id, webhook_id, n, event, state, due_at, attempts, holder, fence,
                      created_at, last_attempt_at, last_status, last_error
               from deliveries
               where team_id = $1",
        count: "select count(*)
                from deliveries
                where team_id = $1",
        write: ForEach::insert(
            "insert into deliveries (team_id, delivery_id, webhook_id, n, event, state, due_at, attempts,
                                   holder, fence, created_at, last_attempt_at, last_status, last_error)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        ),
    },
    Table {
        name: "api_keys",
        read: "select team_id, key_id, role, rep_id, created_at, expires_at, revoked_at, name, prefix, hash,
                      requests_per_second_max, mailbox_id
               from api_keys
               where team_id = $1",
        count: "select count(*)
                from api_keys
                where team_id = $1",
        write: ForEach::insert(
            "insert into api_keys (team_id, key_id, role, rep_id, created_at, expires_at, revoked_at, name,
                                 prefix, hash, requests_per_second_max, mailbox_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        ),
    },
    Table {
        name: "remembered",
        read: "select team_id, scope, body, answer, expires_at
               from remembered
               where team_id = $1",
        count: "select count(*)
                from remembered
                where team_id = $1",
        write: ForEach::insert(
            "insert into remembered (team_id, scope, body, answer, expires_at)
             values ($1, $2, $3, $4, $5)",
        ),
    },
    Table {
        name: "mailboxes",
        read: "select team_id, mailbox_id, created_at, removed_at, name, email, email_key, has_plus_addresses,
                      smtp, smtp_secret, imap, imap_secret, read_of, uid_validity, last_uid, last_read_at,
                      read_error, read_error_at, send_error, send_error_at
               from mailboxes
               where team_id = $1",
        count: "select count(*)
                from mailboxes
                where team_id = $1",
        write: ForEach::insert(
            "insert into mailboxes (team_id, mailbox_id, created_at, removed_at, name, email, email_key,
                                    has_plus_addresses, smtp, smtp_secret, imap, imap_secret, read_of,
                                    uid_validity, last_uid, last_read_at, read_error, read_error_at,
                                    send_error, send_error_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        ),
    },
    Table {
        name: "campaign_texts",
        read: "select team_id, campaign_id, step, subject, body, body_html
               from campaign_texts
               where team_id = $1",
        count: "select count(*)
                from campaign_texts
                where team_id = $1",
        write: ForEach::insert(
            "insert into campaign_texts (team_id, campaign_id, step, subject, body, body_html)
             values ($1, $2, $3, $4, $5, $6)",
        ),
    },
    Table {
        name: "messages",
        read: "select team_id, message_id, n, at, mailbox_id, campaign_id, conversation_id, lead_id, kind, step,
                      assignment_id, sender, rep_id, label, handling, review_reason, corrected_label, is_open,
                      key, from_key, message_header, references_header, from_address, to_addresses, cc_addresses, subject,
                      body, quoted_text, body_html, reading
               from messages
               where team_id = $1",
        count: "select count(*)
                from messages
                where team_id = $1",
        write: ForEach::insert(
            "insert into messages (team_id, message_id, n, at, mailbox_id, campaign_id, conversation_id,
                                   lead_id, kind, step, assignment_id, sender, rep_id, label, handling,
                                   review_reason, corrected_label, is_open, key, from_key,
                                   message_header, references_header, from_address, to_addresses, cc_addresses, subject, body,
                                   quoted_text, body_html, reading)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                     $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)",
        ),
    },
    Table {
        name: "raw_messages",
        read: "select team_id, message_id, raw
               from raw_messages
               where team_id = $1",
        count: "select count(*)
                from raw_messages
                where team_id = $1",
        write: ForEach::insert(
            "insert into raw_messages (team_id, message_id, raw)
             values ($1, $2, $3)",
        ),
    },
    Table {
        name: "mails",
        read: "select team_id, message_id, mailbox_id, kind, state, due_at, attempts, created_at, sent_at,
                      last_error, left_to
               from mails
               where team_id = $1",
        count: "select count(*)
                from mails
                where team_id = $1",
        write: ForEach::insert(
            "insert into mails (team_id, message_id, mailbox_id, kind, state, due_at, attempts, created_at,
                                sent_at, last_error, left_to)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        ),
    },
    Table {
        name: "suppressions",
        read: "select team_id, suppression_id, created_at, lifted_at, why, lead_id, email_key, email
               from suppressions
               where team_id = $1",
        count: "select count(*)
                from suppressions
                where team_id = $1",
        write: ForEach::insert(
            "insert into suppressions (team_id, suppression_id, created_at, lifted_at, why, lead_id, email_key,
                                       email)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        ),
    },
    Table {
        name: "qualifiers",
        read: "select team_id, kind, base_url, model, sealed_key, thresholds
               from qualifiers
               where team_id = $1",
        count: "select count(*)
                from qualifiers
                where team_id = $1",
        write: ForEach::insert(
            "insert into qualifiers (team_id, kind, base_url, model, sealed_key, thresholds)
             values ($1, $2, $3, $4, $5, $6)",
        ),
    },
];
