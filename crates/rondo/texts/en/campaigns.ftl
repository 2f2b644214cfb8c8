# Campaigns: the list, a campaign’s own page, and what can be done to it as a whole. The steps to a launch stand in
# launcher.ftl, the files of leads in upload.ftl.

campaigns-title = Campaigns
campaigns-new = New campaign
campaigns-missing = There is no campaign “{ $id }” in this team.
campaigns-older = Older campaigns

# The list.
campaigns-updated = The list of campaigns was updated.
# The first of the filters by status.
campaigns-all = All
campaigns-none = No campaigns yet
campaigns-none-hint = A campaign sends its qualified leads to a sales group, in turn. It can write to leads itself, or take leads that your own systems report.
campaigns-none-draft = No campaign is a draft
campaigns-none-scheduled = No campaign is scheduled
campaigns-none-running = No campaign is running
campaigns-none-paused = No campaign is paused
campaigns-none-cancelled = No campaign is cancelled
campaigns-see-all = See all campaigns
campaigns-waiting = Waiting
campaigns-launched = Launched
# When it launches, in the column “Launched”.
campaigns-launches-on = on { $when }
campaigns-not-yet = not yet
# What deserves a look, under a campaign’s name.
campaigns-nobody-now = Nobody is available now
campaigns-nobody-ahead = Nobody will be available for a while
campaigns-worth-a-look = Worth a look

# Cautions, on a campaign’s page and before its launch.
campaigns-caution-nobody = Nobody in “{ $group }” is available now. Leads that qualify wait in order until somebody is; a launch needs somebody.
# $gaps: days or times, separated by semicolons.
campaigns-caution-gaps = Nobody in “{ $group }” will be available { $gaps }. Leads that qualify then wait until somebody is.
campaigns-caution-rotation = Other campaigns send leads to the same sales group, and each goes round by itself. With many small campaigns, one shared rotation is fairer: choose it under “Route qualified leads”.
# Another campaign, in upper or lower case, that is not cancelled.
campaigns-caution-name = Another campaign is called so too. Lists and reports show both under this name.
campaigns-open-group = Open { $group }

# A campaign’s page: its head.
campaigns-status-changed = The status of this campaign has changed.
campaigns-go-on-leads = Go on: leads
campaigns-go-on-messages = Go on: messages
campaigns-go-on-routing = Go on: route qualified leads
campaigns-go-on-launch = Go on: review and launch
# $at: the same instant, for machines.
campaigns-launches = Launches on <time datetime="{ $at }">{ $when }</time>, { $ago }.
campaigns-change-launch = Change the time, or launch now
campaigns-is-paused = Paused: nothing is written, and leads that qualify are kept in order until the campaign resumes.
# A campaign that runs and writes nothing: after its launch, and on its page. $conversations and $add are links.
campaigns-launched-silent = Launched. It writes nothing by itself: how leads get to a rep is said below.
campaigns-silent = { $count ->
    [0] This campaign writes nothing. Your own systems report which leads are qualified, or you { $add } and hand them over by hand.
   *[other] This campaign writes nothing. Your own systems report which leads are qualified, or you hand a lead over by hand: open it under { $conversations } and press “Hand over”.
}
campaigns-silent-conversations = the campaign’s conversations
campaigns-silent-add = add leads
campaigns-is-cancelled = Cancelled. What happened stays here; duplicate the campaign to run it again.

# How its leads stand.
campaigns-figures-updated = The figures of this campaign were updated.
campaigns-funnel = How its leads stand
campaigns-no-leads = No leads yet.
# $add: a link, “Add leads”.
campaigns-no-leads-hint = { $add }, or report qualified leads by API: each report brings its lead.
campaigns-add-leads = Add leads
campaigns-funnel-caption = Leads by how far they have come
campaigns-stage = Stage
campaigns-share-of-all = Share of all
campaigns-leads = Leads
campaigns-written = Written to
campaigns-answered = Answered
campaigns-qualified = Qualified
campaigns-with-a-rep = With a rep
campaigns-waiting-for-a-rep = Waiting for a rep
campaigns-ended = Ended without a rep
campaigns-ended-with-it = Ended with the campaign
campaigns-counted-first = Counted over the first { $count } leads that joined.
campaigns-counted = As of { $when }.
campaigns-conversations = See the conversations

# Latest assignments.
campaigns-assigned = A lead of this campaign was assigned.
campaigns-latest = Latest assignments
campaigns-latest-none = None yet
campaigns-latest-none-running = The first lead that qualifies goes to whoever is next.
campaigns-latest-none-hint = Leads are assigned while the campaign runs.
# Beside a rep whose lead another one has by now.
campaigns-passed-on = No longer theirs
campaigns-all-assignments = See all assignments

# Who is next.
campaigns-next-changed = Who is next has changed.
campaigns-next = Who is next
campaigns-nobody-in-group = Nobody is in the sales group yet.
campaigns-nobody-available = Nobody is available. Leads that qualify wait in order until somebody is.
campaigns-in-front = { $count ->
    [one] { $count } lead waits in front.
   *[other] { $count } leads wait in front.
}
campaigns-last-turn = { $name } had the last turn.
campaigns-no-turn = No turn was taken yet.
# Beside whoever is.
campaigns-next-tag = next
# Beside a rep’s name.
campaigns-away-until = out of office until { $when }
campaigns-passes-over = passes over { $name }: out of office
campaigns-passes-over-until = passes over { $name }: out of office until { $when }

