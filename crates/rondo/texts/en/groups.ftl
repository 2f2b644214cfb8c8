# Sales groups: the list, and each one's page.

# The list.
groups-new = New sales group
groups-hint = A sales group is a circle of reps who take turns. A campaign names the group that its qualified leads go to.
groups-list-changed = The list of groups changed.
groups-group = Group
groups-members = Members
groups-used-by = Used by
groups-coverage = Coverage
# Of the group “All sales reps”.
groups-default = holds every rep by itself
groups-unused = No active campaign
groups-more-users = and { $count } more
groups-gap-now = Nobody there now
groups-gap = Gap
groups-no-gap-ahead = No gap ahead
groups-no-reps-hint = Add the people who take over qualified leads: each joins “All sales reps” at once.
groups-one = One circle for everybody
groups-one-hint = That may be all you need. Make a group for each region, language or product whose leads not every rep should get.

# Making one.
groups-needs-rep = A group needs a rep
groups-needs-rep-hint = There are no sales reps yet.
groups-name-hint = Such as EMEA, or Enterprise. Each name once in the team.
groups-who = Who takes turns?
groups-order = They stand in the circle in this order; whoever is added later stands last.
groups-first-reps = The first { $count } reps are offered here; add others on the group’s page.
groups-make = Make the group
groups-not-found = There is no such group in this team.
groups-choose-rep = Choose a rep first.

# A group's page.
groups-count = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
groups-count-default = { $count ->
    [one] { $count } member · holds every rep by itself
   *[other] { $count } members · holds every rep by itself
}
groups-delete = Delete
groups-delete-sure = Delete { $group }? Its reps stay in the team.
groups-coverage-changed = The coverage changed.
groups-nobody-now = <strong>Nobody is there now.</strong>
groups-somebody-back = Somebody is back { $when }.
groups-nobody-during = <strong>Nobody is there { $period }.</strong>
groups-leads-wait = Leads that are qualified then wait for somebody.
groups-see-gap = <a href="#coverage">See the gap</a>.
groups-see-gap-or-add = <a href="#coverage">See the gap</a> or <a href="#add">add a rep</a>.
groups-no-lead-waits = No active campaign uses this group, so no lead waits.
groups-empty = The circle is empty
groups-empty-hint = Every rep joins this group at once.
groups-empty-hint-viewer = Every rep joins this group when an admin adds them.

# The circle.
groups-moved-on = The circle moved on.
groups-circle = The circle
groups-would-begin = No campaign uses this group yet; this is who would begin.
groups-for = For { $campaigns }.
groups-around = The { $count } of { $members } around the last turn.
groups-drawn = The circle, drawn
# The drawing, said to whoever does not see it.
groups-last-was = The last turn was { $rep }’s.
groups-no-turn = No turn was taken yet.
groups-next-is = Next is { $rep }.
groups-nobody = Nobody is there.
# In the middle of the drawing; the second under the first.
groups-middle-next = Next: { $rep }
groups-middle-nobody = Nobody is there
groups-middle-after = after { $rep }
groups-middle-first = no turn taken yet
groups-legend-next = next
groups-legend-last = last turn
groups-legend-gone = out of office

# The campaigns that take turns in it.
groups-next-changed = The next in turn changed.
groups-campaigns = Campaigns
groups-no-campaign = No active campaign sends its leads here.
groups-new-campaign = New campaign
groups-next-one = Next: <strong>{ $first }</strong>.
groups-next-two = Next: <strong>{ $first }</strong>, then { $second }.
groups-next-three = Next: <strong>{ $first }</strong>, then { $second }, then { $third }.
groups-next-as-of-now = As things stand now: whoever is out of office when their turn comes is passed over.
groups-last = Last: { $rep }.
groups-waiting = { $count } waiting
# After whose turn a campaign goes on.
groups-turns-shared = These campaigns share their turns: each goes on after the last turn of any.
groups-turns-group = Goes on after the last turn in the group.
groups-turns-own = Goes on after its own last turn.
groups-is-drawn = Drawn in the circle.
groups-draw = Draw in the circle<span class="unseen"> for { $campaign }</span>

# The weeks to come.
groups-weeks = The next 90 days
groups-none-away = { $count ->
    [one] The only member has no absence ahead.
   *[other] None of the { $count } members has an absence ahead.
}
groups-those-away = { $count ->
    [one] Those with absences ahead; the other member is not shown.
   *[other] Those with absences ahead; the other { $count } members are not shown.
}
groups-weeks-drawn = The weeks, drawn
groups-always-somebody = Somebody is there on each of the next 90 days.
groups-gaps = { $count ->
    [one] Nobody is there in { $count } period of the next 90 days; the table below lists them.
   *[other] Nobody is there in { $count } periods of the next 90 days; the table below lists them.
}
groups-nobody-there = Nobody there
# When a rep is away, or nobody is there, told when it is pointed at.
groups-bar = { $who }: { $period }
groups-no-gap = No gap
groups-as-table = The same as a table
groups-absences = Absences and gaps
groups-who-head = Who
groups-away-head = Away
groups-others-there = Whoever is not named here is there throughout.

# Its members.
groups-members-changed = The members changed.
groups-seat = Seat
groups-since = In the circle since
groups-remove-head = Remove
groups-remove = Remove<span class="unseen"> { $rep }</span>
groups-remove-sure = Take { $rep } out of { $group }? Whoever comes back later stands last.
groups-first-page = First page
groups-add-rep = Add a rep to the group
groups-all-in = Every rep of the team is in this group. <a href="/reps/new">Add a sales rep to the team</a> first.
groups-add-hint = They stand last in the circle and wait until the turn gets there.
# Where a rep is added so that another can be away.
groups-add-then = Then what you asked for is shown once more, ready to be sent.
groups-rename = Rename
groups-follows = This group follows the team: <a href="/reps/new">add a sales rep</a>, or <a href="/groups/new">make a group of your own</a> for some of them.
