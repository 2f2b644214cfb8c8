# What goes wrong: pages that say what to do about it, and sentences at the top of forms.

# Titles.
trouble-title-invalid = That can’t be used
trouble-title-not-found = There is nothing here
trouble-title-not-yours = This is not yours to see
trouble-title-elsewhere = That came from elsewhere
trouble-title-outdated = Somebody else was first
trouble-title-new-message = There is a new message
trouble-title-slow-down = Too many attempts
trouble-title-later = Not just now
trouble-title-broken = That did not work
trouble-title-somebody = Somebody has to be there
trouble-title-nobody-else = Nobody else is there
trouble-title-needs-rep = A group needs a rep
trouble-title-in-use = It is in use
trouble-title-refused = That was not done

trouble-not-yours = Your role does not reach this page. An admin of your team can open it.
trouble-elsewhere = This form did not come from a page of this console, so nothing was done. Open the page here and send it again.
# How it stands now, in words.
trouble-outdated = Somebody else changed this since you opened it: { $now }. What you entered is still here and not saved yet; save once more to replace theirs.
trouble-new-message = Another message came in meanwhile. Nothing was done yet: read it, and say then what should happen.
trouble-form = The form could not be read.
trouble-sent-before = This form was sent before with something else in it. Load its page again, and send that.
trouble-address = What stands in the address behind the question mark can’t be read. Leave it out, or go to the page by a link.
trouble-no-page = No page has this address. It may have been mistyped, or its link may be old.
trouble-list-ended = This list can’t be continued from there. Begin with its first page.
trouble-message-unreadable = The message can’t be read: it is too large, or no message.
# What is wrong with a field that the form does not show: “period” is over.
trouble-field = “{ $field }” { $problem }

# The server.
trouble-database = The database can’t be used just now. Nothing is lost: try again in a moment.
trouble-server = Something is wrong with the server. Whoever runs it finds the cause in its log.
trouble-server-short = Something is wrong with the server.
trouble-team-busy = { $seconds ->
    [one] Your team asks for too much at once; try again in { $seconds } second.
   *[other] Your team asks for too much at once; try again in { $seconds } seconds.
}
trouble-busy = { $seconds ->
    [one] The server has too much to do; try again in { $seconds } second.
   *[other] The server has too much to do; try again in { $seconds } seconds.
}
trouble-unready = What your team did was written down by a newer version of Rondo. Whoever runs this server has to update it.
trouble-stopping = The server is closing; try again.

# What an address names, and is not there.
trouble-no-absence = There is no absence of this name in your team.
trouble-no-assignment = There is no assignment of this name in your team.
trouble-no-campaign = There is no campaign of this name in your team.
trouble-no-conversation = There is no conversation of this name in your team.
trouble-no-delivery = There is no delivery of this name in your team.
trouble-no-group = There is no sales group of this name in your team.
trouble-no-key = There is no API key of this name in your team.
trouble-no-lead = There is no lead of this name in your team.
trouble-no-mailbox = There is no mailbox of this name in your team.
trouble-no-member = This rep is not in this sales group.
trouble-no-message = There is no message of this name in your team.
trouble-no-rep = There is no rep of this name in your team.
trouble-no-session = There is no such session. It may have ended.
trouble-no-suppression = This address is not on the list of those that are never written to.
trouble-no-team = There is no such team.
trouble-no-user = There is no such person among those who sign in to your team.
trouble-no-webhook = There is no webhook of this name in your team.
trouble-nothing = There is nothing of this name in your team.

