# Getting in: the sign-in, links, the first start.

signing-in-title = Sign in
signing-in-button = Sign in
signing-in-new = There is no team yet. The server printed a link when it started: open that one to begin.
# $provider is what the server’s settings call it: Google, Okta …
signing-in-with = Sign in with { $provider }
signing-in-email = Email
signing-in-password = Password
signing-in-password-hint = At least { $count } characters.
# After a form was refused.
signing-in-password-once-more = Type it again: it is not kept in the page.
signing-in-again = The same again
signing-in-mail-link = Mail me a link instead
signing-in-forgotten-mail = Forgotten your password? Type your email address and have a link mailed to you, or ask an admin of your team for one.
signing-in-forgotten = Forgotten your password? An admin of your team can make you a new link under Settings.

# What went wrong.
signing-in-slow-down = Wait a minute, then try again.
signing-in-wrong = The email address or the password is wrong; try again, or ask an admin of your team for a new link.
signing-in-wrong-old = That is not your password until now; an admin of your team can make you a new link.
signing-in-weak = Choose a password of { $min } to { $max } characters that is not your email address.
signing-in-differ = The two passwords differ.
signing-in-link-gone = This link was used already or has run out; ask an admin of your team for a new one.
signing-in-mailed-link-gone = This link was used already or has run out; ask for another one on the sign-in page.
signing-in-no-start = This link begins the first team of a new server, once. If there is a team already, sign in.

# What went wrong with a provider.
signing-in-no-provider = This server knows no provider to sign in with.
signing-in-not-begun = { $provider }: this sign-in was begun too long ago or in another browser; begin again.
signing-in-declined = { $provider }: you were not signed in there; try again, or sign in another way.
signing-in-unknown = “{ $email }” may not sign in here; ask an admin of your team to invite that address under Settings.
signing-in-away = { $provider }: it can’t be reached just now; try again in a moment, or sign in another way.
signing-in-not-confirmed = { $provider }: it did not confirm who you are; begin again.
signing-in-not-verified = { $provider }: what it says can’t be verified; whoever runs this server finds the cause in its log.
signing-in-no-email = { $provider }: it does not say your email address; whoever runs it can let it pass the address on.
signing-in-unverified-email = { $provider }: it does not say that your email address is verified; verify the address there, or ask whoever runs it, then try again.

# An invitation or a new link.
signing-in-welcome = Welcome
signing-in-welcome-to = Welcome to { $team }
signing-in-choose-password = Choose a new password
signing-in-for = For { $email }, in the team { $team }.

# A link that was mailed to whoever asked for it.
signing-in-to = Sign in to { $team }
signing-in-as = As { $email }. This link works once.

signing-in-which-team = Which team?
signing-in-which-team-hint = Your address may sign in to several teams.

# The first start.
signing-in-start = Welcome to Rondo
signing-in-start-what = Hand every qualified lead to the right rep, in turn, exactly once. Begin with your team and yourself, its first admin.
signing-in-start-team = Team
signing-in-start-team-hint = As your reps know it, such as Acme Sales.
signing-in-start-email = Your email
signing-in-start-button = Begin
