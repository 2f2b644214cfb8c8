# The ledger as people read it: the newest first, by number, by kind.

ledger-title = Ledger
ledger-about = Everything that happened in the team, the newest first. Entries are numbered without a gap, and none is ever changed.
ledger-updated = The ledger has new entries.

ledger-number = Entry number
ledger-show = Show
ledger-what = What happened
ledger-everything = Everything
# All kinds of an area, such as Campaigns.
ledger-all-of = { $area }: all
ledger-filter = Filter
# What is wrong with the number: “This is not there yet …”
ledger-not-there = is not there yet; the last entry is { $last }
ledger-not-a-number = is not an entry’s number; expected one as 123

ledger-none = Nothing of this kind happened
ledger-none-show = Show everything
ledger-none-here = Nothing of this kind in these entries
ledger-none-here-hint = Look further back, or choose another kind.

ledger-entry = Entry { $n }
ledger-goes-on = It goes on: the whole entry is at <code>GET /v1/ledger?after={ $after }&amp;limit=1</code>.
# What an entry is about, by its name; reps and users are called by their name alone.
ledger-called = { $kind ->
    [group] group { $name }
    [campaign] campaign { $name }
    [key] key { $name }
    [mailbox] mailbox { $name }
   *[other] { $name }
}
# What an entry is about, where its name is not known.
ledger-called-by-kind = { $kind ->
    [rep] rep
    [group] group
    [campaign] campaign
    [lead] an erased lead
    [conversation] conversation
    [assignment] assignment
    [user] user
    [key] key
    [mailbox] mailbox
    [webhook] webhook
   *[other] { $kind }
}

# What an unfolded entry says, and the fold below it with the same for programs.
ledger-raw = As it stands in the ledger
ledger-fact-leads = Leads
ledger-fact-reason = Why this rep
ledger-fact-waits = The lead
ledger-fact-reps = Members
ledger-fact-conversation = Conversation
ledger-fact-assignment = Assignment
ledger-fact-assignment-before = Assignment before
ledger-fact-turn-before = Last turn before
ledger-fact-turn-after = Last turn after
ledger-fact-passed-over = Passed over
ledger-fact-owner-away = Owner, out of office
ledger-fact-owns = Owns the lead now
ledger-fact-owner = Owner named
ledger-fact-new-lead = New lead
ledger-fact-waiting-since = Waited since
ledger-fact-place = Place in the circle
ledger-fact-copied-from = Copy of
ledger-fact-rotation = Turns
ledger-fact-owner-is-out = When the owner is out
ledger-fact-launch = Launches
ledger-fact-from = From
ledger-fact-until = Until
ledger-fact-first-day = First day
ledger-fact-last-day = Last day
ledger-fact-leads-became = Their leads
ledger-fact-successor = Successor
ledger-fact-user = Member
ledger-fact-role = Role
ledger-fact-key = API key
ledger-fact-mailbox = Mailbox
ledger-fact-webhook = Webhook
ledger-fact-events = Events
ledger-fact-expires = Expires
ledger-fact-pace = Requests a second, at most
ledger-fact-label = The reply
ledger-fact-labelled = It means
ledger-fact-action = What was done
ledger-fact-becomes = The conversation
ledger-fact-why = Why
ledger-fact-qualifier = Who reads replies
ledger-fact-mail = What is sent
ledger-fact-next = Next message
ledger-fact-reminder = Reminder after working hours
ledger-fact-routed = The rep who gets a lead owns it
ledger-fact-wait-days = Days before each message
ledger-fact-daily-limit = Messages a day, at most
# Behind the first of many things.
ledger-fact-more = and { $count } more

ledger-newer = Newer
ledger-look-back = Look further back

# Who brought an entry about, where it is no member by their address.
ledger-by-clock = Rondo, by the clock
ledger-by-cli = The command line
ledger-by-key = Key { $key }
ledger-by-rep = { $rep }, by a link in a mail

