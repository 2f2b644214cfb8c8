# The steps to a campaign’s launch: a new draft, leads, messages, routing, launch. Files of leads stand in upload.ftl.

# The steps, each with a note.
launcher-steps = Steps to the launch
launcher-leads = Leads
launcher-messages = Messages
launcher-routing = Route qualified leads
launcher-launch = Review and launch
launcher-step-done = { $step }<span class="unseen">, done</span>
launcher-step-fine = { $step }<span class="unseen">, good as it is</span>
launcher-step-to-do = { $step }<span class="unseen">, to do</span>
# $shown: the number as it is shown, 1,234.
launcher-note-leads = { $count ->
    [one] { $shown } lead
   *[other] { $shown } leads
}
launcher-note-leads-none = none yet: leads that are reported join by themselves
launcher-note-leads-missing = none yet: nobody to write to
launcher-note-written = written
launcher-note-silent = none: leads are reported, or handed over by hand
launcher-note-routing = to { $group }
launcher-note-routing-nobody = to { $group }: nobody is available
launcher-note-scheduled = scheduled for { $when }
launcher-note-launch = review everything
launcher-save-and-go-on = Save and go on

# Titles of the steps’ pages, by the campaign’s name.
launcher-leads-page = Leads of { $name }
launcher-messages-page = Messages of { $name }
launcher-routing-page = Route qualified leads of { $name }
launcher-launch-page = Launch { $name }

# A new campaign.
launcher-new-name-hint = As your team knows it, such as Spring webinar. Leads see it only where a message names it.
launcher-new-make = Make the draft
launcher-new-follows = What follows
launcher-new-leads = <strong>Leads</strong>: a file, a list, or one by one.
launcher-new-messages = <strong>Messages</strong>: what is written to them. Skip this if your own systems report who is qualified.
launcher-new-routing = <strong>Route qualified leads</strong>: the sales group that takes them, in turn.
launcher-new-launch = <strong>Review and launch</strong>: now, or at a time that you choose.
launcher-new-kept = The draft is kept: you can leave it at any step and go on later.

# Leads.
launcher-leads-none = Nobody is in this campaign yet.
launcher-leads-count = { $count ->
    [one] <strong>{ $shown } lead is in this campaign.</strong>
   *[other] <strong>{ $shown } leads are in this campaign.</strong>
}
launcher-leads-count-cut = <strong>{ $shown } and more leads are in this campaign.</strong>
launcher-leads-see = See them
launcher-leads-reported = Leads that your own systems report as qualified join by themselves.
launcher-leads-running = This campaign runs: leads that you add now are written to as soon as its messages and hours say.
launcher-leads-from-file = From a file
launcher-leads-file = File
launcher-leads-file-hint = CSV as HubSpot, Salesforce or a spreadsheet exports it: up to 20 MB, with one lead in each row. You see what each column is taken for before anything is kept.
launcher-leads-upload = Upload
launcher-leads-from-list = From a list
launcher-leads-list = Addresses
# $example: a name and an address, as a mail program has them.
launcher-leads-list-hint = One on each line, or separated by commas. A name can stand in front: { $example }. Cells from a spreadsheet can be pasted too.
# Under the field: “This is empty …”
launcher-leads-list-empty = is empty: paste addresses, one on each line
launcher-leads-add-these = Add these
launcher-leads-one = One lead
launcher-leads-owner = Lead owner
launcher-leads-no-owner = Nobody: it goes to whoever is next
launcher-leads-owner-hint = An owner gets the lead out of turn, in the campaign’s sales group or not.
launcher-leads-add = Add lead
launcher-leads-known = This person is known, and does not join the campaign: { $why }
launcher-leads-go-on = Go on to messages
launcher-leads-go-on-without = Go on without leads

