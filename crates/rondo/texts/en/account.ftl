# Somebody’s own account.

account-title = Your account
account-who = { $email } · { $role } in { $team }

account-password = Password
account-password-old = Present password
# Below the first of the three fields, after they were refused.
account-password-once-more = Type all three again: passwords are not kept in the page.
account-password-new = New password
account-password-hint = At least { $count } characters. You are signed out everywhere else.
account-password-again = The same again
account-password-button = Change password

account-keys = Keyboard
account-keys-act = Single keys act, such as <kbd>q</kbd> in a conversation and <kbd>j</kbd> in a list. Turn this off if you speak to this machine, or press keys by accident. This browser remembers it.

account-sessions = Where you are signed in
account-sessions-browser = Browser
account-sessions-since = Since
account-sessions-seen = Last seen
account-sessions-end = End
account-sessions-this = this one
