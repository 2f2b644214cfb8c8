# What several pages say.

# Heads of tables, and labels of fields.
common-lead = Lead
common-sales-rep = Sales rep
common-sales-group = Sales group
common-campaign = Campaign
common-when = When
common-why = Why
common-status = Status
common-began = Began
common-company = Company
common-name = Name
common-email = Email
common-email-address = Email address
common-time-zone = Time zone
common-presence = Presence
common-share = Share
common-handovers = Handovers
common-reports = Reports

# A rep’s presence, by itself, and the second within a line.
common-available = Available
common-out-of-office = Out of office
common-tag-out-of-office = out of office

# Where a name would stand.
common-erased = erased
common-erased-lead = An erased lead
common-passed-on-lead = A lead who was passed on

common-yes = yes
common-no = no

# Facts about what a page is about.
common-about = About
# Words that somebody wrote.
common-quoted = “{ $words }”

common-period = { $from } until { $until }
common-period-open = from { $from } on

# What is wrong with a field, under it: “This must be a number.”
common-this = This { $error }.

# Filters above a list, and the pages of one.
common-show = Show
common-clear = Clear
common-pages = Pages
common-back = Back
common-more = More

# Leads to the page once more, where a figure was still being made.
common-look-again = Look again

# Buttons of forms.
common-add = Add
common-save = Save
common-cancel = Cancel
common-add-rep = Add a sales rep
common-no-reps = No sales reps yet
common-choose-rep = Choose a rep
