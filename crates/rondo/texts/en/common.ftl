# What several pages say.

common-lead = Lead
common-sales-rep = Sales rep
common-campaign = Campaign
common-when = When
common-share = Share
common-handovers = Handovers
common-erased = erased
common-reports = Reports
common-period = { $from } until { $until }
common-period-open = from { $from } on

# What is wrong with a field, under it: “This must be a number.”
common-this = This { $error }.

common-sales-group = Sales group
common-status = Status
common-why = Why
common-name = Name
common-company = Company
common-email = Email address
common-save = Save
common-available = available
common-out-of-office = out of office
