-- Why: three lists walked through a campaign or a team to find a few rows.
--
-- A rep's assignments of one campaign are told apart within the index by rep, which has the campaign behind its order
-- now, in place of an index of their own: that would cost every assignment several times as much. What a cancelled
-- campaign left open is found by campaign; `conversations_unwritten` has those that nothing was written to, and the new
-- index those who were written to, so that no conversation pays for it that is led without mail. The leads of a campaign
-- are found in the order of leads. An earlier version does with the new index by rep all that it did with the old one,
-- which goes with the next migration.

create index assignments_rep_campaign on assignments (team_id, rep_id, n, campaign_id);
create index conversations_written on conversations (team_id, campaign_id, conversation_id)
    where status = 'awaiting_lead';
create index conversations_lead on conversations (team_id, campaign_id, lead_id);
