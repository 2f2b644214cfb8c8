//! Where Rondo keeps its data: the ledger, the tables that follow from it, and what stands beside them.
//!
//! A [`Store`] is opened once and shared. Reads go to a few reading connections; every write of a team is a
//! [`TeamBatch`] that [`Store::commit`] makes durable as a whole or not at all. Nothing here decides anything: the
//! rules are in `rondo-core`.

mod batch;
mod circle;
mod commit;
mod copy;
mod db;
mod error;
mod facts;
mod fields;
mod leases;
mod ledger;
mod load;
mod mailboxes;
mod mails;
mod names;
mod outbox;
mod people;
mod places;
mod projection;
mod reads;
mod requests;
mod rows;
mod store;
mod sweeps;
mod verify;
mod webhooks;
mod words;

pub use batch::{Committed, QueuedDelivery, Remembered, TeamBatch};
pub use commit::Turn;
pub use copy::{CopyError, CopyProgress};
pub use error::StoreError;
pub use leases::{Duty, HeldLease, Lease};
pub use mailboxes::{MailboxKeep, MailboxRow};
pub use mails::{DueMail, LeftTo, MailOutcome, MailState, TriedMail};
pub use people::{NewSession, SessionOf, SessionRow, SignInLink, UserRow};
pub use reads::{
    AssignmentFilter, AssignmentRow, AssignmentsOf, AwaitedRep, ConversationFilter,
    ConversationRow, ConversationTally, DayOfTurns, DueStep, FoundByRow, HeldMessage, HeldRow,
    HistoryFilter, KeyRow, LeadFilter, LeadRow, MemberRow, MessageRow, OutcomeRow, OwnerTally,
    QualifierRow, RepRow, ReviewRow, ShareRow, SuppressionRow, ThreadOf, ThreadRow,
};
pub use rondo_core::mail::ConversationStatus;
pub use store::{Store, StoreOptions, shown_database};
pub use sweeps::{Account, OutboxSize, WaitingSize};
pub use verify::{DIFFERENCES_MAX, Difference, Progress, VerifyReport};
pub use webhooks::{
    Backlog, DeliveryRow, DeliveryState, LeadContact, TakenDelivery, TriedDelivery, TryOutcome,
    WebhookRow, WebhookTarget,
};
