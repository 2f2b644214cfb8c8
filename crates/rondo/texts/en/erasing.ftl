# Erasing a person: finding them, seeing what goes and what stays, and saying so twice.

erasing-title = Erase a person
erasing-about = For somebody who asks that what is known of them be deleted. It can’t be undone.
erasing-address = The lead’s exact email address
erasing-company = Company
erasing-known-since = Known since

erasing-goes = What goes
erasing-goes-facts = Name, address, company{ $more ->
    [0] {""}
    [one] , and { $more } more field
   *[other] , and { $more } more fields
}
# $more says whether there are more conversations than were counted.
erasing-goes-messages = Every message in { $conversations ->
    [one] { $conversations } conversation
   *[other] { $conversations }{ $more ->
        [true] {" or more"}
       *[false] {""}
    } conversations
}: text, subject and sender, and what servers said of it
erasing-goes-waiting = Whatever of theirs still waits to be sent or answered

erasing-stays = What stays
erasing-stays-decisions = { $assignments ->
    [0] The conversations as numbers in reports, without a name
    [one] { $assignments } assignment, with its reasons, without a name
   *[other] { $assignments } assignments, with their reasons, without a name
}
erasing-stays-ledger = The ledger’s entries, which hold no names
erasing-stays-suppressed = That the address is never written to, as a hash that names nobody
erasing-stays-nothing = Nothing of the address. If it must never be written to again, <a href="/settings/suppressions">suppress it</a> first

erasing-confirm = To confirm, type { $email }
# What is wrong with what was typed: “This is not that address …”
erasing-not-that = is not that address; nothing was erased
erasing-button = Erase for good

erasing-nobody = Nobody has the address “{ $address }”
erasing-nobody-hint = None of the team’s leads does, any more or yet. Look for another spelling, or in other mailboxes of theirs.
erasing-gone = Nobody of the team’s leads has this address (any more).