# A campaign whose status does not allow it.
trouble-change-cancelled = Campaign “{ $campaign }” is cancelled; a cancelled campaign stays as it is. Duplicate it instead.
trouble-delete-cancelled = Campaign “{ $campaign }” is cancelled, and only a draft can be deleted: it stays to be looked up.
trouble-delete-started = { $status ->
    [scheduled] Campaign “{ $campaign }” is scheduled, and only a draft can be deleted; cancel it instead.
    [paused] Campaign “{ $campaign }” is paused, and only a draft can be deleted; cancel it instead.
   *[running] Campaign “{ $campaign }” is running, and only a draft can be deleted; cancel it instead.
}
trouble-launch = { $status ->
    [running] Campaign “{ $campaign }” is running already.
    [paused] Campaign “{ $campaign }” was launched already, and is paused.
   *[cancelled] Campaign “{ $campaign }” is cancelled; only a draft or scheduled campaign can be launched.
}
trouble-pause = { $status ->
    [draft] Campaign “{ $campaign }” is a draft; only a running campaign can be paused.
    [scheduled] Campaign “{ $campaign }” is scheduled; only a running campaign can be paused.
    [paused] Campaign “{ $campaign }” is paused already.
   *[cancelled] Campaign “{ $campaign }” is cancelled; only a running campaign can be paused.
}
trouble-resume = { $status ->
    [draft] Campaign “{ $campaign }” is a draft; only a paused campaign can be resumed.
    [scheduled] Campaign “{ $campaign }” is scheduled; only a paused campaign can be resumed.
    [running] Campaign “{ $campaign }” is running already.
   *[cancelled] Campaign “{ $campaign }” is cancelled; only a paused campaign can be resumed.
}
trouble-cancel = Campaign “{ $campaign }” is cancelled already.
trouble-forward = { $status ->
    [draft] Campaign “{ $campaign }” is a draft; a lead can be given to a rep only while it is running or paused.
    [scheduled] Campaign “{ $campaign }” is scheduled; a lead can be given to a rep only while it is running or paused.
   *[cancelled] Campaign “{ $campaign }” is cancelled; a lead can be given to a rep only while it is running or paused.
}
trouble-qualify = { $status ->
    [draft] Campaign “{ $campaign }” is a draft; a lead can be qualified only while it is running or paused.
    [scheduled] Campaign “{ $campaign }” is scheduled; a lead can be qualified only while it is running or paused.
   *[cancelled] Campaign “{ $campaign }” is cancelled; a lead can be qualified only while it is running or paused.
}
trouble-join = Campaign “{ $campaign }” is cancelled: no lead can join it any more. Duplicate it instead.
# What can be changed only before the start.
trouble-started = { $what ->
    [group] Campaign “{ $campaign }” has started, and its sales group can be changed only before. Change the group’s members, or duplicate the campaign.
    [rotation] Campaign “{ $campaign }” has started, and how its turns are shared can be changed only before. Duplicate the campaign.
   *[mailbox] Campaign “{ $campaign }” has started, and its mailbox can be changed only before. Duplicate the campaign.
}

# Nobody is there.
trouble-last-rep = Without this rep, nobody would be available for leads that are on their way.
trouble-last-rep-named = { $own ->
    [true] Without you, nobody would be available for leads that are on their way.
   *[false] Without { $rep }, nobody would be available for leads that are on their way.
}
trouble-nobody-now = Nobody in “{ $group }” is available now; add a rep, end an absence, or choose another time.
trouble-nobody-then = Nobody in “{ $group }” is available at that time; add a rep, end an absence, or choose another time.
trouble-nobody-else = Nobody in “{ $group }” is available but the rep who has the lead; name a rep, add one, or end an absence.

# Groups.
trouble-group-without-rep = A group is saved with at least one rep; choose who is in it.
trouble-group-last-rep = { $count ->
    [one] Nobody else is in { $groups }; add another rep first, or delete the group.
   *[other] Nobody else is in { $groups }; add another rep to each first, or delete the groups.
}
trouble-group-in-use = { $count ->
    [one] Group “{ $group }” is used by campaign { $campaigns }; cancel or delete it, or give it another group.
   *[other] Group “{ $group }” is used by campaigns { $campaigns }; cancel or delete them, or give them another group.
}
trouble-default-group = “{ $group }” always holds every rep of the team and can’t be changed; make a group of your own.
trouble-name-taken = There is a group “{ $name }” already; choose another name.

