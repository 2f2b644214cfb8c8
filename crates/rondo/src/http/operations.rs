//! Every operation of the API, with who may do it and which problems it can answer: one table.
//!
//! The check of roles, the OpenAPI document, the table in `docs/api.md` and the tests all follow from it. A route that
//! is missing here is never reached.

use axum::http::Method;
use rondo_core::event::Role;

use crate::http::codes::Code;

/// How far a role reaches in an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The whole team.
    Team,
    /// What belongs to the rep, or is the mailbox, that the key is bound to.
    Own,
    /// Nothing: `forbidden`.
    Nothing,
}

/// An operation of the API.
#[derive(Debug)]
pub struct Operation {
    /// As in the OpenAPI document; the handler's name.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path as a template.
    pub path: &'static str,
    /// How far the roles reach, in the order of [`ROLES`].
    pub reach: [Reach; 5],
    /// The codes that it can answer beside those that every operation can.
    pub codes: &'static [Code],
}

/// The roles, in the order of the table's columns.
pub const ROLES: [Role; 5] = [Role::Admin, Role::Rep, Role::Router, Role::Mailbox, Role::Viewer];

impl Operation {
    /// How far a role reaches.
    pub fn reach(&self, role: Role) -> Reach {
        match role {
            Role::Admin => self.reach[0],
            Role::Rep => self.reach[1],
            Role::Router => self.reach[2],
            Role::Mailbox => self.reach[3],
            Role::Viewer => self.reach[4],
        }
    }
}

use Code::{
    AddressSuppressed, AssignmentSuperseded, CampaignStarted, ConversationAssigned,
    DefaultGroupIsFixed, EmailTaken, GroupInUse, GroupNeedsARep, InvalidRequest, LastAdmin,
    LastAvailableRep, LimitReached, MailboxInUse, NameTaken, NobodyAvailable, NotFound,
    RepOwnsLeads, TooManyRequests, WrongStatus,
};
use Reach::{Nothing as No, Own, Team};

const fn operation(
    id: &'static str,
    method: Method,
    path: &'static str,
    reach: [Reach; 5],
    codes: &'static [Code],
) -> Operation {
    Operation { id, method, path, reach, codes }
}

const ADMIN: [Reach; 5] = [Team, No, No, No, No];
const ADMIN_AND_OWN: [Reach; 5] = [Team, Own, No, No, No];
const READ: [Reach; 5] = [Team, No, No, No, Team];
const READ_AND_OWN: [Reach; 5] = [Team, Own, No, No, Team];
const ROUTE: [Reach; 5] = [Team, No, Team, No, No];
const READ_ASSIGNMENTS: [Reach; 5] = [Team, Own, Team, No, Team];
const DELIVER: [Reach; 5] = [Team, No, No, Own, No];
const EVERYBODY: [Reach; 5] = [Team, Team, Team, Team, Team];

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const PATCH: Method = Method::PATCH;
const DELETE: Method = Method::DELETE;

