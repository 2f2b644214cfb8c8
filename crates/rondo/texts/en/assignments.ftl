# Assignments: who got which lead, why, and passing one on.

assignments-title = Assignments
assignments-new = There are new assignments.
assignments-csv = Download as CSV
# A filter of the file, as it stands in the address, with what is wrong with it.
assignments-csv-filter = The filter “{ $filter }” { $error }
# Beside a rep whose lead another one has by now; the second is read by that rep, beside the lead.
assignments-passed-on = No longer theirs
assignments-passed-on-own = No longer yours
assignments-why = Why

assignments-from = From
assignments-to = To
# Behind “This”, see `common-this`.
assignments-no-date = is no date such as 2026-11-02
assignments-far-date = is too far away
assignments-until-early = is earlier than the first day

assignments-none-fit = No assignment fits
assignments-none-fit-hint = Take a filter away, or choose other days.
assignments-none-here = None of these assignments fits
assignments-none = No assignments yet
assignments-none-hint = Each qualified lead of a <a href="/campaigns">running campaign</a> goes to a rep, and stands here with the reasons.
assignments-none-own = No leads yet
assignments-none-own-hint = When it is your turn, the lead stands here, with the reasons. You get an email too.

# An assignment.
assignments-was-passed-on = This lead was passed on since.
# “by” is a person, a key, or Rondo itself.
assignments-was-passed-on-to = This lead was passed on since: to { $rep } by { $by }, { $when }.
# Behind one of those, where it was passed on further.
assignments-standing = { $rep } has it now.

assignments-circle = The circle as it stood
assignments-circle-rebuilt = The circle was rebuilt.
assignments-circle-shared = All campaigns of { $group } that share its turns go round together.
assignments-circle-own = Turns of this campaign in { $group }.
assignments-circle-no-turn = No turn was taken.
# Somebody who is not in the circle has the lead.
assignments-outside-owner = { $rep } was not in { $group }: a lead goes to its owner all the same.
assignments-outside-manual = { $rep } was not in { $group }: a lead may be passed on to any rep.
assignments-circle-drawing = The circle as a drawing; the list below says the same.
assignments-circle-empty = Nobody was in the circle.
assignments-circle-rebuilding = The circle is being rebuilt from the ledger: so many changes take a moment.
# The legend of the drawing.
assignments-legend-chosen = got this lead
assignments-legend-last = had the last turn before
assignments-legend-away = out of office then
# Beside a member’s name.
assignments-seat-last = Had the last turn
assignments-seat-chosen = Got this lead
assignments-seat-passed = Passed over
assignments-seat-away = Out of office
assignments-seat-away-until = Out of office until { $until }
assignments-seats-cut = { $shown } of { $count } members, from the last turn on.

assignments-about-this = About this assignment
assignments-how = How it was decided
# Who brought it about: a person by their address, a key, or one of those that follow.
assignments-by = Handed over by
assignments-by-assistant = The assistant, which read the lead’s reply
assignments-by-waiting = Rondo, when the lead’s wait was over
# What a rep reads in place of an address and of a key, also within a sentence.
assignments-by-admin = an admin
assignments-by-other-system = another system
assignments-passed-by = Passed on by
assignments-passed-from = Passed on from
assignments-passed-from-entry = { $rep } <span class="quiet">(ledger number { $n })</span>
# What was written for the rep, and below it who wrote it when.
assignments-note = Note
assignments-noted = { $by }, { $when }
assignments-reason = Reason
assignments-before = Last turn before
assignments-before-gone = { $name } <span class="quiet">(no longer in the circle)</span>
assignments-before-nobody = Nobody’s: it was the first
assignments-after = Last turn after
assignments-after-unchanged = { $name } <span class="quiet">(unchanged)</span>
assignments-after-nobody = Still nobody’s
assignments-owner = Owner
assignments-passed-over = Passed over
assignments-passed-over-nobody = Nobody
assignments-passed-over-more = and { $count } more
# Why somebody was passed over, or an owner set aside.
assignments-passed-away = { $name }: out of office
assignments-passed-away-until = { $name }: out of office until { $until }
assignments-passed-had-it = { $name }: had this lead
assignments-ledger = Ledger number
assignments-afterwards = Afterwards
assignments-becomes-owner = { $rep } owns the lead

assignments-conversation = Conversation
assignments-conversation-read = Read it

assignments-pass-on = Pass it on
assignments-pass-on-to = To
assignments-pass-on-next = Whoever is next
assignments-pass-on-note = Note
assignments-pass-on-note-hint = For the new rep, who reads it beside the conversation.
assignments-pass-on-hint = Whoever is next takes a turn. A rep whom you name takes none, and may be out of office. The new rep becomes the owner.
assignments-pass-on-button = Pass on
