-- Why: a note belongs to whoever got the lead with it, and a later one took its place.
--
-- `note` is the one with which a lead was passed on; that with which it was qualified stays with the conversation. A person
-- who is erased has few assignments with one, and the index is of those alone.

alter table assignments add column note text;

create index assignments_noted on assignments (team_id, conversation_id) where note is not null;
