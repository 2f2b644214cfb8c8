# The assistant's mailboxes: their health in both directions, their servers, and trying them.

mailboxes-title = Mailboxes
mailboxes-new = New mailbox
mailboxes-add = Add a mailbox
mailboxes-none = No mailbox yet
mailboxes-none-hint = The assistant writes from a mailbox and reads the answers in it. <a href="/settings/mailboxes/new">Add one</a> before you launch a campaign that writes.
mailboxes-about = From here the assistant writes, and here it reads answers.
mailboxes-updated = The mailboxes were updated.

mailboxes-mailbox = Mailbox
mailboxes-sending = Sending
mailboxes-reading = Reading

# How a direction stands, in the list.
mailboxes-trouble-since = <span class="tag bad">In trouble</span> <span class="quiet">since { $when }</span>
mailboxes-well = Well
mailboxes-to-be-entered = To be entered
mailboxes-by-api = Delivered by the API
# $ago: 3 h ago.
mailboxes-read = read { $ago }
mailboxes-not-read = Not read yet

# How a direction stands, on the mailbox's page. $detail is a sentence of the server.
mailboxes-health = Health
mailboxes-health-updated = The mailbox’s health was updated.
mailboxes-trouble = <span class="tag bad">In trouble</span> since { $when }. { $detail }
mailboxes-no-trouble = No trouble is known.
mailboxes-by-api-hint = Messages are delivered by the API.
mailboxes-read-hint = Last read to its end { $ago }.
mailboxes-not-read-hint = Test it to see whether it can be.

mailboxes-test = Test both directions
mailboxes-found = What the test found
mailboxes-works = Works
mailboxes-works-not = Does not work
mailboxes-nothing-to-test = Nothing to test: messages are delivered by the API.
mailboxes-found-hint = Nothing was sent, and nothing was changed in the mailbox.

mailboxes-who = Who writes
mailboxes-name-hint = As leads see it, such as Kim of Acme.
mailboxes-plus = Mail to <em>name+anything@domain</em> reaches it
mailboxes-plus-hint = Then each answer finds its conversation by its address. Most providers deliver such mail.

mailboxes-smtp = Sending (SMTP)
mailboxes-smtp-example = Such as smtp.example.com.
mailboxes-imap = Reading (IMAP)
mailboxes-imap-example = Such as imap.example.com.
mailboxes-answers = How do answers come in?
mailboxes-answers-imap = Rondo reads them from an IMAP server
mailboxes-answers-none = They are delivered by the API, or none come in

# A server, for either direction.
mailboxes-server = Server
mailboxes-port = Port
mailboxes-encryption = Encryption
mailboxes-tls = TLS from the first byte
mailboxes-starttls = STARTTLS
mailboxes-unencrypted = None
mailboxes-encryption-hint = None is for servers in the same network.
mailboxes-user = User name
mailboxes-user-hint = Often the address.
mailboxes-user-hint-smtp = Often the address; empty where nobody logs in.
mailboxes-password = Password
mailboxes-what-it-is = What it is
mailboxes-a-password = A password
mailboxes-a-token = A token (OAuth 2)
mailboxes-folder = Folder
mailboxes-folder-hint = INBOX unless you say so.

# What is wrong with a field: “This is missing …”
mailboxes-user-missing-with-password = is missing; a password goes with one
# $usual: 25, 465, 587.
mailboxes-port-not-taken = is not taken; expected { $usual }, or one from { $free } on

mailboxes-add-button = Add the mailbox
mailboxes-remove = Remove this mailbox
mailboxes-remove-hint = Nothing is written from it or read in it any more. Keys that were bound to it open nothing. It is refused while an active campaign writes from it.
mailboxes-remove-confirm = Remove the mailbox { $name }?
mailboxes-remove-button = Remove the mailbox