# Messages.
launcher-messages-need-not = A campaign need not write: your own systems can report which leads are qualified, or you hand a lead over in its conversation.
launcher-messages-skip = Skip this step
launcher-messages-no-mailbox = No mailbox yet
launcher-messages-no-mailbox-hint = Messages go out from a mailbox of your assistant. <a href="/settings/mailboxes">Add one under Settings</a>, and come back: the draft is kept.
launcher-messages-from = From
launcher-messages-mailbox = Mailbox
launcher-messages-mailbox-fixed = Fixed since the campaign has started.
launcher-messages-first = First message
launcher-messages-follow-up = Follow-up { $number }
launcher-messages-remove = Remove<span class="unseen"> message { $number }</span>
launcher-messages-subject = Subject
launcher-messages-own-subject = Subject of its own
launcher-messages-own-subject-hint = Empty: it stays in the thread.
launcher-messages-text = Text
launcher-messages-wait-first = Days after the lead joined
launcher-messages-wait-first-hint = 0: as soon as the campaign runs.
launcher-messages-wait = Days after the message before
launcher-messages-wait-hint = Goes out only if the lead has not answered.
launcher-messages-html = HTML version
launcher-messages-as-html = The same as HTML
launcher-messages-html-hint = Made from the text where it is left empty.
launcher-messages-add = Add a follow-up
launcher-messages-when = When
launcher-messages-hours = Hours
launcher-messages-hours-any = At any time
launcher-messages-hours-some = Only on these days and hours
launcher-messages-days = Days
launcher-messages-hours-from = From
launcher-messages-hours-from-hint = such as 09:00
launcher-messages-hours-until = To
launcher-messages-hours-until-hint = such as 17:00; 24:00 at most
launcher-messages-zone = Time zone
launcher-messages-zone-hint = Empty: the team’s
launcher-messages-limit = Messages a day at most
launcher-messages-limit-hint = Empty: no limit. It holds for all campaigns of the mailbox together.
launcher-messages-save = Save and preview
# What is wrong, under its field: “This names no day …”
launcher-messages-no-day = names no day; choose one or more
launcher-messages-hours-turned = is not later than the beginning
launcher-messages-no-number = is not a whole number from { $least } to { $most }
launcher-messages-wrong = Something is not right yet: it is said beside each field.
# After “Somebody else changed this since you opened it:”.
launcher-messages-outdated = what is saved now stands in the preview below

# What a message can name, with an example of each. Somebody of whom all is known.
launcher-messages-names = What a message can name
launcher-messages-sample-first-name = Ann
launcher-messages-sample-name = Ann Lee
launcher-messages-sample-company = Lee Ltd
launcher-messages-name-of-attribute = any column that was kept under its own name
launcher-messages-name-of-assistant = the mailbox’s name
launcher-messages-name-if = only where it is known
launcher-messages-names-hint = A lead who lacks a field that is named is not written to before it is filled in.

# For those who may not change them.
launcher-messages-none = This campaign writes nothing
launcher-messages-none-hint = Leads are reported as qualified by your own systems.

# The preview. $hours: “Mon, Tue from 09:00 to 17:00, Europe/Berlin”.
launcher-messages-preview = Preview
launcher-messages-as-saved = As saved.
launcher-messages-as-saved-hours = As saved; { $hours }.
launcher-messages-as-saved-from = As saved, from { $mailbox }.
launcher-messages-as-saved-from-hours = As saved, from { $mailbox }; { $hours }.
launcher-messages-for = For
launcher-messages-for-sample = Somebody of whom all is known
launcher-messages-show = Show
launcher-messages-suppressed = This address is never written to: it is on the list of suppressed addresses.
# $names: the fields that are not known.
launcher-messages-lacks = { $count ->
    [one] Not written yet: { $names } is not known of this lead.
   *[other] Not written yet: { $names } are not known of this lead.
}
# When a message goes out.
launcher-messages-after-joining = { $days ->
    [0] as soon as the campaign runs
    [one] { $days } day after the lead joined
   *[other] { $days } days after the lead joined
}
launcher-messages-after-message = { $days ->
    [one] { $days } day after the message before
   *[other] { $days } days after the message before
}
launcher-messages-in-need = Leads who lack what a message names
launcher-messages-in-need-hint = They are not written to before these are filled in.
launcher-messages-in-need-first = The first { $count } are shown.
launcher-messages-in-need-lacks = Lacks

# Routing.
launcher-routing-group = Which sales group takes the leads?
# $available: those of them who are there now.
launcher-routing-members = { $count ->
    [0] nobody in it yet
    [one] { $count } rep, { $available } available now
   *[other] { $count } reps, { $available } available now
}
launcher-routing-nobody-there = nobody there now
launcher-routing-new = A new sales group
launcher-routing-new-hint = name it and choose its reps here
launcher-routing-the-new = The new sales group
launcher-routing-no-reps = There are no sales reps yet. <a href="/reps">Add reps first</a>
launcher-routing-new-name = Name of the group
launcher-routing-new-reps = Reps of the new group
launcher-routing-place = Place in the circle
launcher-routing-place-of = Place of { $name }
launcher-routing-now = Now
launcher-routing-places-hint = Turns go round in the order of these places. Without places, the order of this list counts.
launcher-routing-places-cut = The first { $count } reps are shown: add others to the group afterwards.
launcher-routing-no-rep-ticked = Tick at least one rep.
launcher-routing-no-group = Choose a sales group.
launcher-routing-incomplete = The new sales group is not whole yet.
launcher-routing-rotation = Whose rotation?
launcher-routing-own = This campaign’s own
launcher-routing-own-hint = Its leads are shared evenly among the group’s reps, whatever other campaigns do.
launcher-routing-shared = Shared by the sales group
launcher-routing-shared-hint = All campaigns of the group that choose this take turns from one circle. Fairer for many small campaigns: otherwise each begins with the same rep.
launcher-routing-fixed = The campaign has started, so its sales group { $group } and its rotation stay. The group’s members can change at any time.
launcher-routing-absent = When a lead’s owner is out of office
launcher-routing-absent-owner = The owner gets it all the same
launcher-routing-absent-owner-hint = The lead stays with the person it knows.
launcher-routing-absent-next = It goes to whoever is next
launcher-routing-absent-next-hint = Nobody has to wait for a return.
launcher-routing-absent-hint = A lead without an owner always goes to whoever is next; reps who are out of office are passed over and keep their place.
# What is saved now, after “Somebody else changed this since you opened it:”.
launcher-routing-stands-own-owner = it is now { $group }, with a rotation of its own, and owners get their leads even while away
launcher-routing-stands-own-next = it is now { $group }, with a rotation of its own, and leads of an owner who is away go to whoever is next
launcher-routing-stands-shared-owner = it is now { $group }, with the group’s shared rotation, and owners get their leads even while away
launcher-routing-stands-shared-next = it is now { $group }, with the group’s shared rotation, and leads of an owner who is away go to whoever is next

