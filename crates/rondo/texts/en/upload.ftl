# A file of leads, or a list that is pasted: what its columns mean, and what became of its rows.

# What stands in for a file’s name.
upload-a-list = the list that you pasted
upload-a-file = a file

# Why a file was not taken.
upload-none = Choose a file.
upload-empty = Choose a file with something in it.
upload-broken = The file did not arrive whole, or is larger than { $limit } MB. Split larger files.
upload-too-many = Too many files are being looked at just now. Finish with those that you have open, or try again in some minutes.
upload-forgotten = This file is not held any more: files are kept for an hour, on the server that took them, and a newer one takes their place. Leads that were taken are there; upload the file again for the others.
upload-not-taken-in = This file was not taken in yet.
# After what went wrong. $shown: the number as it is shown, 1,234.
upload-taken-before = { $count ->
    [one] { $shown } lead was taken before that, and stays; to send it again does no harm.
   *[other] { $shown } leads were taken before that, and stay; to send them again does no harm.
}

# What the columns mean.
upload-columns = What the columns mean
# $how: how the file is written, of the next text.
upload-from = From { $file } <span class="quiet">({ $how })</span>. Nothing is kept yet: look at what each column is taken for, and set it right where it is wrong.
upload-how = { $delimiter ->
    [comma] { $encoding }, separated by comma
    [semicolon] { $encoding }, separated by semicolon
    [tab] { $encoding }, separated by tab
    [pipe] { $encoding }, separated by pipe
   *[other] { $encoding }, separated as given
}
upload-look-wrong = The columns or letters look wrong
upload-delimiter = Cells are separated by
upload-encoding = Letters are written in
upload-read-again = Read it again
upload-as-recognised = As recognised
upload-comma = Comma
upload-semicolon = Semicolon
upload-tab = Tab
upload-pipe = Vertical bar
upload-utf-8 = UTF-8
upload-windows-1252 = Windows, Western Europe
upload-windows-1250 = Windows, Central Europe
upload-iso-8859-2 = ISO 8859-2
upload-utf-16 = UTF-16
upload-column = Column
upload-example = For example
upload-is-taken-for = Is taken for
upload-column-empty = empty
upload-full-name = Full name
upload-first-name = First name
upload-last-name = Last name
upload-owner = Lead owner (a sales rep)
upload-external-id = Id in your own system
upload-attribute = Keep under its own name
upload-ignore = Leave out
upload-existing = Leads that your team knows already
upload-existing-fill = Fill in what is missing, and keep the rest
upload-existing-overwrite = Replace what the file names
upload-existing-skip = Leave them as they are
upload-existing-hint = They join the campaign in each case.
upload-add = Add the leads
upload-another = Take another file
upload-same-twice = Two columns are said to be the same: “{ $column }” and an earlier one. Keep one of them under its own name.
upload-no-address = Say which column holds the email addresses.

# What became of its rows.
upload-report = What was taken
upload-report-from = { $rows ->
    [one] From { $file }: { $rows } row.
   *[other] From { $file }: { $rows } rows.
}
# Under a number each.
upload-joined = in the campaign now
upload-created = new to your team
upload-updated = known, and completed
upload-refused = not taken
upload-rows-refused = Rows not taken
upload-rows-refused-hint = Put them right in the file of these rows and upload that: rows that were taken are not in it.
upload-download = Download these rows
upload-row = Row
upload-first-refused = These are the first { $count }. All of them are in the file.
upload-apart = Known to the team, not in this campaign
upload-rows-apart = Not in this campaign
upload-first-apart = These are the first { $count } of { $all }.
upload-cautions = Worth knowing
# $rows: the numbers of the first rows of which this is to be said.
upload-caution-rows = (row { $rows })
upload-caution-rows-cut = (row { $rows } …)
upload-more = Add more leads
