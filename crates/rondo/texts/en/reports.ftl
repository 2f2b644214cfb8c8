# Reports: how turns were shared, held against their bound, shares by rep, group and campaign, and what became of leads.

reports-updated = The report was updated.
reports-period = Period
reports-year = A year
reports-days = { $days } days
reports-handovers-now = { $since } until now: { $count ->
    [one] { $count } handover.
   *[other] { $count } handovers.
}
reports-handovers = { $since } until { $until }: { $count ->
    [one] { $count } handover.
   *[other] { $count } handovers.
}
reports-none = No handovers in this time
reports-none-hint = Choose a longer one, or launch a campaign.
reports-as-of = As of { $when }.
reports-summing = Being summed up
reports-summing-hint = So many leads take a moment; this page goes on by itself.

# Turns by circle. The bound is R10’s: a number of turns, 1, by which somebody may be ahead.
reports-fairness = Fairness
# What counts as a turn is R10’s, too.
reports-fairness-hint = A circle is the reps of a sales group in the order in which they take turns. Among those who could take turns all of the time, nobody should be more than { $bound } turn ahead. A lead that goes to its owner is no turn, nor is one that a person passes on to a rep by name. Passing a lead on to whoever is next takes another turn: it counts for the rep who gets the lead, while the turn of the rep before counts as well. So it can put somebody further ahead.
reports-no-turns = Nobody took a turn in this time.
# How a circle’s turns were shared: evenly, or with somebody further ahead.
reports-even = shared evenly
reports-apart-passed-on = more than { $bound } turn apart: leads were passed on to the next
reports-apart = more than { $bound } turn apart
# Names of campaigns, and how many there are beside.
reports-and-more = { $names } and { $count } more
reports-difference-chart = Difference between most and fewest turns, by day: { $now } now; up to { $bound } is even
reports-bound = up to { $bound } is even
# Below the chart: its first and last day are written at its ends.
reports-chart-days = The difference between most and fewest turns, at the end of each day on which turns were taken. Days are in { $zone }.
reports-throughout = Available all of the time
reports-throughout-nobody = Nobody: everyone joined later or was away for a while.
reports-others = Joined later, or was away for a while
reports-turns = Turns
reports-left-out = { $count ->
    [one] { $count } more is in the file.
   *[other] { $count } more are in the file.
}
reports-by-day = By day
reports-day = Day
reports-difference = Difference
reports-circle-pages = Pages of circles
reports-circles = { $one ->
    [true] Circle { $from } of { $count }
   *[false] Circles { $from } to { $to } of { $count }
}
reports-counting = Being counted
reports-counting-hint = So many turns take a moment; this page goes on by itself.
reports-fairness-csv = Fairness as CSV

# Shares, the largest first.
reports-longest-bar = The longest bar stands for the most handovers.
reports-handovers-hint = A lead that was passed on counts once for each rep who got it.
reports-by-rep = By rep
reports-by-group = By group
reports-by-campaign = By campaign
reports-by-turn = By turn
reports-answered = Answered by mail
reports-first-reply = First reply, on average
reports-largest = The largest of { $count } shares.
reports-reps-csv = Reps as CSV
reports-groups-csv = Groups as CSV
reports-campaigns-csv = Campaigns as CSV

# What became of leads: a lead counts once for each campaign.
reports-outcomes = Outcomes
reports-outcomes-hint = Leads who joined a campaign in this time, by how their conversation stands now.
reports-outcomes-none = Nobody joined a campaign in this time
reports-outcomes-none-hint = Outcomes appear as soon as a campaign has leads.
reports-outcomes-all = All campaigns
reports-outcomes-campaigns = Outcomes by campaign
reports-outcomes-figures = All figures by campaign
reports-outcomes-most = The campaigns with the most leads; all { $count } are in the file.
reports-outcomes-csv = Outcomes as CSV
reports-conversation = Conversation
reports-leads = Leads
reports-high-intent = High intent
reports-percent = { $percent } %
# A part of a bar: “Bounced: 12”.
reports-part = { $outcome }: { $count }

# How a conversation of high intent stands; the other bars are called as in conversations.ftl.
reports-outcome-assigned = High intent, with a rep
reports-outcome-waiting = High intent, waits for a rep
