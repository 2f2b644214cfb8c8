# API keys: what lets other systems in.

keys-title = API keys
keys-made = The key “{ $name }” is made
keys-made-copy = Copy it now: it is shown this once
keys-made-hint = Send it as <code>Authorization: Bearer …</code>. The API’s description is at <a href="/docs">/docs</a>.
keys-none = No keys
keys-none-hint = A key lets a website form, a CRM or a script in. Make one below.

# Head of a column: what a key may do, by its role.
keys-may = May
keys-begins-with = Begins with
keys-made-at = Made
keys-expires = Expires
keys-limit = { $max ->
    [one] { $max } request a second
   *[other] { $max } requests a second
}
keys-expired = Expired
keys-never = Never
# $day is the last one on which the key holds.
keys-end-of-day = End of { $day }
keys-revoke-head = Revoke
# The unseen words are read aloud.
keys-revoke = Revoke<span class="unseen"> { $name }</span>
keys-revoke-confirm = Revoke the key { $name }? Whoever uses it is locked out at once.
keys-more = More keys

keys-make = Make a key
keys-name-hint = What it is for, such as Website form.
# Above the roles to choose from; “it” is the key.
keys-what = What may it do?
keys-router-hint = Add and qualify leads, read assignments.
keys-viewer-hint = Read everything but notes on absences.
keys-rep-hint = One rep’s own record, absences and assignments.
keys-mailbox-hint = Deliver messages to one mailbox, and nothing else.
keys-which-rep-hint = For the role Rep alone.
keys-choose-mailbox = Choose a mailbox
keys-which-mailbox-hint = For the role Mailbox alone.
keys-last-day = Last day
# Behind “This”, see `common-this`.
keys-last-day-over = is over; choose today or a later day
keys-last-day-hint = Empty: it never expires.
keys-limit-field = Requests a second at most
keys-limit-hint = Empty: as many as the server is set to.
keys-make-button = Make the key
