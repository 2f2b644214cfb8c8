//! Leads join, change and are erased.

use std::collections::HashMap;

use super::*;
use crate::command::{LeadNews, LeadPatch, LeadsAnswer, OwnerRef};
use crate::detail::Existing;
use crate::event::{LeadAdded, OwnerSet, OwnerSource, Withdrawn};
use crate::facts::{ConversationState, LeadFact};
use crate::ids::{ConversationId, LeadId};
use crate::refusal::{NotEnrolled, StatusExpected};
use crate::text::EmailKey;

/// Leads named in one ledger entry at most: keeps an entry near 100 KB.
const LEADS_PER_ENTRY_MAX: usize = 1_000;

/// A lead as it stands within a list that is being taken.
struct Taken {
    lead: LeadId,
    first_row: usize,
    fact: LeadFact,
    conversation: Option<ConversationId>,
    added: LeadAdded,
    is_changed: bool,
}

impl Draft<'_> {
    /// Takes a list of leads: unknown ones are created, known ones updated, each joins the campaign. The same list again
    /// changes nothing.
    pub(super) fn add_leads(
        &mut self,
        campaign: Option<CampaignId>,
        leads: &[LeadNews],
        existing: Existing,
    ) -> Decision {
        if let Some(campaign) = campaign {
            let parts = self.campaign(campaign)?;
            if !parts.is_active() {
                return Err(wrong_status(parts, StatusExpected::ActiveToJoin));
            }
        }
        let mut taken: Vec<Taken> = Vec::with_capacity(leads.len());
        let mut index_of: HashMap<EmailKey, usize> = HashMap::with_capacity(leads.len());
        let mut order = Vec::with_capacity(leads.len());
        for (row, news) in leads.iter().enumerate() {
            let owner = self.named_owner(news.owner, Some(row));
            let index = *index_of.entry(news.email.key()).or_insert_with(|| {
                taken.push(self.begin_taking(campaign, news, row));
                taken.len() - 1
            });
            let lead = &mut taken[index];
            if lead.first_row != row {
                let first_row = lead.first_row;
                self.warnings.push(Warning::DuplicateRow { row, first_row });
            }
            lead.take(news, owner, existing);
            order.push(index);
        }
        let answer = LeadsAnswer {
            created: taken.iter().filter(|lead| lead.added.new).count() as u64,
            updated: taken.iter().filter(|lead| !lead.added.new && lead.is_changed).count() as u64,
            conversations: order.iter().filter_map(|&index| taken[index].conversation).collect(),
        };
        self.note_leads(campaign, taken);
        Ok(Answer::Leads(answer))
    }

    fn begin_taking(&mut self, campaign: Option<CampaignId>, news: &LeadNews, row: usize) -> Taken {
        let known = self.facts.lead_by_email.get(&news.email.key()).copied();
        let fact = known.and_then(|lead| self.facts.leads.get(&lead)).cloned();
        let is_new = fact.is_none();
        let lead = known.filter(|_| !is_new).unwrap_or_else(|| self.ids.next_id());
        let of = campaign.and_then(|campaign| self.facts.conversation_of.get(&(campaign, lead)));
        let joins = campaign.filter(|_| of.is_none());
        let not_enrolled = joins.and_then(|campaign| self.not_enrolled(campaign, news));
        self.warnings.extend(not_enrolled.map(|why| Warning::NotEnrolled { row, why }));
        let begun =
            if joins.is_some() && not_enrolled.is_none() { Some(self.ids.next_id()) } else { None };
        Taken {
            lead,
            first_row: row,
            fact: fact.unwrap_or_else(|| LeadFact {
                email: news.email.clone(),
                owner: None,
                fields: Default::default(),
            }),
            conversation: of.copied().or(begun),
            added: LeadAdded { lead, new: is_new, owner: None, conversation: begun },
            is_changed: is_new,
        }
    }

    /// Why a lead cannot join a campaign that writes; facts are there for such campaigns alone.
    fn not_enrolled(&self, campaign: CampaignId, news: &LeadNews) -> Option<NotEnrolled> {
        let key = news.email.key();
        if self.facts.suppressed.contains_key(&key) {
            Some(NotEnrolled::Suppressed)
        } else if self.facts.written_to_elsewhere.contains(&(campaign, key)) {
            Some(NotEnrolled::WrittenToElsewhere)
        } else {
            None
        }
    }

    fn note_leads(&mut self, campaign: Option<CampaignId>, taken: Vec<Taken>) {
        let changed: Vec<Taken> = taken
            .into_iter()
            .filter(|lead| lead.is_changed || lead.added.conversation.is_some())
            .collect();
        for chunk in changed.chunks(LEADS_PER_ENTRY_MAX) {
            let leads = chunk.iter().map(|lead| lead.added.clone()).collect();
            self.happens(Event::LeadsAdded { campaign, leads });
        }
        self.details.extend(changed.into_iter().filter(|lead| lead.is_changed).map(|lead| {
            Detail::Lead { lead: lead.lead, email: lead.fact.email, fields: lead.fact.fields }
        }));
    }

    /// R6: an owner who is not a rep of the team is dropped, with a warning.
    pub(super) fn named_owner(
        &mut self,
        owner: Option<OwnerRef>,
        row: Option<usize>,
    ) -> Option<RepId> {
        let found = match owner? {
            OwnerRef::Id(rep) => self.team.rep(rep).map(|rep| rep.id),
            OwnerRef::Email(key) => self
                .facts
                .rep_by_email
                .get(&key)
                .copied()
                .filter(|&rep| self.team.rep(rep).is_some()),
            OwnerRef::Unknown => None,
        };
        if found.is_none() {
            self.warnings.push(Warning::UnknownOwner { row });
        }
        found
    }

    pub(super) fn change_lead(&mut self, lead: LeadId, patch: &LeadPatch) -> Decision {
        let before = self.facts.leads.get(&lead).ok_or_else(|| not_found("lead", lead))?;
        let mut fact = before.clone();
        let patch = patch.clone();
        if let Some(email) = patch.email {
            let holder = self.facts.lead_by_email.get(&email.key());
            if let Some(holder) = holder.filter(|&&holder| holder != lead) {
                return Err(Refusal::EmailTaken { holder: holder.to_string() });
            }
            fact.email = email;
        }
        let fields = &mut fact.fields;
        fields.name = patch.name.unwrap_or(fields.name.take());
        fields.company = patch.company.unwrap_or(fields.company.take());
        fields.external_id = patch.external_id.unwrap_or(fields.external_id.take());
        if let Some(attributes) = patch.attributes {
            fields.attributes = attributes;
        }
        let owner = match patch.owner {
            None => None,
            Some(None) => before.owner.map(|_| OwnerSet::Cleared),
            Some(named) => self.named_owner(named, None).map(OwnerSet::To).filter(|owner| {
                let same = before.owner.map(|(rep, source)| (OwnerSet::To(rep), source));
                same != Some((*owner, OwnerSource::PreAssigned))
            }),
        };
        let is_changed = fact.email != before.email || fact.fields != before.fields;
        if is_changed || owner.is_some() {
            self.happens(Event::LeadChanged { lead, owner });
        }
        if is_changed {
            self.details.push(Detail::Lead { lead, email: fact.email, fields: fact.fields });
        }
        Ok(Answer::Lead(lead))
    }

    /// Erases a person. What waited for them is withdrawn; decisions stay.
    pub(super) fn erase_lead(&mut self, lead: LeadId) -> Decision {
        if !self.facts.leads.contains_key(&lead) {
            return Err(not_found("lead", lead));
        }
        let mut withdrawn: Vec<Withdrawn> = self
            .facts
            .conversations
            .iter()
            .filter(|(_, fact)| {
                fact.lead == lead && matches!(fact.state, ConversationState::Waiting { .. })
            })
            .map(|(&conversation, fact)| Withdrawn { campaign: fact.campaign, conversation })
            .collect();
        withdrawn.sort_by_key(|from| from.conversation);
        self.happens(Event::LeadErased { lead, withdrawn });
        Ok(Answer::Done)
    }
}

impl Taken {
    fn take(&mut self, news: &LeadNews, owner: Option<RepId>, existing: Existing) {
        // A list that leaves known leads alone still tells all it knows about the leads that it brings.
        let existing =
            if self.added.new && existing == Existing::Skip { Existing::Fill } else { existing };
        let fields = self.fact.fields.merged(&news.fields, existing);
        if fields != self.fact.fields {
            self.fact.fields = fields;
            self.is_changed = true;
        }
        // R6: whoever the later news names is the owner.
        let named = owner.map(|rep| (rep, OwnerSource::PreAssigned));
        if existing != Existing::Skip && named.is_some() && named != self.fact.owner {
            self.fact.owner = named;
            self.added.owner = owner;
            self.is_changed = true;
        }
    }
}
