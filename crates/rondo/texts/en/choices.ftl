# Fields with which a rep or a campaign is chosen, and the buttons that turn pages.

choices-rep-away = { $name } (out of office)
choices-rep-all = Any
choices-rep-example = name@example.com
choices-rep-hint = A rep’s email address.
# $next is typed as it stands here.
choices-rep-hint-next = “{ $next }” for whoever is next, or a rep’s email address.

choices-campaign = Campaign
choices-campaign-all = All campaigns
choices-campaign-cancelled = { $name } (cancelled)

# The search box above a list, and what is said where not all was looked through.
choices-find-what = Name, address or company
choices-find = Find
choices-stopped = Not all were looked through yet: older ones may fit, too.
choices-look-back = Look further back

choices-newest = Newest
choices-older = Older
