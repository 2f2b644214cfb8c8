# The first page: what needs a person now, and what has happened today.

home-title = Home
home-updated = Home was updated.

# Before the first lead has reached a rep.
home-begin = Get the first lead to a rep
home-begin-reps = <strong>Add your sales reps.</strong> They are who leads go to, in the order in which you add them.
home-begin-reps-button = Add a sales rep
home-begin-campaign = <strong>Begin a campaign.</strong> Choose its leads, what it writes, and to which sales group its qualified leads go.
home-begin-campaign-button = New campaign
home-begin-launch = <strong>Launch it.</strong> Leads who want to talk go to the next rep in turn, and this page shows them.

home-needs = Needs you now
home-calm = Nothing waits for a person.

home-waiting = Leads without a rep
home-waiting-count = { $count } waiting
home-paused = The campaign is paused.
home-nobody-in = Nobody in { $group } is available.
home-oldest = The oldest since { $when }, { $ago }.
home-more-campaigns = { $count ->
    [one] { $count } more campaign
   *[other] { $count } more campaigns
}

home-gaps = Nobody there
home-gap-now = now
home-gap-ahead = ahead
home-gaps-used-by = { $gaps }. Used by { $campaigns }.
home-more-groups = { $count ->
    [one] { $count } more sales group
   *[other] { $count } more sales groups
}

home-reviews = To review
home-a-message = A message
home-more-reviews = All that waits for review

home-broken = Does not work
home-broken-since = since { $when }
home-webhooks = Webhooks
home-deliveries-failed = { $count } failed
home-more-mailboxes = { $count ->
    [one] { $count } more mailbox
   *[other] { $count } more mailboxes
}

home-today = Handed over today
home-today-none = No handovers yet today
home-today-none-hint = A lead who wants to talk appears here as soon as a rep has them.
home-more-today = All assignments

home-shares = Shares, last { $days } days
home-shares-none = Nothing yet
home-shares-none-hint = Shares by rep appear with the first handover.
