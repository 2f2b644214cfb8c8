# What waits for a person’s eye.

reviews-title = Review
reviews-keys = <kbd>j</kbd> <kbd>k</kbd> down and up, <kbd>Enter</kbd> opens
reviews-changed = The queue has changed.
reviews-none = Nothing waits for you
reviews-none-hint = Replies that Rondo is not sure of, and questions that a person should answer, come here.
reviews-beginning = To the beginning
reviews-next-page = Next page

# A message that belongs to nobody’s thread.
reviews-erased-sender = An erased sender
reviews-read = Read it
reviews-absence = Enter the absence
# $back is the day as the rep’s mail says it: 2026-11-09.
reviews-absence-until = Enter the absence (back on { $back })
reviews-pass-on = Pass the lead on
reviews-conversation = The conversation
# The buttons, and what they are called for those who hear the page.
reviews-seen = Seen to
reviews-seen-of = Seen to: the message of { $who }
reviews-download = Download
reviews-download-of = Download the message of { $who }
