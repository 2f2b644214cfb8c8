# Settings: the overview, and what its pages share.

settings-title = Settings
settings-overview = Overview

# Each page in short, on the overview: what it is for, and how things stand there.
settings-look-here = Look here
settings-team-about = Name, time zone, reminders, the text of handovers.
settings-team-state = { $team }, times in { $zone }
settings-members-about = Who signs in, as what.
settings-members-state = { $members ->
    [0] No members
    [one] { $members } member
   *[other] { $members } members
}{ $invited ->
    [0] {""}
   *[other] , { $invited } invited
}
settings-mailboxes-about = From where the assistant writes, and reads answers.
settings-mailboxes-none = None yet: campaigns need one to write
settings-mailboxes-well = { $mailboxes ->
    [one] { $mailboxes } mailbox, all well
   *[other] { $mailboxes } mailboxes, all well
}
settings-mailboxes-wrong = { $mailboxes ->
    [one] { $wrong } of { $mailboxes } mailbox in trouble
   *[other] { $wrong } of { $mailboxes } mailboxes in trouble
}
settings-qualifier-about = Who reads replies, and when a person decides.
# $kind: Embedded, Anthropic and so on.
settings-qualifier-state = { $kind }{ $own ->
    [0] {""}
    [one] , { $own } threshold of your own
   *[other] , { $own } thresholds of your own
}
settings-qualifier-state-model = { $kind }, { $model }{ $own ->
    [0] {""}
    [one] , { $own } threshold of your own
   *[other] , { $own } thresholds of your own
}
settings-keys-about = What lets other systems in.
settings-keys-state = { $keys ->
    [0] No keys
    [one] { $keys } key
   *[other] { $keys } keys
}{ $more ->
    [true] {" or more"}
   *[false] {""}
}
settings-webhooks-about = Tell other systems what happens.
settings-webhooks-state = { $webhooks ->
    [0] No webhooks
    [one] { $webhooks } webhook
   *[other] { $webhooks } webhooks
}{ $stopped ->
    [0] {""}
   *[other] , { $stopped } stopped
}
settings-suppressions-about = Who is never written to.
settings-suppressions-none = None
# $ago: 3 h ago.
settings-suppressions-state = The latest { $ago }
settings-erasing-about = Take somebody out of everything, on their request.
settings-erasing-state = Decisions stay, without their name
settings-ledger-about = Everything that happened, and who did it.
settings-ledger-state = { $entries ->
    [0] No entries, the last { $ago }
    [one] { $entries } entry, the last { $ago }
   *[other] { $entries } entries, the last { $ago }
}

# Words of several pages.
settings-copy = Copy
settings-find = Find
settings-address = Address
settings-since = Since
settings-state = State
settings-role-admin-hint = Everything in the team.
# Passwords and keys.
settings-secret-hint = Kept encrypted, and never shown again.
settings-secret-keep = Leave empty to keep the one that is known.

# What is wrong with a field: “This is not a date.”
settings-number = is not taken; expected a whole number from { $least } to { $most }
settings-not-a-date = is not a date
settings-too-far = is too far away; expected a day in this age
settings-secret-again = is not kept in the page; enter it again

settings-nothing = There is nothing of this name.
# In the words of what somebody else changed meanwhile, between a colon and a full stop.
settings-see-saved = open the page once more to see what is saved
