-- Why: what waits longest for a person comes first, and what awaits the assistant is found among what was not begun.
--
-- `review_since` says when a conversation came into review the last time; it stays afterwards. What is in review
-- already, or was sent there by an earlier version, has been so for longer than anything that comes after it: 0, or the
-- time before. No ledger entry is read again for it, and `rondo verify` leaves it out. Both indexes are of few
-- conversations.

alter table conversations add column review_since bigint not null default 0;

create index conversations_review on conversations (team_id, review_since, conversation_id)
    where status = 'in_review';
create index conversations_begun on conversations (team_id, status, conversation_id)
    where status = 'awaiting_assistant' and (mailbox_id is not null or next_at is not null);