# Reps, leads, mailboxes, people.
trouble-email-taken = { $holder ->
    [rep] A rep of your team has that email address already; choose another.
    [lead] A lead of your team has that email address already; choose another.
    [mbx] A mailbox of your team has that email address already; choose another.
   *[usr] Somebody of your team signs in with that email address already; choose another.
}
trouble-owns-leads = { $count ->
    [one] This rep owns { $count } lead; say what becomes of it.
   *[other] This rep owns { $count } leads; say what becomes of them.
}
trouble-passed-on = This lead was passed on already. Look at who has it now, and pass it on from there.
trouble-mailbox-in-use = { $count ->
    [one] The mailbox is used by campaign { $campaigns }; cancel or delete it, or give it another mailbox.
   *[other] The mailbox is used by campaigns { $campaigns }; cancel or delete them, or give them another mailbox.
}
trouble-assigned = A rep has this conversation already. Pass it on to another instead.
trouble-suppressed = This lead’s address is on the list of those that are never written to; an admin can lift that.
trouble-last-admin = This is the team’s last admin; add another admin first.
trouble-no-mailbox-to-answer = This can’t be done: the conversation has no mailbox. Give its campaign messages first.
# The most of them that there can be.
trouble-limit-reps = The team has { $limit } reps already, which is the most; remove some first.
trouble-limit-groups = The team has { $limit } sales groups already, which is the most; remove some first.
trouble-limit-campaigns = The team has { $limit } campaigns already, which is the most; remove some first.
trouble-limit-mailboxes = The team has { $limit } mailboxes already, which is the most; remove some first.
trouble-limit-webhooks = The team has { $limit } webhooks already, which is the most; remove some first.
trouble-limit-users = { $limit } people sign in to the team already, which is the most; remove some first.
trouble-limit-absences-ahead = This rep has { $limit } absences ahead already, which is the most; remove some first.
trouble-limit-absences = This rep has { $limit } absences already, which is the most; remove some first.
trouble-limit = The team has { $limit } of these already, which is the most; remove some first.

# Beside a field: “This …”
trouble-field-email-taken = belongs to another rep already
trouble-field-name-taken = is taken: there is a group “{ $name }” already
trouble-field-needs-rep = needs at least one rep
trouble-field-until = is too early; choose a later time
trouble-field-to = is the rep who leaves; choose another rep
trouble-field-expires-at = is over already; choose a later day
trouble-field-rep = goes with the role Rep, which needs one
trouble-field-reps = names a rep twice; choose each rep once

# Ways out, as buttons, and what the way is for.
trouble-ways = Ways out
trouble-home = Home
# A campaign on a sales group, and when nobody is there.
trouble-blocker = { $campaign } on { $group }: nobody there <strong>{ $gaps }</strong>
# Who else is away then.
trouble-away-now = { $rep } is away too, with no date of return.
trouble-away-now-until = { $rep } is away too, until { $until }.
trouble-away-then = { $rep } is away then, from { $from } on.
trouble-away-then-until = { $rep } is away then, from { $from } until { $until }.
trouble-away-more = { $count ->
    [one] { $count } other is away then, too.
   *[other] { $count } others are away then, too.
}
trouble-mark-back = Mark { $rep } as back
trouble-change-dates = Change { $rep }’s dates
# Beneath the ways out.
trouble-again-hint = What you entered is kept: try again once somebody else is there, or choose other dates.
trouble-again = Try again
trouble-other-dates = Choose other dates
trouble-for-admins = An admin of your team can add a rep, or cancel a campaign that is not needed.
trouble-add-rep = Add a rep to { $group }
trouble-who-is-away = See who is away
trouble-end = Cancel or delete { $campaign }
trouble-decide-leads = Say what becomes of the leads
trouble-see-assignment = See who has the lead
trouble-see-suppressed = Addresses never written to
# The latest return that would be accepted.
trouble-away-until = Be away until { $until }
trouble-away-from-until = Be away from { $from } until { $until }
