//! Every code that a problem can have: its status, what it means, what to do, and an example.
//!
//! One table for the answers, the OpenAPI document and the pages under `/problems/`.

use axum::http::StatusCode;

macro_rules! codes {
    ($($name:ident = $code:literal, $status:ident, $title:literal, $meaning:literal, $to_do:literal, $facts:literal;)*) => {
        /// A stable code of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        /// Every code, in the order of the table.
        pub const CODES: &[Code] = &[$(Code::$name),*];

        impl Code {
            /// As in `/problems/<code>`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status that it comes with.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// A short summary, the same for every occurrence (RFC 9457).
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What has happened, for a person.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// What that person can do.
            pub const fn to_do(self) -> &'static str {
                match self { $(Self::$name => $to_do,)* }
            }

            /// An example: the members beside `type`, `title`, `status` and `code`, as JSON.
            pub const fn example(self) -> &'static str {
                match self { $(Self::$name => $facts,)* }
            }
        }
    };
}

codes! {
    InvalidRequest = "invalid-request", BAD_REQUEST, "The request can't be read",
        "Something in the body, the query or a header is missing, of the wrong kind, too long, or not known here. Every mistake that was found is listed in `errors`, each with the place where it stands. Nothing was changed.",
        "Mend each place named in `errors` and send the request again. Unknown fields are refused so that a slip of the hand in a field's name is noticed.",
        r#"{"detail": "`/email` is missing", "errors": [{"pointer": "/email", "in": "body", "detail": "is missing"}]}"#;
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "No valid API key",
        "The request carries no API key, or one that is not known, has expired or was revoked.",
        "Send `Authorization: Bearer <API key>`. An administrator of the team makes keys with `POST /v1/keys`; on the server itself, `rondo key create` does.",
        r#"{"detail": "this needs an API key; send `Authorization: Bearer …`"}"#;
    Forbidden = "forbidden", FORBIDDEN, "The key's role does not allow this",
        "The API key is valid, but its role may not do this: a rep's key opens that rep's own record, absences, assignments and places; a router's imports and qualifies leads and reads assignments; a mailbox's delivers messages to that mailbox; a viewer's only reads.",
        "Use a key with a role that may do it: the table of operations and roles stands in the API guide.",
        r#"{"detail": "a key with the role `viewer` may not do this; use one with the role `admin`"}"#;
    NotFound = "not-found", NOT_FOUND, "There is no such thing",
        "Nothing stands at this address, or an id in the address or the body names nothing in your team. An id of another team answers the same as one that does not exist.",
        "Check the id, and that the API key is one of the team that you mean.",
        r#"{"detail": "there is no rep `rep_01kazzzzzzzzzzzzzzzzzzzzzz` in this team"}"#;
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "This address does not take that method",
        "The address exists, but not with this HTTP method. The header `Allow` lists those that it takes.",
        "Compare the method with the API's documentation at `/docs`.",
        r#"{"detail": "this address does not take that method; see the header `Allow`"}"#;
    WrongStatus = "wrong-status", CONFLICT, "The campaign's status does not allow this",
        "A campaign goes from draft to scheduled, running and paused, and ends when it is cancelled. What was asked for needs another status than the present one; for instance, only a running or paused campaign takes qualified leads.",
        "`detail` says in which status it works. Launch or resume the campaign first, or make a duplicate of a cancelled one.",
        r#"{"detail": "campaign `Spring` is draft; launch it first", "campaign": "cmp_01kazzzzzzzzzzzzzzzzzzzzzz", "campaign_name": "Spring", "campaign_status": "draft"}"#;
    LastAvailableRep = "last-available-rep", CONFLICT, "It would leave an active campaign without anybody",
        "After this, at some instant from now on, nobody would be available in a group where somebody is available now, and an active campaign needs that group. `blockers` names each campaign, its group, and the exact periods (`gaps`) without anybody; `until: null` means for good. Drafts, scheduled and paused campaigns count as active; while any campaign is active, the default group is guarded too.",
        "Add a rep to the group, choose other dates, or cancel the campaign. When only the open end is in the way, `latest_until` is the latest return that would be accepted: send it as `until`.",
        r#"{"detail": "rep `rep_01kazzzzzzzzzzzzzzzzzzzzzz` is the last one available for campaign `Spring` from 2026-12-03T00:00:00Z until 2026-12-10T00:00:00Z; add a rep, change the dates, or cancel the campaign", "rep": "rep_01kazzzzzzzzzzzzzzzzzzzzzz", "blockers": [{"campaign": "cmp_01kazzzzzzzzzzzzzzzzzzzzzz", "campaign_name": "Spring", "group": "grp_01kazzzzzzzzzzzzzzzzzzzzzz", "group_name": "North", "gaps": [{"from": "2026-12-03T00:00:00Z", "until": "2026-12-10T00:00:00Z"}]}], "latest_until": "2026-12-03T00:00:00Z"}"#;
    NobodyAvailable = "nobody-available", CONFLICT, "Nobody in the group is available",
        "A campaign can be launched only for an instant at which somebody in its group is available, and a lead can be passed to `next` only while somebody else is there.",
        "Add a rep to the group, end an absence, or choose another time.",
        r#"{"detail": "nobody in group `North` is available now; add a rep, end an absence, or choose another time", "group": "grp_01kazzzzzzzzzzzzzzzzzzzzzz", "group_name": "North"}"#;
    GroupNeedsARep = "group-needs-a-rep", CONFLICT, "A group needs at least one rep",
        "A group is saved with at least one rep, and its last one can't be removed.",
        "Add another rep to the group first, or delete the group.",
        r#"{"detail": "group `North` needs at least one rep, and this is its only one; add another first, or delete the group", "groups": [{"group": "grp_01kazzzzzzzzzzzzzzzzzzzzzz", "group_name": "North"}]}"#;
    GroupInUse = "group-in-use", CONFLICT, "Active campaigns use the group",
        "A group can't be deleted while a campaign that is not cancelled sends its leads there. `blockers` names the campaigns.",
        "Cancel those campaigns, delete those that are drafts, or give those that have not started another group.",
        r#"{"detail": "group `North` is used by campaign `Spring`; cancel or delete it, or give it another group", "group": "grp_01kazzzzzzzzzzzzzzzzzzzzzz", "group_name": "North", "blockers": [{"campaign": "cmp_01kazzzzzzzzzzzzzzzzzzzzzz", "campaign_name": "Spring"}]}"#;
    DefaultGroupIsFixed = "default-group-is-fixed", CONFLICT, "The default group can't be changed",
        "The default group holds every rep of the team and follows the team by itself. It can't be renamed, edited or deleted.",
        "Make a group of your own and choose it for the campaign.",
        r#"{"detail": "the default group `All sales reps` always holds every rep of the team and can't be changed; make a group of your own", "group": "grp_01kazzzzzzzzzzzzzzzzzzzzzz", "group_name": "All sales reps"}"#;
    CampaignStarted = "campaign-started", CONFLICT, "The campaign has started",
        "A campaign's group, its rotation and the mailbox that it writes from can be changed only while it is a draft or scheduled.",
        "Change the members of the group instead, or duplicate the campaign and change the new draft.",
        r#"{"detail": "campaign `Spring` is running, and its group can be changed only while it is a draft or scheduled; change the group's members, or duplicate the campaign", "campaign": "cmp_01kazzzzzzzzzzzzzzzzzzzzzz", "campaign_name": "Spring", "campaign_status": "running"}"#;
    NameTaken = "name-taken", CONFLICT, "Another group has that name",
        "Names of groups are unique in a team, ignoring case.",
        "Choose another name, or use the group that has it: `group` names it.",
        r#"{"detail": "group `grp_01kazzzzzzzzzzzzzzzzzzzzzz` has the name `North` already, ignoring case; choose another name", "group": "grp_01kazzzzzzzzzzzzzzzzzzzzzz", "group_name": "North"}"#;
    EmailTaken = "email-taken", CONFLICT, "Somebody has that email address",
        "Two reps of a team can't have the same address, and neither can two leads, two mailboxes or two users. Case makes no difference.",
        "Use the one that has it (`holder`), or choose another address.",
        r#"{"detail": "`rep_01kazzzzzzzzzzzzzzzzzzzzzz` has that email address already; use that one, or choose another address", "holder": "rep_01kazzzzzzzzzzzzzzzzzzzzzz"}"#;
    RepOwnsLeads = "rep-owns-leads", CONFLICT, "The rep owns leads",
        "A rep who owns leads can be removed only together with a decision on those leads.",
        "Send the request with `?leads=release`, so that they have no owner, or with `?leads=transfer&to=` and another rep's id.",
        r#"{"detail": "rep `rep_01kazzzzzzzzzzzzzzzzzzzzzz` owns 12 leads; say `leads=release`, or `leads=transfer` and `to=` another rep", "rep": "rep_01kazzzzzzzzzzzzzzzzzzzzzz", "leads_owned": 12}"#;
    AssignmentSuperseded = "assignment-superseded", CONFLICT, "The lead was passed on already",
        "The assignment named no longer stands: somebody passed the lead on before.",
        "Look at the assignment that stands now, `standing`, and pass that one on if it is still needed.",
        r#"{"detail": "assignment `asg_01kazzzzzzzzzzzzzzzzzzzzzz` was passed on already; `asg_01kb0000000000000000000000` stands now, pass that one on", "standing": "asg_01kb0000000000000000000000"}"#;
    MailboxInUse = "mailbox-in-use", CONFLICT, "Active campaigns write from the mailbox",
        "A mailbox can't be removed while a campaign that is not cancelled writes from it. `blockers` names the campaigns.",
        "Cancel those campaigns, delete those that are drafts, or give those that have not started another mailbox.",
        r#"{"detail": "mailbox `mbx_01kazzzzzzzzzzzzzzzzzzzzzz` is used by campaign `Spring`; cancel or delete it, or give it another mailbox", "mailbox": "mbx_01kazzzzzzzzzzzzzzzzzzzzzz", "blockers": [{"campaign": "cmp_01kazzzzzzzzzzzzzzzzzzzzzz", "campaign_name": "Spring"}]}"#;
    ConversationAssigned = "conversation-assigned", CONFLICT, "A rep has the conversation",
        "Once a conversation was handed to a rep, the assistant keeps silent in it: nobody answers in its name, and nobody else is given it by a review.",
        "Pass the assignment that stands (`standing`) on to another rep instead.",
        r#"{"detail": "conversation `conv_01kazzzzzzzzzzzzzzzzzzzzzz` was handed to a rep as `asg_01kazzzzzzzzzzzzzzzzzzzzzz`; pass that assignment on instead", "conversation": "conv_01kazzzzzzzzzzzzzzzzzzzzzz", "standing": "asg_01kazzzzzzzzzzzzzzzzzzzzzz"}"#;
    AddressSuppressed = "address-suppressed", CONFLICT, "The address is never written to",
        "The lead asked not to be written to, complained, or has an address that does not exist: it is on the team's list of suppressed addresses.",
        "An administrator can lift that with `DELETE /v1/suppressions/{sup}`, if the person asked for it.",
        r#"{"detail": "the lead of conversation `conv_01kazzzzzzzzzzzzzzzzzzzzzz` is on the list of suppressed addresses; an admin can lift that", "conversation": "conv_01kazzzzzzzzzzzzzzzzzzzzzz"}"#;
    LastAdmin = "last-admin", CONFLICT, "The team's last admin can't be removed",
        "Somebody has to be able to let people in. The last user with the role `admin` stays.",
        "Add another admin first, with `POST /v1/users`.",
        r#"{"detail": "user `usr_01kazzzzzzzzzzzzzzzzzzzzzz` is the team's last admin; add another admin first", "user": "usr_01kazzzzzzzzzzzzzzzzzzzzzz"}"#;
    LimitReached = "limit-reached", CONFLICT, "The team has as many as it can have",
        "A team can hold only so many of these, so that one team can't take the memory of all.",
        "Remove some that are no longer needed.",
        r#"{"detail": "the team has 10000 groups already, which is the most; remove some first", "limit": 10000}"#;
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "The request is too large",
        "The body has more bytes, or its list has more items, than are taken at once.",
        "Send it in several requests: at most 10,000 leads or items each.",
        r#"{"detail": "the list has more than 10000 items; send it in several requests", "limit": 10000}"#;
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body is not JSON",
        "The body has another media type than this address takes.",
        "Send JSON in UTF-8 with the header `Content-Type: application/json`.",
        r#"{"detail": "the body has another media type; send `Content-Type: application/json`"}"#;
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "The idempotency key was used for another request",
        "The same `Idempotency-Key` came with another body within 24 hours. Nothing was done.",
        "Use a fresh key for each new request, and the same one only to repeat a request exactly.",
        r#"{"detail": "this idempotency key came with another body before; use a fresh one for a new request"}"#;
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS, "Too many requests at once",
        "The team has as many requests under way as the server takes from one team, or the key makes more requests a second than the server allows one, or many requests without a valid key came from this address.",
        "Wait for the number of seconds in `Retry-After`, then send it again. Qualified leads are taken fastest in batches.",
        r#"{"detail": "the team has too many requests under way; try again in 1 s"}"#;
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong in the server",
        "This is a fault of the server, not of the request. What was asked for may or may not have been done.",
        "Send it again with the same `Idempotency-Key`: it is not done twice. If it goes on, give the value of the answer's `x-request-id` to whoever runs the server; the log says more under it.",
        r#"{"detail": "something went wrong in the server; its log says more under this request's id"}"#;
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "The server can't take this just now",
        "The server is starting, stopping, has too much to do, or can't reach its database. Nothing was changed.",
        "Wait for the number of seconds in `Retry-After`, then send it again with the same `Idempotency-Key`.",
        r#"{"detail": "the server has too much to do; try again in 1 s"}"#;
}

impl Code {
    /// The code with this name.
    pub fn named(name: &str) -> Option<Self> {
        CODES.iter().copied().find(|code| code.as_str() == name)
    }

    /// The example as a whole problem document.
    pub fn example_document(self) -> serde_json::Value {
        let mut document = serde_json::json!({
            "type": format!("/problems/{}", self.as_str()),
            "title": self.title(),
            "status": self.status().as_u16(),
            "code": self.as_str(),
        });
        let facts: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(self.example()).expect("the table's examples are JSON objects");
        document.as_object_mut().expect("it was made as an object").extend(facts);
        document
    }
}
