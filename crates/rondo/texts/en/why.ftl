# Why a lead went to whom it did. What happened is told in parts, joined by `why-and`, and ended by `why-whole`:
# “Cy was next after Ann; Bo was passed over: out of office until Mon 9 Nov, 09:00.” “own” is true of whoever reads it.

why-whole = { $parts }.
why-and = { $before }; { $part }

why-owner = { $own ->
    [true] You own this lead; no turn was taken
   *[false] { $rep } owns this lead; no turn was taken
}
why-transfer = { $own ->
    [true] You took over this lead’s owner’s leads; no turn was taken
   *[false] { $rep } took over this lead’s owner’s leads; no turn was taken
}
why-manual = { $own ->
    [true] A person passed this lead to you; no turn was taken
   *[false] A person passed this lead to { $rep }; no turn was taken
}
why-turn = { $own ->
    [true] You were next after { $before }
   *[false] { $rep } was next after { $before }
}
# The viewer had the turn before.
why-turn-after-you = { $rep } was next after you
why-turn-again = { $own ->
    [true] You were next again
   *[false] { $rep } was next again
}
why-turn-first = { $own ->
    [true] You were the first to take a turn
   *[false] { $rep } was the first to take a turn
}
# The same where a person passed the lead on before.
why-passed-on = { $own ->
    [true] A person passed this lead on; you were next after { $before }
   *[false] A person passed this lead on; { $rep } was next after { $before }
}
why-passed-on-after-you = A person passed this lead on; { $rep } was next after you
why-passed-on-again = { $own ->
    [true] A person passed this lead on; you were next again
   *[false] A person passed this lead on; { $rep } was next again
}
why-passed-on-first = { $own ->
    [true] A person passed this lead on; you were the first to take a turn
   *[false] A person passed this lead on; { $rep } was the first to take a turn
}

# Whoever owns the lead and did not get it.
why-owner-away = { $own ->
    [true] you own this lead but were out of office
   *[false] { $name } owns this lead but was out of office
}
why-owner-away-until = { $own ->
    [true] you own this lead but were out of office until { $until }
   *[false] { $name } owns this lead but was out of office until { $until }
}
why-owner-had-it = { $own ->
    [true] you own this lead but had it before
   *[false] { $name } owns this lead but had it before
}

why-passed-away = { $own ->
    [true] you were passed over: out of office
   *[false] { $name } was passed over: out of office
}
why-passed-away-until = { $own ->
    [true] you were passed over: out of office until { $until }
   *[false] { $name } was passed over: out of office until { $until }
}
why-passed-had-it = { $own ->
    [true] you were passed over: you had this lead
   *[false] { $name } was passed over: they had this lead
}
why-passed-more = { $count ->
    [one] { $count } more was passed over
   *[other] { $count } more were passed over
}
