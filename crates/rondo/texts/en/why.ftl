# Why a lead went to whom it did. What happened is told in parts, joined by `why-and`, and ended by `why-whole`:
# “Cy was next after Ann; Bo was passed over: out of office until Mon 9 Nov, 09:00.”

why-whole = { $parts }.
why-and = { $before }; { $part }

# Stands before whose turn it was then.
why-passed-on = A person passed this lead on
why-owner = { $rep } owns this lead; no turn was taken
why-transfer = { $rep } took over this lead’s owner’s leads; no turn was taken
why-manual = A person passed this lead to { $rep }; no turn was taken
why-turn = { $rep } was next after { $before }
why-turn-again = { $rep } was next again
why-turn-first = { $rep } was the first to take a turn

# Whoever owns the lead and did not get it.
why-owner-away = { $name } owns this lead but was out of office
why-owner-away-until = { $name } owns this lead but was out of office until { $until }
why-owner-had-it = { $name } owns this lead but had it before

why-passed-away = { $name } was passed over: out of office
why-passed-away-until = { $name } was passed over: out of office until { $until }
why-passed-had-it = { $name } was passed over: they had this lead
why-passed-more = { $count ->
    [one] { $count } more was passed over
   *[other] { $count } more were passed over
}
