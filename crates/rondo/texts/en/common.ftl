# What several pages say.

common-lead = Lead
common-sales-rep = Sales rep
common-campaign = Campaign
common-when = When
common-status = Status
common-began = Began
common-company = Company
common-share = Share
common-handovers = Handovers
common-erased = erased
common-erased-lead = An erased lead
common-passed-on-lead = A lead who was passed on
common-yes = yes
common-no = no
common-reports = Reports

# Facts about what a page is about.
common-about = About

# Filters above a list, and the pages of one.
common-lead-address = Lead’s address
common-show = Show
common-clear = Clear
common-pages = Pages

common-period = { $from } until { $until }
common-period-open = from { $from } on

# What is wrong with a field, under it: “This must be a number.”
common-this = This { $error }.

# A page of a list.
common-pages = Pages
common-back = Back
common-more = More

# Buttons of forms.
common-add = Add
common-save = Save
common-cancel = Cancel

common-email = Email
common-name = Name
common-time-zone = Time zone
common-presence = Presence
common-available = Available
common-out-of-office = Out of office
common-add-rep = Add a sales rep
common-no-reps = No sales reps yet
common-choose-rep = Choose a rep
# Words that somebody wrote.
common-quoted = “{ $words }”