# Under who is next. What follows it is told of those who are away soon.
campaigns-next-as-of-now = As things stand now: whoever is out of office when their turn comes is passed over.
campaigns-next-goes-away = { $name } is out of office from { $from } until { $until }.
campaigns-next-goes-away-days = { $name } is out of office { $days }.
campaigns-next-goes-away-open = { $name } is out of office from { $from } on.

# Its settings.
campaigns-settings = Settings
campaigns-rotation = Rotation
campaigns-rotation-own = This campaign’s leads go round by themselves
campaigns-rotation-shared = Shared with the other campaigns of the sales group that chose so
campaigns-owner-away = Owner away
campaigns-owner-away-gets-it = The owner gets the lead all the same
campaigns-owner-away-next = The lead goes to whoever is next
campaigns-messages = Messages
campaigns-messages-none = None: leads are reported as qualified
campaigns-messages-from = { $count } from { $mailbox }
campaigns-hours = Hours
campaigns-hours-any = At any time
# “Mon, Tue from 09:00 to 17:00, Europe/Berlin”
campaigns-hours-in = { $days } from { $from } to { $until }, { $zone }
campaigns-hours-in-team-zone = { $days } from { $from } to { $until }, the team’s time zone
# How much is written each day: “A day: At most 200 messages”.
campaigns-daily = A day
campaigns-daily-limit = { $count ->
    [one] At most { $count } message
   *[other] At most { $count } messages
}
campaigns-daily-any = No limit
campaigns-drafted = Drafted
campaigns-routing = Routing
campaigns-rename = Rename

# Days of the week, short.
campaigns-mon = Mon
campaigns-tue = Tue
campaigns-wed = Wed
campaigns-thu = Thu
campaigns-fri = Fri
campaigns-sat = Sat
campaigns-sun = Sun

# What can be done to a campaign as a whole: buttons.
campaigns-pause = Pause
campaigns-resume = Resume
campaigns-cancel = Cancel campaign
campaigns-duplicate = Duplicate
campaigns-delete = Delete

# What is asked before it is done: the page’s title, its heading, what follows.
campaigns-action-title = { $action ->
    [pause] Pause { $name }
    [resume] Resume { $name }
    [cancel] Cancel { $name }
    [duplicate] Duplicate { $name }
   *[delete] Delete { $name }
}
campaigns-action-ask = { $action ->
    [pause] Pause { $name }?
    [resume] Resume { $name }?
    [cancel] Cancel { $name }?
    [duplicate] Duplicate { $name }?
   *[delete] Delete { $name }?
}
campaigns-action-unknown = There is nothing of this name to do to a campaign.
campaigns-action-effects = What happens:
campaigns-action-final = This is for good.
campaigns-action-leave = Leave it as it is
campaigns-back = Back to the campaign

campaigns-pause-closed = Only a running campaign can be paused.
campaigns-pause-written = { $count ->
    [one] Nothing more is written until you resume; { $count } conversation is open.
   *[other] Nothing more is written until you resume; { $count } conversations are open.
}
campaigns-pause-replies = Replies that come in are kept in order, and acted on when you resume.
campaigns-pause-qualified = Leads that qualify meanwhile are kept in order and go to reps when you resume.
campaigns-pause-waiting = { $count ->
    [one] The { $count } lead that waits for a rep goes on waiting.
   *[other] The { $count } leads that wait for a rep go on waiting.
}
campaigns-pause-assigned = Leads that reps have already stay with them.
campaigns-pause-covered = The reps of its sales group still have to be covered, as for a running campaign.

campaigns-resume-closed = Only a paused campaign can be resumed.
campaigns-resume-kept = Replies and qualifications that were kept are acted on now, in order.
campaigns-resume-waiting = { $count ->
    [one] The { $count } lead that waits goes to its owner at once, or else to the next available rep.
   *[other] The { $count } leads that wait go to their owners at once, or else to the next available reps.
}
campaigns-resume-written = Messages go out again, within their hours.

campaigns-cancel-closed = It is cancelled already.
campaigns-cancel-written = { $count ->
    [one] Nothing more is written: { $count } conversation is open, and will end. Late replies go to review.
   *[other] Nothing more is written: { $count } conversations are open, and will end. Late replies go to review.
}
# Without mail.
campaigns-cancel-open = { $count ->
    [one] The { $count } lead that is not qualified yet ends here.
   *[other] The { $count } leads that are not qualified yet end here.
}
campaigns-cancel-waiting = { $count ->
    [one] The { $count } lead that waits for a rep goes to review, still high intent.
   *[other] The { $count } leads that wait for a rep go to review, still high intent.
}
campaigns-cancel-assigned = Leads that reps have already stay with them, and the history stays.
campaigns-cancel-group = It no longer keeps its sales group from being changed or deleted.

campaigns-duplicate-draft = You get a new draft with the same messages and settings.
campaigns-duplicate-leads = It has no leads and no history, and its rotation begins afresh.
campaigns-duplicate-stays = This campaign stays as it is.

campaigns-delete-closed = Only a draft can be deleted. Cancel the campaign instead: its history stays.
campaigns-delete-draft = { $count ->
    [one] The draft is gone, with its messages. Its { $count } lead stays in the team.
   *[other] The draft is gone, with its messages. Its { $count } leads stay in the team.
}
