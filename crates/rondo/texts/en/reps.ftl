# Sales reps: the list, and each one's page. “own” is true where a rep looks at their own page.

# The list.
reps-count = { $count } in the team
reps-none-hint = Add the people who take over qualified leads. Each joins the group “All sales reps” at once.
reps-none-hint-viewer = An admin adds the people who take over qualified leads.
reps-find = Find by name
reps-find-button = Find
reps-find-all = Show all
reps-nobody = Nobody of that name
reps-nobody-hint = Try fewer letters, or <a href="/reps">show all { $count }</a>.
reps-list-changed = The list of reps changed.
reps-next-absence = Next absence
reps-leads-owned = Leads owned
# After the number, for those who hear the page.
reps-leads-owned-see = leads: see which
reps-back-at = back { $when }
reps-no-return = no return date
reps-no-absence = None
reps-default-group-only = All sales reps only
reps-page = Page { $page }: { $count } reps by name.

# Adding and editing.
reps-edit-title = Edit { $rep }
reps-full-name = Full name
reps-full-name-hint = As leads read it in the handover.
reps-email-hint = Handovers are sent here.
reps-phone = Phone (optional)
reps-zone-hint = Such as Europe/Berlin. Absences with dates are whole days there.
reps-zone-hint-change = Such as Europe/Berlin. Absences with dates are whole days there; those entered already keep their times.
reps-calendar = Calendar link (optional)
reps-calendar-hint = Where leads pick a time; it stands in the handover.
reps-add-another = Add, then another
# What is wrong with a field that somebody else changed: “This is now …”
reps-is-now = is now { $now }: it was changed since you opened it. Save once more to replace that
# In place of “now”, where nothing stands in the field.
reps-is-now-nothing = nothing
reps-not-found = There is no such rep in this team.

# A rep's page: presence.
reps-edit = Edit
reps-remove-button = Remove
reps-presence-changed = Presence changed.
reps-back = Back { $when }, { $ago }.
reps-back-unknown = { $own ->
    [true] Until you come back.
   *[false] Until they come back.
}
reps-passed-over = { $own ->
    [true] New leads pass you over.
   *[false] New leads pass this rep over.
}
reps-come-back = { $own ->
    [true] I am back
   *[false] Mark as back
}
reps-takes-turns = { $own ->
    [true] You take turns as they come.
   *[false] Takes turns as they come.
}
reps-away-next = Away next from { $day }, { $ago }.
reps-stay-away = Stay away for longer or shorter
reps-go-away = Go out of office now
reps-first-day = First day away
reps-last-day = Last day away
reps-note = Note
reps-away-hint = { $own ->
    [true] Without a last day, until you say that you are back. Days are in { $zone }. Leads that you have stay yours. Notes are seen by you and admins alone.
   *[false] Without a last day, until somebody says that they are back. Days are in { $zone }. Leads that they have stay theirs. Notes are seen by admins and the rep alone.
}

# Absences. The days of the week head the columns of a month; the letters stand there.
reps-absences = Absences
reps-monday = Monday
reps-monday-letter = M
reps-tuesday = Tuesday
reps-tuesday-letter = T
reps-wednesday = Wednesday
reps-wednesday-letter = W
reps-thursday = Thursday
reps-thursday-letter = T
reps-friday = Friday
reps-friday-letter = F
reps-saturday = Saturday
reps-saturday-letter = S
reps-sunday = Sunday
reps-sunday-letter = S
reps-day-away = away
reps-day-part = away for part of the day
# What is said of such a day to whoever does not see its colour.
reps-day-partly = partly away
reps-today = today, in { $zone }
reps-none-ahead = No absences ahead.
reps-away-now = now
reps-overlaps = Overlaps with: { $days }.
reps-take-back = Remove this absence?
reps-take-back-button = Remove<span class="unseen"> { $days }</span>
reps-change = Change<span class="unseen"> { $days }</span>
reps-add-absence = Add an absence
reps-add-absence-hint = Whole days in { $zone }, the last one included. Without a last day, until further notice.
reps-past = Past absences
reps-no-such-absence = There is no such absence.
# What is wrong with a field: “This …”
reps-no-day = is not a day; write it as 2026-12-24
reps-no-instant = is not a time
reps-before-first-day = is before the first day away
reps-day-over = is over; choose today or a day to come
reps-day-far = is more than two years from now; check the year, or send it once more if it is right
reps-absence-changed = was changed since you opened it; save once more to replace that

# Beside it: the rep, and where they stand.
reps-contact = { $own ->
    [true] You
   *[false] Contact
}
reps-contact-phone = Phone
reps-contact-calendar = Calendar
reps-since = Since
reps-places-changed = Places in the circles changed.
reps-places = { $own ->
    [true] Your place in each circle
   *[false] Place in each circle
}
reps-places-hint = Leads go round a group in turn. Whoever is away is passed over, and keeps their place for when they are back.
reps-seat = seat { $position } of { $count }
reps-unused = No campaign uses it now.
# Where the rep stands in these campaigns: “Next in Spring, Summer”. The first half stands before it, as a label.
reps-in-campaigns = in { $campaigns }
reps-next = Next
reps-far-back = Far back in the circle
reps-away = { $own ->
    [true] Passed over until you are back
   *[false] Passed over until they are back
}
reps-stand = { $place ->
    [2] Second, after { $names }
    [3] Third, after { $names }
    [4] Fourth, after { $names }
    [5] Fifth, after { $names }
    [6] Sixth, after { $names }
    [7] Seventh, after { $names }
    [8] Eighth, after { $names }
    [9] Ninth, after { $names }
    [10] Tenth, after { $names }
   *[other] { NUMBER($place, type: "ordinal") ->
        [one] { $place }st, after { $names }
        [two] { $place }nd, after { $names }
        [few] { $place }rd, after { $names }
       *[other] { $place }th, after { $names }
    }
}

