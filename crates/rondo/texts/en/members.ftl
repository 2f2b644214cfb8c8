# Members: who signs in, as what, and the links that let them in.

members-title = Members
members-about = People who sign in to this console. A sales rep needs no account to be handed leads.

members-made = A link for { $email }
members-made-copy = Pass it on to them: it is shown this once
members-made-hint = Whoever opens it chooses the password. It works once, until { $when }. Links made before open nothing any more.

members-role = Role
members-password = Password
members-actions = Actions
members-you = you
# Whether somebody has a password.
members-rep-left = Rep has left
members-chosen = Chosen
members-invited = Invited
# The unseen words are read aloud.
members-new-link = New link<span class="unseen"> for { $email }</span>
members-remove = Remove<span class="unseen"> { $email }</span>
members-remove-self-confirm = Remove yourself? You are signed out at once.
members-remove-confirm = Remove { $email }? They are signed out at once.
members-last-admin = This is the team’s last admin: nobody could let anybody in without one. Invite another admin first.

members-invite = Invite somebody
members-as-what = As what?
members-rep-hint = Their own turns, leads and absences.
members-viewer-hint = Sees everything but the settings and notes on absences, changes nothing.
members-which-rep-hint = Who they are, for the role Rep alone.
members-invite-button = Make the invitation
# What is wrong with the address: “This address signs in already …”
members-known = address signs in already; make a new link above instead
