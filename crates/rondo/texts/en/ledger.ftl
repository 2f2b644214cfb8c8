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
    [lead] lead
    [conversation] conversation
    [assignment] assignment
    [user] user
    [key] key
    [mailbox] mailbox
    [webhook] webhook
   *[other] { $kind }
}

ledger-newer = Newer
ledger-look-back = Look further back
