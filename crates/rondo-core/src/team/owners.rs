//! What a lead's owner means for where the lead goes, at an instant.

use super::{Away, Team};
use crate::event::{OwnerSource, Reason, WhenOwnerIsOut};
use crate::ids::RepId;
use crate::time::Instant;

/// Whom a lead belongs to, and whether that settles where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerNow {
    /// Nobody, or somebody who does not count: the lead takes a turn.
    None,
    /// To this rep, without a turn.
    Usable {
        /// Who gets it.
        rep: RepId,
        /// Why: the owner, or whoever took over the owner's leads.
        reason: Reason,
    },
    /// Pre-assigned to this rep, who is out; a turn is taken and the owner stays.
    Out {
        /// Who owns it.
        rep: RepId,
        /// How long they are away.
        away: Away,
    },
}

impl Team {
    /// R6, R8: a pre-assigned owner counts even while away, unless the campaign says otherwise; a routed one counts only
    /// while available; transfers are followed (G5).
    pub fn owner_at(
        &self,
        owner: Option<(RepId, OwnerSource)>,
        when_out: WhenOwnerIsOut,
        at: Instant,
    ) -> OwnerNow {
        let Some((recorded, source)) = owner else { return OwnerNow::None };
        let Some(rep) = self.resolve_owner(recorded) else { return OwnerNow::None };
        let reason = if rep == recorded { Reason::Owner } else { Reason::Transfer };
        match (source, self.away(rep, at)) {
            (OwnerSource::PreAssigned, None) => OwnerNow::Usable { rep, reason },
            (OwnerSource::PreAssigned, Some(away)) => match when_out {
                WhenOwnerIsOut::Owner => OwnerNow::Usable { rep, reason },
                WhenOwnerIsOut::RoundRobin => OwnerNow::Out { rep, away },
            },
            (OwnerSource::Routed, None) if self.settings().routed_rep_becomes_owner => {
                OwnerNow::Usable { rep, reason }
            }
            (OwnerSource::Routed, _) => OwnerNow::None,
        }
    }
}