# More about what happened, in small letters behind it, one after the other with commas.
# A role: “Member added as admin”.
ledger-note-role = { $word ->
    [admin] as admin
    [rep] as rep
    [router] as router
    [mailbox] as mailbox
    [viewer] as viewer
   *[unknown] as { $word }
}
# Why a rep has a lead.
ledger-note-reason = { $word ->
    [owner] the lead was theirs
    [turn] it was their turn
    [manual] passed on by a person
    [transfer] came with the leads of a rep who left
   *[unknown] by { $word }
}
# What a reply means: “Message received: read as question”.
ledger-note-label = { $word ->
    [high_intent] read as high intent
    [question] read as a question
    [not_now] read as not now
    [not_interested] read as not interested
    [unsubscribe] read as no more mail
    [wrong_person] read as the wrong person
    [auto_reply] read as an automatic reply
    [bounce] read as a mail that could not be delivered
    [other] read as something else
   *[unknown] read as { $word }
}
# What a person said that a reply means.
ledger-note-labelled = { $word ->
    [high_intent] high intent
    [question] a question
    [not_now] not now
    [not_interested] not interested
    [unsubscribe] no more mail
    [wrong_person] the wrong person
    [auto_reply] an automatic reply
    [bounce] a mail that could not be delivered
    [other] something else
   *[unknown] { $word }
}
# What a person did about a conversation: “Review done: qualified by a person”.
ledger-note-action = { $word ->
    [label] a person said what the reply means
    [answer] the lead was answered
    [qualify] qualified by a person
    [forward] given to a certain rep
    [close] seen, and closed
    [resume] the campaign goes on with this lead
   *[unknown] { $word }
}
# How a conversation stands since.
ledger-note-becomes = { $word ->
    [awaiting_lead] now awaiting the lead
    [awaiting_assistant] now the assistant’s turn
    [in_review] now in review
    [qualified] now high intent
    [not_interested] now not interested
    [unsubscribed] now unsubscribed
    [unresponsive] never answered
    [bounced] now bounced
    [cancelled] now cancelled
   *[unknown] now { $word }
}
# Why something is to be looked at, then why an address is never written to.
ledger-note-why = { $word ->
    [uncertain] what the reply means is not certain enough
    [to_be_answered] a person should answer
    [referral] the reply names somebody else
    [no_conversation] it belongs to no conversation
    [other_sender] somebody else than the lead wrote
    [weak_tie] it may not belong here
    [unauthenticated] the sender is in doubt
    [rep_unreached] the rep’s copy could not be delivered
    [rep_seems_away] the rep seems to be away
    [campaign_over] the campaign was cancelled
    [missing_fields] the lead lacks fields that the message names
    [loop] two programs seem to answer each other
    [wrong_lead] the rep said that this is no lead for sales
    [not_sent] a message could not be sent
    [unsubscribe] the person asked for it
    [hard_bounce] there is no such address
    [complaint] the person complained
    [manual] by an admin
   *[unknown] because of { $word }
}
# Who reads replies from then on.
ledger-note-qualifier = { $word ->
    [embedded] the one built in
    [openai] OpenAI
    [anthropic] Anthropic
    [ollama] Ollama
   *[unknown] { $word }
}
# What is on its way.
ledger-note-mail = { $word ->
    [step] a campaign’s message
    [answer] an answer to the lead
    [handover] the handover
    [note] a note to the rep
    [reminder] a reminder to the rep
    [escalation] word to an admin that the rep has not written
   *[unknown] { $word }
}
# Whose turns a campaign takes.
ledger-note-rotation = { $word ->
    [campaign] the campaign’s own
    [group] shared by campaigns of the group
   *[unknown] { $word }
}
# Where a lead goes whose owner is out of office.
ledger-note-owner-is-out = { $word ->
    [owner] to the owner all the same
    [round_robin] to whoever is next
   *[unknown] { $word }
}
# What became of the leads that a removed rep owned.
ledger-note-leads-became = { $word ->
    [released] nobody owns them
    [transferred_to] another rep owns them
   *[unknown] { $word }
}
# What a lead waits for.
ledger-note-held = waits until the campaign resumes
ledger-note-waits = waits until somebody is available
ledger-note-leads = { $count ->
    [one] { $count } lead
   *[other] { $count } leads
}
ledger-note-reps = { $count ->
    [one] { $count } rep
   *[other] { $count } reps
}

# What kinds of entries are about, and what happened, by the kind.
ledger-area-routing = Assignments
ledger-area-leads = Leads
ledger-area-mail = Conversations and mail
ledger-area-reps = Sales reps and absences
ledger-area-groups = Sales groups
ledger-area-campaigns = Campaigns
ledger-area-access = Settings and access

ledger-kind-qualified = Lead qualified
ledger-kind-waiting-assigned = Waiting lead assigned
ledger-kind-reassigned = Lead passed on
ledger-kind-taken-over = Rep has the lead in hand
ledger-kind-rep-not-awaited = Rep is reminded no more

ledger-kind-leads-added = Leads added
ledger-kind-lead-changed = Lead changed
ledger-kind-lead-erased = Person erased

ledger-kind-mail-queued = Mail on its way
ledger-kind-step-held = Next message held back
ledger-kind-message-received = Message received
ledger-kind-message-released = Held message acted on
ledger-kind-message-closed = Message closed
ledger-kind-reviewed = Review done
ledger-kind-sent-to-review = Sent to review
ledger-kind-suppressed = Address suppressed
ledger-kind-suppression-lifted = Suppression lifted

ledger-kind-rep-added = Sales rep added
ledger-kind-rep-changed = Sales rep changed
ledger-kind-rep-removed = Sales rep removed
ledger-kind-absence-added = Absence entered
ledger-kind-absence-changed = Absence changed
ledger-kind-absence-removed = Absence removed
ledger-kind-rep-away = Out of office began
ledger-kind-rep-back = Back, and available

ledger-kind-group-created = Sales group made
ledger-kind-group-renamed = Sales group renamed
ledger-kind-group-deleted = Sales group deleted
ledger-kind-member-added = Rep joined a group
ledger-kind-member-removed = Rep left a group

ledger-kind-campaign-created = Campaign made
ledger-kind-campaign-changed = Campaign changed
ledger-kind-campaign-scheduled = Campaign scheduled
ledger-kind-campaign-launched = Campaign launched
ledger-kind-campaign-paused = Campaign paused
ledger-kind-campaign-resumed = Campaign resumed
ledger-kind-campaign-cancelled = Campaign cancelled
ledger-kind-campaign-deleted = Draft deleted
ledger-kind-messages-set = Messages written

ledger-kind-team-created = Team began
ledger-kind-settings-changed = Settings changed
ledger-kind-user-added = Member added
ledger-kind-user-removed = Member removed
ledger-kind-key-created = API key made
ledger-kind-key-revoked = API key revoked
ledger-kind-webhook-added = Webhook added
ledger-kind-webhook-removed = Webhook removed
ledger-kind-mailbox-added = Mailbox added
ledger-kind-mailbox-changed = Mailbox changed
ledger-kind-mailbox-removed = Mailbox removed
ledger-kind-qualifier-set = Qualifier chosen
ledger-kind-other = Something else
