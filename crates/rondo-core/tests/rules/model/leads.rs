//! Leads, their owners, and reports about them: R6–R8, C7.

use rondo_core::detail::Existing;
use rondo_core::event::Reason;
use rondo_core::team::Status;

use super::{Answer, Conversation, Given, Lead, Model, No, Owner, Reply, Said, State, done, said};
use crate::acts::Named;

impl Model {
    fn find_lead(&self, number: usize) -> Option<usize> {
        self.leads.iter().position(|lead| lead.number == number && !lead.is_erased)
    }

    fn find_or_make_lead(&mut self, number: usize) -> usize {
        self.find_lead(number).unwrap_or_else(|| {
            self.leads.push(Lead { number, owner: None, is_erased: false });
            self.leads.len() - 1
        })
    }

    fn find_conversation(&self, campaign: usize, lead: usize) -> Option<usize> {
        self.conversations.iter().position(|known| known.campaign == campaign && known.lead == lead)
    }

    fn find_or_begin(&mut self, campaign: usize, lead: usize) -> usize {
        self.find_conversation(campaign, lead).unwrap_or_else(|| {
            self.conversations.push(Conversation { campaign, lead, state: State::Open });
            self.conversations.len() - 1
        })
    }

    /// R6: the rep named, if they are in the team.
    fn present(&self, named: Named) -> Option<usize> {
        match named {
            Named::Id(rep) | Named::Email(rep) => {
                Some(rep.0).filter(|rep| self.reps[*rep].left.is_none())
            }
            Named::Stranger => None,
        }
    }

    pub(super) fn import(
        &mut self,
        campaign: Option<usize>,
        rows: &[(usize, Option<Named>)],
        existing: Existing,
    ) -> Answer {
        if let Some(campaign) = campaign
            && self.campaign(campaign)?.status == Status::Cancelled
        {
            return Err(No::because("wrong-status"));
        }
        let mut warnings = Vec::new();
        let mut conversations = Vec::new();
        let known_before = self.leads.clone();
        let (mut created, mut updated) = (Vec::new(), Vec::new());
        for (index, (number, named)) in rows.iter().enumerate() {
            if rows[..index].iter().any(|(earlier, _)| earlier == number) {
                warnings.push("duplicate-row");
            }
            let is_known =
                known_before.iter().any(|lead| lead.number == *number && !lead.is_erased);
            let lead = self.find_or_make_lead(*number);
            if !is_known && !created.contains(&lead) {
                created.push(lead);
            }
            match named.map(|named| self.present(named)) {
                Some(Some(rep)) if !is_known || existing != Existing::Skip => {
                    let owner = Some(Owner { rep, is_routed: false });
                    if is_known && self.leads[lead].owner != owner && !updated.contains(&lead) {
                        updated.push(lead);
                    }
                    self.leads[lead].owner = owner;
                }
                Some(Some(_)) | None => {}
                Some(None) => warnings.push("unknown-owner"),
            }
            conversations.extend(campaign.map(|campaign| self.find_or_begin(campaign, lead)));
        }
        warnings.sort_unstable();
        let (created, updated) = (created.len() as u64, updated.len() as u64);
        Ok(Said { reply: Reply::Leads { created, updated, conversations }, warnings })
    }

    pub(super) fn change_owner(&mut self, lead: usize, owner: Option<Named>) -> Answer {
        if self.leads[lead].is_erased {
            return Err(No::because("not-found"));
        }
        self.leads[lead].owner = match owner.map(|named| self.present(named)) {
            None => None,
            Some(Some(rep)) => Some(Owner { rep, is_routed: false }),
            Some(None) => {
                return Ok(Said { reply: Reply::Done, warnings: vec!["unknown-owner"] });
            }
        };
        done()
    }

