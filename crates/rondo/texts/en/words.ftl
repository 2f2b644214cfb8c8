# Words that several pages share.

# What is said at the top of a page after something was done.
words-done-signed-out = You are signed out.
words-done-link-asked = If this address is one that may sign in here, a link is on its way to it. It works once, within 15 minutes.
words-done-password = Your password is changed, and you are signed out everywhere else.
words-done-session-ended = That session has ended.
words-done-added = Added.
words-done-added-one = Added. Who is next?
words-done-saved = Saved.
words-done-removed = Removed.
words-done-deleted = Deleted.
words-done-away = Out of office: new leads pass this rep over until they return.
words-done-back = Back: the rep waits for their turn.
words-done-own-away = Out of office: new leads pass you over until you are back.
words-done-own-back = Back: you wait for your turn.
words-done-back-for = Somebody is there again. What you asked for is still to be sent: it stands in its form below.
words-done-added-for = Added. What you asked for is still to be sent: it stands in its form below.
words-done-added-overlapping = Added. It overlaps with another absence; both count.
words-done-saved-overlapping = Saved. It overlaps with another absence; both count.
words-done-added-past = Added. It lies in the past, so it changes no turn.
words-done-saved-past = Saved. It lies in the past, so it changes no turn.
words-done-zone-changed = Saved. Absences stay at the times that they had in the former time zone: change those that should move.
words-done-launched = Launched.
words-done-scheduled = Scheduled.
words-done-paused = Paused: leads that are qualified now are assigned after you resume.
words-done-resumed = Resumed.
words-done-cancelled = Cancelled.
words-done-duplicated = Duplicated: this is the new draft.
words-done-reassigned = Passed on.
words-done-labelled = Labelled.
words-done-answered = Your answer is on its way.
words-done-qualified = Handed over: a rep has the lead.
words-done-qualified-waits = Qualified: the lead waits until a rep is available.
words-done-qualified-held = Qualified: the lead waits until the campaign is resumed.
words-done-forwarded = Forwarded.
words-done-closed = Seen to.
words-done-ended = Ended: not interested.
words-done-campaign-goes-on = The conversation is open again, and the campaign goes on with this lead.
words-done-erased = The person is erased. What was decided about them stays, without a name.
words-done-stood = This rep has the lead already: nothing changed.
words-done-tested = Tested.
words-done-revoked = Revoked: the key opens nothing any more.
words-done-suppressed = Suppressed: this address is never written to.
words-done-lifted = Lifted: this address can be written to again.
words-done-sent-again = It is sent again.

# What a person who signs in may do.
words-role-admin = Admin
words-role-rep = Rep
words-role-router = Router
words-role-mailbox = Mailbox
words-role-viewer = Viewer

# A campaign’s status.
words-status-draft = Draft
words-status-scheduled = Scheduled
words-status-running = Running
words-status-paused = Paused
words-status-cancelled = Cancelled

# Why a person is to look at something.
words-review-uncertain = Unsure what it says
words-review-to-be-answered = Asks something
words-review-referral = Names somebody else
words-review-weak-tie = Unsure where it belongs
words-review-unauthenticated = Unsure who sent it
words-review-other-sender = From another address
words-review-loop = Goes back and forth
words-review-no-conversation = Belongs to no conversation
words-review-rep-unreached = The rep was not reached
words-review-rep-seems-away = The rep seems to be away
words-review-campaign-over = Its campaign is over
words-review-missing-fields = Fields are missing
words-review-wrong-lead = A rep says it is no lead
words-review-not-sent = Could not be sent

# Why a rep has a lead.
words-assigned-owner = Owner
words-assigned-turn = Turn
words-assigned-next = Passed on, by turn
words-assigned-manual = Passed on by a person
words-assigned-transfer = Taken over

# Names in a row: “Ann, Bo and Cy”. “first” holds one or several, with commas.
words-names = { $first } and { $last }
words-names-many = { $first } and { $count } others

# What is wrong with a field: “This …”
words-missing = is missing
words-no-rep = is no rep of your team
words-none-offered = is none of those offered
words-renamed = was changed to “{ $name }” meanwhile; save once more to replace that
words-empty = is empty; expected at least one visible character
words-too-long = is too long; expected at most { $most } characters
words-control-character = holds a control character; remove it
words-no-email = is not an email address; expected one such as name@example.com
words-no-dot = has no dot behind the @; expected an address such as name@example.com
words-secret-length = has the wrong length; expected 1 to { $most } bytes
words-no-host = is not a server’s name; expected a name such as smtp.example.com
words-no-time-of-day = is not a time of day; expected for example 09:00, from 00:00 to 24:00
words-no-digit = holds no digit; expected a number such as +49 30 901820
words-no-link = is not a link; expected an address that begins with https:// or http://, without spaces
words-link-with-password = holds a user name or password; leave them out
words-no-time-zone = is not a time zone; expected a name such as Europe/Berlin or UTC

# What is wrong with a template, under its field: “This names …”. $line is 0 where it is not known.
words-template-rep = names { $name }, and nobody has the lead yet: only the text of a handover can name the rep
words-template-unknown = { $line ->
    [0] names { $name }, which is not known. You can name { $names }, where NAME is a column of your own
   *[other] names { $name } in line { $line }, which is not known. You can name { $names }, where NAME is a column of your own
}
words-template-whole = { $line ->
    [0] prints { $name } as a whole. Say which part of it you mean: { $names }
   *[other] prints { $name } as a whole in line { $line }. Say which part of it you mean: { $names }
}
# $meant: the field that was probably meant. $attribute: how to name a column of the same name.
words-template-mistyped = { $line ->
    [0] names { $name }, which is not known. Did you mean { $meant }? For a column of your own of this name, write { $attribute }
   *[other] names { $name } in line { $line }, which is not known. Did you mean { $meant }? For a column of your own of this name, write { $attribute }
}
# $problem: one of the texts below.
words-template-unusable = { $line ->
    [0] can’t be used: { $problem }
   *[other] can’t be used, because of line { $line }: { $problem }
}
words-template-too-long = it is longer than { $most } KB; shorten it
# $what: what the reader of templates found, in its own words.
words-template-syntax = { $what }; write {"{{"} lead.first_name {"}}"} or {"{%"} if lead.company {"%}"} … {"{%"} endif {"%}"}
words-template-cannot = { $what }
words-template-value = a value is missing here, or of another kind than this needs; put an if around it
words-template-tag = what stands between the braces is too long, too deep or not closed; split it in two
words-template-tags = it has more than { $most } places to fill in, or too many loops; make it shorter
words-template-work = it has too much to do; make its loops shorter
words-template-output = it comes out longer than { $most } KB; shorten it
