# Leads: finding one, who they are, who owns them, and erasing them.

leads-title = Leads
leads-all = All leads
leads-high-intent = High intent
leads-owner = Owner
leads-known-since = Known since

leads-none-fit = No lead fits
leads-none-fit-hint = Search for something else, or take a filter away.
leads-none-here = None of these leads fits
leads-none = No leads yet
leads-none-hint = <a href="/campaigns">Add some to a campaign</a>, or have your other systems report them.

# A lead whose address is never written to, and why.
leads-suppressed-unsubscribe = This address is never written to: the person asked for it.
leads-suppressed-bounce = This address is never written to: there is no such address.
leads-suppressed-complaint = This address is never written to: the person complained to their provider.
leads-suppressed-manual = This address is never written to: an admin said so.
leads-suppressed-lift = An admin can lift that under Settings.

leads-conversations = Conversations
leads-conversations-changed = The conversations have changed.
leads-conversations-none = No conversations
leads-conversations-none-hint = This lead is in no campaign.
leads-conversations-all = All conversations of this lead
# Who has the lead, with a link that says `leads-rep-why-link`.
leads-rep-why = { $rep } ({ $why })
leads-rep-why-link = why

leads-about-this = About this lead
leads-email = Email
leads-name = Name
leads-external-id = Your id
leads-owner-named = named as the owner
leads-owner-received = received an earlier conversation
leads-owner-nobody = Nobody: the next conversation takes a turn
leads-more-fields = { $count ->
    [one] { $count } more field
   *[other] { $count } more fields
}

leads-change-owner = Change the owner
leads-change-owner-nobody = Nobody
leads-change-owner-hint = The owner gets this lead’s next conversations. Those that a rep has already stay there.
leads-change-owner-button = Save

leads-erase = Erase this person
leads-erase-what = Name, address, fields and messages are removed everywhere, for good. Who was assigned, when and why, stays without a name.
leads-erase-sure = I am sure
# Behind “This”, see `common-this`.
leads-erase-unsure = box must be ticked: nothing brings the person back
leads-erase-button = Erase
