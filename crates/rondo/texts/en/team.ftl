# The team's own settings.

team-title = Team
team-zone = Time zone
team-zone-hint = Times in the console are shown in it, unless a rep signs in who has their own. Begin to type a city.

team-after = After a lead is handed over
team-ownership = Ownership
team-owner = The rep who receives a lead becomes its owner
team-owner-hint = The lead’s next conversation, in any campaign, goes to the same rep while they are there. A pre-assigned owner stays.
team-reminder = Remind the rep after so many working hours
team-reminder-hint = If they have not written to the lead by then.

team-handover = The text of handovers
team-handover-about = When a lead is qualified, the assistant answers in the lead’s own thread with this text, and puts the rep in Cc.
team-handover-text = Text
team-handover-hint = Leave it empty for the standard text.

# Whose values the text of handovers can name, each before the names.
team-names = What the text can name
team-names-lead = The lead
team-names-rep = The rep
team-names-campaign = The campaign
team-names-assistant = The assistant
team-standard = The standard text
team-preview = Preview
# Ann Lee of Lee Ltd is the example's lead.
team-previewed = As Ann Lee of Lee Ltd would read it
