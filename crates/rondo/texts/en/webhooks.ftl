# Webhooks: where events are sent, and what became of each delivery.

webhooks-title = Webhooks
webhooks-made = The webhook is added
webhooks-made-copy = Its signing secret: copy it now, it is shown this once
webhooks-made-hint = Each delivery is signed with it, as Standard Webhooks says.
webhooks-none = No webhooks
webhooks-none-hint = A webhook tells another system, such as your CRM, what happens here. Add one below.

webhooks-to = To
webhooks-events = Events
webhooks-on = On
webhooks-stopped = Stopped

webhooks-add = Add a webhook
webhooks-url = Where to
webhooks-url-hint = Such as https://crm.example.com/rondo.
# Above the events to choose from; “it” is the other system.
webhooks-what = What is it told?
webhooks-assignment-created = A lead was assigned
webhooks-lead-waiting = A lead waits, since nobody is available
webhooks-campaign-launched = A campaign began to run
webhooks-rep-away = A rep is out of office
webhooks-rep-back = A rep is available again
# What is wrong with the events: “This is missing …”
webhooks-events-missing = is missing; choose at least one
webhooks-add-button = Add the webhook

# A webhook's own page.
webhooks-webhook = Webhook
webhooks-stopped-hint = Its receiver said on { $when } that it is gone. Send a delivery again to go on.
webhooks-deliveries = Deliveries
webhooks-deliveries-updated = The deliveries were updated.
webhooks-deliveries-none = Nothing was sent yet
webhooks-deliveries-none-hint = Deliveries appear here as soon as one of its events happens.
webhooks-event = Event
webhooks-attempts = Attempts
webhooks-last-answer = Last answer
webhooks-send-again = Send again
# The unseen words are read aloud.
webhooks-send-again-entry = Send again<span class="unseen"> entry { $n }</span>
# What became of a delivery.
webhooks-delivered = Delivered
webhooks-given-up = Given up
webhooks-tried = Tried, goes on
webhooks-on-its-way = On its way
# $when: in 2 min.
webhooks-next = next { $when }

webhooks-remove = Remove this webhook
webhooks-remove-hint = Nothing more is sent to it, and its deliveries are shown no more.
webhooks-remove-confirm = Remove the webhook to { $url }?
webhooks-remove-button = Remove the webhook
