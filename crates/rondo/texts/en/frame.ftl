# What is around every page, and how times are told.

frame-skip = Skip to content
frame-main = Main
frame-zone = { $role } · times in { $zone }
frame-account = Your account
frame-sign-out = Sign out

frame-home = Home
frame-review = Review
frame-campaigns = Campaigns
frame-leads = Leads
frame-conversations = Conversations
frame-assignments = Assignments
frame-groups = Sales groups
frame-reps = Sales reps
frame-reports = Reports
frame-settings = Settings
# A rep has two places alone.
frame-my-turns = My turns
frame-my-leads = My leads

# A time beside others that are told in another zone.
frame-when-in = { $when } ({ $zone })
# Whole days, the last one included.
frame-days-to = { $first } to { $last }
# Stands after “until”.
frame-end-of-day = the end of { $day }

frame-seconds = { $count } s
frame-minutes = { $count } min
frame-hours = { $count } h
frame-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
frame-just-now = just now
frame-ago = { $apart } ago
frame-in = in { $apart }

# What the script announces.
frame-updated = This page was updated.
frame-signed-out = You are signed out. Load this page again to sign in.
frame-copied = Copied
frame-shortcuts-on = Shortcuts are on.
frame-shortcuts-off = Shortcuts are off.
