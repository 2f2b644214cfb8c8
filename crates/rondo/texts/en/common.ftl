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