# Why a lead came to the rep, or did not. “other” is who got it.
reps-assigned = A lead was assigned.
reps-why-head = { $own ->
    [true] Why not me?
   *[false] Why { $rep }, or why not
}
reps-no-turns = { $own ->
    [true] No lead has come to any of your groups yet
   *[false] No lead has come to any of these groups yet
}
reps-no-turns-hint = As soon as leads come in, you read here to whom each of them went, and why.
reps-latest-hint = { $own ->
    [true] The latest leads of all campaigns that you can get leads from: to whom each went, and why.
   *[false] The latest leads of all campaigns that { $rep } can get leads from: to whom each went, and why.
}
reps-latest = The latest leads
# In place of a lead who is not the reader’s.
reps-others-lead = Another rep’s lead
reps-went-to = Went to
reps-why = Why
reps-you = you
reps-why-owned = { $other } owned this lead already, so nobody’s turn was used.
reps-why-taken-over = The lead’s owner had left, and { $other } took over their leads.
reps-why-passed-on = A person passed this lead on to { $other }.
reps-why-away = { $own ->
    [true] You were passed over: out of office.
   *[false] { $rep } was passed over: out of office.
}
reps-why-away-until = { $own ->
    [true] You were passed over: out of office until { $until }.
   *[false] { $rep } was passed over: out of office until { $until }.
}
reps-why-had-it = { $own ->
    [true] You had this lead, and it was passed on to whoever was next.
   *[false] { $rep } had this lead, and it was passed on to whoever was next.
}
reps-why-owner-away = { $own ->
    [true] You own this lead but were out of office, so it went to whoever was next.
   *[false] { $rep } owns this lead but was out of office, so it went to whoever was next.
}
reps-why-owner-away-until = { $own ->
    [true] You own this lead but were out of office until { $until }, so it went to whoever was next.
   *[false] { $rep } owns this lead but was out of office until { $until }, so it went to whoever was next.
}
reps-why-joined-later = { $own ->
    [true] You joined this group later.
   *[false] { $rep } joined this group later.
}
reps-why-turn-before = { $own ->
    [true] You had the turn before, so it went on to { $other }.
   *[false] { $rep } had the turn before, so it went on to { $other }.
}
reps-why-turn-again = It was { $other }’s turn again: nobody else was there before.
reps-why-turn-after = It was { $other }’s turn, the next after { $last }.
reps-why-first-turn = It was the first lead in turn, and { $other } comes first in the circle.

# The leads that the rep got.
reps-received = { $own ->
    [true] Your leads
   *[false] Assignments
}
reps-no-leads = No leads yet
reps-no-leads-hint = { $own ->
    [true] When your turn comes, the handover is sent to you and the lead stands here.
   *[false] Leads that come to this rep stand here, each with the reason.
}
reps-reason = Reason
# A word for the reason, and a sentence about it: “Turn: Ann was next …”
reps-reason-line = { $reason }: { $sentence }
reps-passed-on-since = { $own ->
    [true] No longer yours
   *[false] No longer theirs
}
reps-earlier = Earlier

# Removing.
reps-remove = Remove { $rep }
reps-remove-hint = { $rep } leaves every group and gets no more leads. Past assignments keep the name.
reps-only-member = { $rep } is the only member of <strong>{ $groups }</strong>. Add another rep first, or delete the group.
reps-only-member-add = Add a rep to { $group }
reps-owns-none = { $rep } owns no leads, so nothing is to be decided.
reps-leads-ask = { $count ->
    [one] What becomes of the lead that { $rep } owns?
   *[other] What becomes of the { $count } leads that { $rep } owns?
}
reps-leads-transfer = { $count ->
    [one] It goes to another rep, who gets its next conversation too
   *[other] They go to another rep, who gets their next conversations too
}
reps-leads-to = To whom
reps-leads-release = { $count ->
    [one] It has no owner: its next conversation takes a turn
   *[other] They have no owner: their next conversations take turns
}
# What is wrong with the question: “This …”
reps-leads-undecided = is to be decided: choose what becomes of the leads
reps-keep = Keep
# The link leads to where the rep is said to be away.
reps-only-away = Only away for a while? { $away } keeps the place in each circle.

# The leads that a rep owns.
reps-owned-title = { $own ->
    [true] Leads you own
   *[false] Leads that { $rep } owns
}
reps-owned-about = { $own ->
    [true] When one of them is qualified while you are available, it comes to you without a turn. While you are out of office, only those come that name you as the owner, and a campaign may have them take a turn.
   *[false] When one of them is qualified while this rep is available, it goes to them without a turn. While they are out of office, only those go to them that name them as the owner, and a campaign may have those take a turn.
}
reps-owned-handed-over = Those that were handed over to you are under <a href="/assignments">My leads</a>, with what was written.
reps-owned-none = No leads
reps-owned-since = Known since
# Over how each lead came to have the owner: “named as the owner”.
reps-owned-because = Owner because