/// The table.
#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    operation("add_rep", POST, "/v1/reps", ADMIN, &[EmailTaken, LimitReached]),
    operation("list_reps", GET, "/v1/reps", READ_AND_OWN, &[InvalidRequest]),
    operation("get_rep", GET, "/v1/reps/{rep}", READ_AND_OWN, &[]),
    operation("change_rep", PATCH, "/v1/reps/{rep}", ADMIN_AND_OWN, &[EmailTaken]),
    operation("remove_rep", DELETE, "/v1/reps/{rep}", ADMIN, &[InvalidRequest, GroupNeedsARep, LastAvailableRep, RepOwnsLeads]),
    operation("go_out_of_office", PUT, "/v1/reps/{rep}/out-of-office", ADMIN_AND_OWN, &[LastAvailableRep, LimitReached]),
    operation("come_back", DELETE, "/v1/reps/{rep}/out-of-office", ADMIN_AND_OWN, &[]),
    operation("add_absence", POST, "/v1/reps/{rep}/absences", ADMIN_AND_OWN, &[LastAvailableRep, LimitReached]),
    operation("list_absences", GET, "/v1/reps/{rep}/absences", READ_AND_OWN, &[InvalidRequest]),
    operation("get_absence", GET, "/v1/reps/{rep}/absences/{abs}", READ_AND_OWN, &[]),
    operation("change_absence", PATCH, "/v1/reps/{rep}/absences/{abs}", ADMIN_AND_OWN, &[LastAvailableRep]),
    operation("remove_absence", DELETE, "/v1/reps/{rep}/absences/{abs}", ADMIN_AND_OWN, &[]),

    operation("add_group", POST, "/v1/groups", ADMIN, &[NotFound, GroupNeedsARep, NameTaken, LimitReached]),
    operation("list_groups", GET, "/v1/groups", READ_AND_OWN, &[InvalidRequest]),
    operation("get_group", GET, "/v1/groups/{grp}", READ_AND_OWN, &[]),
    operation("rename_group", PATCH, "/v1/groups/{grp}", ADMIN, &[DefaultGroupIsFixed, NameTaken]),
    operation("remove_group", DELETE, "/v1/groups/{grp}", ADMIN, &[DefaultGroupIsFixed, GroupInUse]),
    operation("list_members", GET, "/v1/groups/{grp}/members", READ_AND_OWN, &[InvalidRequest]),
    operation("add_member", PUT, "/v1/groups/{grp}/members/{rep}", ADMIN, &[DefaultGroupIsFixed, LimitReached]),
    operation("remove_member", DELETE, "/v1/groups/{grp}/members/{rep}", ADMIN, &[DefaultGroupIsFixed, GroupNeedsARep, LastAvailableRep]),

    operation("add_campaign", POST, "/v1/campaigns", ADMIN, &[NotFound, LimitReached]),
    operation("list_campaigns", GET, "/v1/campaigns", READ, &[InvalidRequest]),
    operation("get_campaign", GET, "/v1/campaigns/{cmp}", READ, &[]),
    operation("change_campaign", PATCH, "/v1/campaigns/{cmp}", ADMIN, &[CampaignStarted, WrongStatus]),
    operation("remove_campaign", DELETE, "/v1/campaigns/{cmp}", ADMIN, &[WrongStatus]),
    operation("launch_campaign", POST, "/v1/campaigns/{cmp}/launch", ADMIN, &[NobodyAvailable, WrongStatus]),
    operation("pause_campaign", POST, "/v1/campaigns/{cmp}/pause", ADMIN, &[WrongStatus]),
    operation("resume_campaign", POST, "/v1/campaigns/{cmp}/resume", ADMIN, &[WrongStatus]),
    operation("cancel_campaign", POST, "/v1/campaigns/{cmp}/cancel", ADMIN, &[WrongStatus]),
    operation("duplicate_campaign", POST, "/v1/campaigns/{cmp}/duplicate", ADMIN, &[LimitReached]),
    operation("get_queue", GET, "/v1/campaigns/{cmp}/queue", READ, &[InvalidRequest]),

    operation("add_leads", POST, "/v1/campaigns/{cmp}/leads", ROUTE, &[WrongStatus]),
    operation("qualify", POST, "/v1/campaigns/{cmp}/qualified", ROUTE, &[WrongStatus]),
    operation("qualify_batch", POST, "/v1/campaigns/{cmp}/qualified/batch", ROUTE, &[]),
    operation("list_assignments", GET, "/v1/assignments", READ_ASSIGNMENTS, &[InvalidRequest, NotFound]),
    operation("get_assignment", GET, "/v1/assignments/{asg}", READ_ASSIGNMENTS, &[]),
    operation("get_assignment_circle", GET, "/v1/assignments/{asg}/circle", [Team, No, Team, No, Team], &[InvalidRequest]),
    operation("reassign", POST, "/v1/assignments/{asg}/reassign", ADMIN, &[AssignmentSuperseded, NobodyAvailable, WrongStatus]),

    operation("add_leads_to_team", POST, "/v1/leads", ROUTE, &[]),
    operation("list_leads", GET, "/v1/leads", READ, &[InvalidRequest, NotFound]),
    operation("get_lead", GET, "/v1/leads/{lead}", READ, &[]),
    operation("change_lead", PATCH, "/v1/leads/{lead}", ADMIN, &[EmailTaken]),
    operation("erase_lead", DELETE, "/v1/leads/{lead}", ADMIN, &[]),
    operation("list_conversations", GET, "/v1/conversations", READ, &[InvalidRequest, NotFound]),
    operation("get_conversation", GET, "/v1/conversations/{conv}", READ, &[]),
    operation("review", POST, "/v1/conversations/{conv}/review", ADMIN, &[AddressSuppressed, ConversationAssigned, WrongStatus]),

    operation("add_key", POST, "/v1/keys", ADMIN, &[NotFound, LimitReached]),
    operation("list_keys", GET, "/v1/keys", READ, &[InvalidRequest]),
    operation("revoke_key", DELETE, "/v1/keys/{key}", ADMIN, &[]),
    operation("add_user", POST, "/v1/users", ADMIN, &[NotFound, EmailTaken, LimitReached]),
    operation("list_users", GET, "/v1/users", ADMIN, &[InvalidRequest]),
    operation("remove_user", DELETE, "/v1/users/{usr}", ADMIN, &[LastAdmin]),
    operation("make_sign_in_link", POST, "/v1/users/{usr}/link", ADMIN, &[]),
    operation("get_settings", GET, "/v1/settings", READ, &[]),
    operation("change_settings", PATCH, "/v1/settings", ADMIN, &[]),
    operation("add_webhook", POST, "/v1/webhooks", ADMIN, &[LimitReached]),
    operation("list_webhooks", GET, "/v1/webhooks", READ, &[InvalidRequest]),
    operation("remove_webhook", DELETE, "/v1/webhooks/{hook}", ADMIN, &[]),
    operation("list_deliveries", GET, "/v1/webhooks/{hook}/deliveries", READ, &[InvalidRequest]),
    operation("resend_delivery", POST, "/v1/webhooks/{hook}/deliveries/{dlv}/resend", ADMIN, &[]),
    operation("add_mailbox", POST, "/v1/mailboxes", ADMIN, &[EmailTaken, LimitReached]),
    operation("list_mailboxes", GET, "/v1/mailboxes", READ, &[InvalidRequest]),
    operation("get_mailbox", GET, "/v1/mailboxes/{mbx}", READ, &[]),
    operation("change_mailbox", PATCH, "/v1/mailboxes/{mbx}", ADMIN, &[EmailTaken]),
    operation("remove_mailbox", DELETE, "/v1/mailboxes/{mbx}", ADMIN, &[MailboxInUse]),
    operation("test_mailbox", POST, "/v1/mailboxes/{mbx}/test", ADMIN, &[]),
    operation("deliver_message", POST, "/v1/mailboxes/{mbx}/messages", DELIVER, &[InvalidRequest]),
    operation("set_messages", PUT, "/v1/campaigns/{cmp}/messages", ADMIN, &[CampaignStarted, WrongStatus]),
    operation("get_messages", GET, "/v1/campaigns/{cmp}/messages", READ, &[]),
    operation("preview_messages", POST, "/v1/campaigns/{cmp}/messages/preview", READ, &[]),
    operation("try_messages", POST, "/v1/campaigns/{cmp}/messages/test", ADMIN, &[]),
    operation("list_missing", GET, "/v1/campaigns/{cmp}/messages/missing", READ, &[InvalidRequest]),
    operation("list_reviews", GET, "/v1/reviews", READ, &[InvalidRequest]),
    operation("close_message", POST, "/v1/messages/{msg}/close", ADMIN, &[]),
    operation("get_raw_message", GET, "/v1/messages/{msg}/raw", ADMIN, &[]),
    operation("get_qualifier", GET, "/v1/settings/qualifier", READ, &[]),
    operation("set_qualifier", PUT, "/v1/settings/qualifier", ADMIN, &[]),
    operation("add_suppression", POST, "/v1/suppressions", ADMIN, &[]),
    operation("list_suppressions", GET, "/v1/suppressions", READ, &[InvalidRequest]),
    operation("lift_suppression", DELETE, "/v1/suppressions/{sup}", ADMIN, &[]),
    operation("read_ledger", GET, "/v1/ledger", READ, &[InvalidRequest, TooManyRequests]),
    operation("noop", POST, "/v1/noop", EVERYBODY, &[]),
];

/// The table of operations and roles as it stands in the API guide.
pub fn markdown() -> String {
    let mut table = String::from(
        "| operation | call | admin | rep | router | mailbox | viewer |\n|---|---|---|---|---|---|---|\n",
    );
    for operation in OPERATIONS {
        let cells: Vec<&str> = operation
            .reach
            .iter()
            .map(|reach| match reach {
                Team => "yes",
                Own => "own",
                No => "",
            })
            .collect();
        table.push_str(&format!(
            "| `{}` | `{} {}` | {} |\n",
            operation.id,
            operation.method,
            operation.path,
            cells.join(" | ")
        ));
    }
    table
}
