# Conversations: the list of them, each as a thread, and what a person does about one.

conversations-title = Conversations
conversations-changed = The list has changed.
conversations-any-status = Any status

conversations-none-fit = No conversation fits
conversations-none-fit-hint = Search for something else, or take a filter away.
conversations-none-here = None of these conversations fits
# When a conversation was added that was not begun, such as “5 minutes ago”.
conversations-added = Added { $ago }
conversations-none = No conversations yet
conversations-none-hint = Each lead of a campaign gets one. <a href="/campaigns">Add leads to a campaign</a> to begin.

# How it stands with a conversation.
conversations-awaiting-lead = Awaiting the lead
conversations-not-begun = Not begun
conversations-awaiting-assistant = The assistant’s turn
conversations-in-review = In review
conversations-waiting = Waits for a rep
conversations-held = Waits: campaign paused
conversations-qualified = High intent
conversations-not-interested = Not interested
conversations-unsubscribed = Unsubscribed
conversations-unresponsive = Never answered
conversations-bounced = Bounced
conversations-cancelled = Cancelled

# What a reply means.
conversations-label-high-intent = High intent
conversations-label-question = Question
conversations-label-not-now = Not now
conversations-label-not-interested = Not interested
conversations-label-unsubscribe = Unsubscribe
conversations-label-wrong-person = Wrong person
conversations-label-auto-reply = Automatic reply
conversations-label-bounce = Bounce
conversations-label-other = Something else

# What follows once a person says that a reply means this, beside the meaning on its button.
conversations-then-to-a-rep = goes to a rep
conversations-then-waits = waits here for an answer
conversations-then-ends = ends the conversation
conversations-then-never-again = ends it, and the address is never written to again
conversations-then-goes-on = is no answer; the campaign goes on

# Why a person is to look at something.
conversations-because-uncertain = What the reply means is not certain enough to act on.
conversations-because-to-be-answered = The lead asked something that a person should answer.
conversations-because-referral = The reply names somebody else. Nobody is written to without your say.
conversations-because-no-conversation = This message belongs to no conversation.
conversations-because-other-sender = Somebody else than the lead wrote in this conversation.
conversations-because-weak-tie = Only sender and subject tie this reply to the conversation: it may not belong here.
conversations-because-unauthenticated = The receiving server doubts that the sender is who they say they are.
conversations-because-rep-unreached = The rep’s copy could not be delivered.
conversations-because-rep-seems-away = The rep answered automatically and seems to be away.
conversations-because-campaign-over = The campaign was cancelled before this was seen to.
conversations-because-missing-fields = The next message can’t be written: the lead lacks fields that it names.
conversations-because-loop = Two programs seem to answer each other. Rondo has stopped.
conversations-because-wrong-lead = The rep said that this is no lead for sales.
conversations-because-not-sent = A message could not be sent.

# What was done about a reply by itself.
conversations-done-auto = Rondo acted on it.
conversations-done-review = It was left to a person.
conversations-done-held = It is kept until the campaign runs again.
conversations-done-none = Nothing was to be done.

# Kinds of messages.
conversations-kind-received = Reply
conversations-kind-step = Campaign message
conversations-kind-answer = Answer
conversations-kind-handover = Handover
conversations-kind-note = Note to the rep
conversations-kind-reminder = Reminder to the rep
conversations-kind-escalation = Reminder to the admins
conversations-kind-other = Message

# Facts that were found in a reply, each before its value.
conversations-fact-follow-up-on = Wants to hear again on
conversations-fact-referral-name = Names
conversations-fact-referral-email = Their address
conversations-fact-phone = Phone
conversations-fact-left-company = Has left the company
conversations-fact-return-on = Back on

# A message in its thread. Its kind and when, for those who hear the page.
conversations-letter = { $kind }, { $when }
conversations-letter-to = to { $addresses }
conversations-letter-from-us = Us
conversations-letter-from-lead = The lead
conversations-letter-on-its-way = On its way
conversations-letter-not-sent = Not sent
conversations-letter-hidden = Admins can read what it says.
conversations-letter-says = What it says
conversations-letter-empty = There are no words in it.
conversations-letter-unwritten = It is written when it is sent, or was erased.
conversations-letter-erased = What it said was erased.
conversations-letter-quoted = Quoted text

# What was made of a reply. A meaning follows the first and the third.
conversations-reading-label = Taken for:
conversations-reading-sure = { $percent }{"\u00A0"}% sure
conversations-reading-corrected = A person said:
conversations-reading-how = How it was read
conversations-reading-percent = { $percent }{"\u00A0"}%
# A meaning and how likely it is.
conversations-reading-likely = { $meaning } { $percent }{"\u00A0"}%
conversations-reading-less-likely = Less likely: { $meanings }.
# Words out of the reply follow.
conversations-reading-cues = Words that speak for it:
conversations-reading-download = Download as it came in

