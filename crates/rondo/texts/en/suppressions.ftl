# Addresses that are never written to.

suppressions-title = Suppressed addresses
suppressions-about = Nobody of the team writes to these addresses from Rondo: the person asked for it, or there is no such address. It holds for good, until an admin lifts it.

suppressions-find = Find an address
suppressions-all = All
suppressions-none = No address is suppressed
suppressions-none-hint = Whoever asks not to be written to appears here by themselves. You can add an address below.
suppressions-not-found = “{ $address }” is not suppressed
suppressions-not-found-hint = It can be written to.

suppressions-why = Why
suppressions-asked = Asked for it
suppressions-no-such-address = No such address
suppressions-complained = Complained to their provider
suppressions-by-admin = By an admin
suppressions-erased = Somebody who was erased: known by a hash alone

suppressions-lift-head = Lift
# The unseen words are read aloud.
suppressions-lift = Lift<span class="unseen"> { $address }</span>
suppressions-lift-erased = Lift<span class="unseen"> an erased address</span>
suppressions-lift-confirm = Let this address be written to again? Do so only if the person asked for it.

suppressions-add = Add an address
suppressions-add-hint = No mail goes to it any more. Where a campaign’s message is due to it, that conversation ends then; others stay, and can be handed over.
suppressions-add-button = Suppress it