# Launch.
launcher-launch-other-group = Choose another sales group
launcher-launch-in-need = { $count ->
    [one] { $count } lead lacks fields that the messages name.
   *[other] { $count } leads lack fields that the messages name.
}
launcher-launch-in-need-more = { $count } or more leads lack fields that the messages name.
launcher-launch-in-need-hint = They are not written to before the fields are filled in.
launcher-launch-in-need-see = See which
# $add: a link, “Add leads”.
launcher-launch-no-leads = There are messages and nobody to write to. { $add }, now or later.
launcher-launch-leads = in the campaign at its launch
launcher-launch-leads-none = None yet. Leads that are reported as qualified join by themselves.
launcher-launch-change-leads = Change<span class="unseen"> leads</span>
launcher-launch-silent = { $admin ->
    [true] <strong>None.</strong> <span class="quiet">The campaign writes nothing: your own systems report which leads are qualified, or you hand a lead over in its conversation.</span>
   *[false] <strong>None.</strong> <span class="quiet">The campaign writes nothing: your own systems report which leads are qualified, or an admin hands a lead over in its conversation.</span>
}
# Under the number of messages, separated by semicolons; hours may stand between them.
launcher-launch-from = from { $mailbox }
launcher-launch-limit = at most { $count } a day
launcher-launch-change-messages = Change<span class="unseen"> messages</span>
launcher-launch-group = { $count ->
    [one] <strong>{ $group }</strong>, { $count } rep
   *[other] <strong>{ $group }</strong>, { $count } reps
}
launcher-launch-nobody = Nobody is available now.
# $reps: “Ann is out of office until …” of the next two texts, separated by semicolons.
launcher-launch-nobody-but = Nobody is available now: { $reps }.
launcher-launch-away = { $name } is out of office
launcher-launch-away-until = { $name } is out of office until { $when }
# $reps: the next reps in turn, joined by the next text.
launcher-launch-next = Next: { $reps }.
launcher-launch-then = { $before }, then { $next }
# Leads of the campaign whose owner is not in its group. The second where it has more than the { $of } that were looked at.
launcher-launch-outside = { $count ->
    [one] In this campaign, { $shown } lead has an owner who is not in “{ $group }”. Once qualified, it goes to its owner all the same, without a turn.
   *[other] In this campaign, { $shown } leads have owners who are not in “{ $group }”. Once qualified, they go to their owners all the same, without a turn.
}
launcher-launch-outside-of = { $count ->
    [one] Of this campaign’s first { $of } leads, { $shown } has an owner who is not in “{ $group }”. Once qualified, it goes to its owner all the same, without a turn.
   *[other] Of this campaign’s first { $of } leads, { $shown } have owners who are not in “{ $group }”. Once qualified, they go to their owners all the same, without a turn.
}
launcher-launch-change-routing = Change<span class="unseen"> routing</span>
launcher-launch-when = When
launcher-launch-now = Now
launcher-launch-at = At a time
launcher-launch-moment = Date and time
launcher-launch-moment-hint = In { $zone }. If nobody is available then, the launch waits until somebody is.
# Under the field: “This is past …”
launcher-launch-no-moment = is not a date and a time; expected for example 2026-12-01T09:00
launcher-launch-past = is past; choose a time to come, or launch now
launcher-launch-wrong = The campaign is not launched yet: the time is not right.
launcher-launch-do = Launch
launcher-launch-later = Leave the draft for later
launcher-launch-started = This campaign has started.
launcher-launch-see = See how it goes