# The thread. $campaign is a link to it.
conversations-paused = { $waiting ->
    [true] { $campaign } is paused: nothing is written to this lead and no reply is acted on. The lead is qualified and waits until the campaign is resumed; given to a certain rep, it goes there at once.
   *[false] { $campaign } is paused: nothing is written to this lead and no reply is acted on. Handed over now, the lead waits until the campaign is resumed; given to a certain rep, it goes there at once.
}
conversations-paused-resume = Resume the campaign
# The thread. Behind why its address is never written to.
conversations-suppressed = No mail goes to the lead in this conversation, not even the handover email.
conversations-next-review = Next in review
conversations-to-review = To review
conversations-messages = Messages
conversations-messages-new = There are new messages.
conversations-messages-none = Nothing was written yet
conversations-messages-none-first = The campaign’s first message is on its way.
# “admin”: whether whoever looks can hand a lead over.
conversations-messages-none-silent = { $admin ->
    [true] Messages appear here if the campaign writes. In one that does not, other systems say who is qualified, or you do.
   *[false] Messages appear here if the campaign writes. In one that does not, other systems say who is qualified, or an admin does.
}
conversations-messages-none-hint = Messages of the campaign and replies appear here.
conversations-messages-earlier = { $count ->
    [one] { $count } earlier message
   *[other] { $count } earlier messages
}
conversations-messages-cut = Messages before the last { $count } are not shown.

# What a person does about it.
conversations-about-this = About this conversation
conversations-do = What should happen?
conversations-do-nothing = { $rep } has this lead, and the assistant keeps silent.
# $pass-on is a link that says `conversations-do-pass-on-link`.
conversations-do-pass-on = { $pass-on } if somebody else should have it.
conversations-do-pass-on-link = Pass it on
# Why nothing can be handed over.
conversations-do-not-begun = The campaign has not begun: leads are handed over once it is launched.
conversations-do-over = The campaign is cancelled: nobody is handed over any more.
# In place of the button, for a lead who is qualified already.
conversations-do-held = This lead is qualified, and goes to a rep when the campaign is resumed.
conversations-do-waits = This lead is qualified, and goes to a rep as soon as one is available and those in front have theirs.
conversations-do-qualify-owner = Hand over to { $rep }, the owner
conversations-do-qualify-next = Hand over to { $rep }, who is next
conversations-do-qualify-waits = Qualify: waits for a rep
conversations-do-qualify-held = Qualify: waits until the campaign is resumed
# $mail: whether a handover email goes out.
conversations-do-qualify-sure-owner = { $mail ->
    [true] Hand this lead over to { $rep }, its owner, now? The handover email goes out at once.
   *[false] Hand this lead over to { $rep }, its owner, now?
}
conversations-do-qualify-sure-next = { $mail ->
    [true] Hand this lead over to { $rep }, who is next, now? The handover email goes out at once.
   *[false] Hand this lead over to { $rep }, who is next, now?
}
conversations-do-qualify-sure-waits = Qualify this lead now? It waits, and goes to a rep as soon as one is available and those in front have theirs.
conversations-do-qualify-sure-held = Qualify this lead now? It waits until the campaign is resumed, and goes to its owner then, or else to whoever is next.
conversations-do-forward = Give it to a certain rep
conversations-do-forward-hint = No turn is taken. It works for a rep who is out of office too.
conversations-do-forward-button = Hand over
conversations-do-answer = Answer as the assistant
conversations-do-answer-text = Your answer
conversations-do-answer-hint = It is sent in the lead’s thread, from the campaign’s mailbox.
conversations-do-answer-button = Send the answer
# $messages is a link that says `conversations-do-answer-no-mailbox-link`.
conversations-do-answer-no-mailbox = The assistant can’t answer here: the campaign has no mailbox to write from. See { $messages }.
conversations-do-answer-no-mailbox-link = the campaign’s messages
conversations-do-label = Correct the label
conversations-do-label-hint = Say what the last reply means. What follows from it is done at once.
conversations-do-unsubscribe-sure = Never write to this address again?
conversations-do-resume = Go on with this lead
conversations-do-close = End: not interested
conversations-do-close-sure = End this conversation as not interested? The campaign writes no more to this lead.
conversations-do-seen = Seen to

# At the top of the page, once it is done.
conversations-handed-over = Handed over: { $rep } has this lead now.

# What is known of it.
conversations-facts-changed = The facts have changed.
conversations-facts-erased = Erased
conversations-facts-owner = Lead owner
conversations-facts-owner-nobody = Nobody
# Under an owner to whom it goes.
conversations-facts-owner-outside = { $rep } is not in “{ $group }”. Handed over, the lead goes to its owner all the same.
# Before where the lead goes when it is handed over.
conversations-facts-to = Handover
conversations-facts-to-owner = { $paused ->
    [true] To { $rep }, who owns this lead, once the campaign is resumed
   *[false] To { $rep }: owned leads go to their owner
}
conversations-facts-to-next = To { $rep }, who is next
conversations-facts-to-next-then = To whoever is next when the campaign is resumed
conversations-facts-to-nobody = To the first rep who is available, after those who wait in front
conversations-facts-why = Why
conversations-facts-note = Note
conversations-facts-next = Next message
conversations-facts-added = Added