    pub(super) fn erase(&mut self, lead: usize) -> Answer {
        if self.leads[lead].is_erased {
            return Err(No::because("not-found"));
        }
        self.leads[lead].is_erased = true;
        self.leads[lead].owner = None;
        for known in self.conversations.iter_mut().filter(|known| known.lead == lead) {
            if matches!(known.state, State::Waiting { .. }) {
                known.state = State::Open;
            }
        }
        done()
    }

    pub(super) fn qualify(
        &mut self,
        campaign: usize,
        number: usize,
        named: Option<Named>,
    ) -> Answer {
        let status = self.campaign(campaign)?.status;
        let known = self
            .find_lead(number)
            .and_then(|lead| self.find_conversation(campaign, lead))
            .and_then(|conversation| self.as_it_stands(conversation));
        if let Some(reply) = known {
            let warnings = match reply {
                Reply::Waits { conversation, .. } => {
                    self.name_owner(self.conversations[conversation].lead, named)
                }
                _ => Vec::new(),
            };
            return Ok(Said { reply, warnings });
        }
        if !matches!(status, Status::Running | Status::Paused) {
            return Err(No::because("wrong-status"));
        }
        let lead = self.find_or_make_lead(number);
        let warnings = self.name_owner(lead, named);
        let conversation = self.find_or_begin(campaign, lead);
        Ok(Said { reply: self.route(conversation), warnings })
    }

    /// R6: a later report that names an owner replaces the owner known so far.
    fn name_owner(&mut self, lead: usize, named: Option<Named>) -> Vec<&'static str> {
        match named.map(|named| self.present(named)) {
            Some(Some(rep)) => self.leads[lead].owner = Some(Owner { rep, is_routed: false }),
            Some(None) => return vec!["unknown-owner"],
            None => {}
        }
        Vec::new()
    }

    pub(super) fn qualify_conversation(&mut self, campaign: usize, conversation: usize) -> Answer {
        let status = self.campaign(campaign)?.status;
        let known = &self.conversations[conversation];
        if known.campaign != campaign {
            return Err(No::because("not-found"));
        }
        if let Some(reply) = self.as_it_stands(conversation) {
            return said(reply);
        }
        if !matches!(status, Status::Running | Status::Paused) {
            return Err(No::because("wrong-status"));
        }
        // Nobody can be handed a person who was erased.
        if self.leads[self.conversations[conversation].lead].is_erased {
            return Err(No::because("not-found"));
        }
        said(self.route(conversation))
    }

    /// R7: what a report about a conversation that is qualified already answers.
    fn as_it_stands(&self, conversation: usize) -> Option<Reply> {
        match self.conversations[conversation].state {
            State::Open => None,
            State::Waiting { .. } => {
                let position = self.position(conversation);
                Some(Reply::Waits { conversation, position })
            }
            State::Assigned { assignment } => Some(Reply::Stands { assignment }),
        }
    }

    pub(super) fn reassign(&mut self, assignment: usize, to: Option<usize>) -> Answer {
        let conversation = self.assignments[assignment].conversation;
        if self.conversations[conversation].state != (State::Assigned { assignment }) {
            return Err(No::because("assignment-superseded"));
        }
        let present = self.assignments[assignment].rep;
        let is_erased = self.leads[self.conversations[conversation].lead].is_erased;
        let Some(rep) = to else {
            if is_erased {
                return Err(No::because("not-found"));
            }
            return match self.by_turn(conversation, Some(present)) {
                Some(given) => said(Reply::Given(given)),
                None => Err(No::because("nobody-available")),
            };
        };
        self.is_in_team(rep)?;
        if rep == present {
            return said(Reply::Stands { assignment });
        }
        if is_erased {
            return Err(No::because("not-found"));
        }
        let cursor = self.cursor(self.key(self.conversations[conversation].campaign));
        let given = Given {
            conversation,
            rep,
            reason: Reason::Manual,
            before: cursor,
            after: cursor,
            passed: Vec::new(),
            owner_out: None,
            becomes_owner: self.ownership_follows,
        };
        said(Reply::Given(self.note(given)))
    }
}
