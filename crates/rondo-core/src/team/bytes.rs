//! What a team takes in memory: what the cache counts, and by which it lets teams go.

use super::*;

/// What stands before a shared value in its allocation: how often it is shared, strongly and weakly.
const COUNTS: usize = 2 * size_of::<usize>();

/// Bytes of a shared value that is nothing but itself.
const fn shared<T>() -> usize {
    COUNTS + size_of::<T>()
}

fn shared_list<T>(list: &Vec<T>) -> usize {
    shared::<Vec<T>>() + list.capacity() * size_of::<T>()
}

impl RepParts {
    fn bytes(&self) -> usize {
        match self.absences.len() {
            0 => 0,
            count => COUNTS + count * size_of::<Absence>(),
        }
    }
}

impl Group {
    fn bytes(&self) -> usize {
        shared::<Self>()
            + self.parts.name.as_str().len()
            + shared_list(&self.parts.members)
            + shared::<Circle>()
            + self.circle.available.bytes()
            + self.circle.coverage.bytes()
    }
}

fn plan_bytes(plan: &MailPlan) -> usize {
    let window = plan.window.as_ref().map_or(0, |window| {
        window.days.capacity() + window.time_zone.as_ref().map_or(0, String::capacity)
    });
    shared::<MailPlan>() + plan.wait_days.capacity() * size_of::<u16>() + window
}

impl Team {
    /// Bytes held, but for what the allocator adds to them.
    pub fn bytes(&self) -> usize {
        let lists =
            shared_list(&self.reps) + shared_list(&self.groups) + shared_list(&self.campaigns);
        let reps: usize = self.reps.iter().map(RepParts::bytes).sum();
        let groups: usize = self.groups.iter().map(|group| group.bytes()).sum();
        let of_campaign = |parts: &CampaignParts| {
            let plan = parts.mail.as_deref().map_or(0, plan_bytes);
            shared::<CampaignParts>() + parts.settings.name.as_str().len() + plan
        };
        let campaigns: usize = self.campaigns().map(of_campaign).sum();
        let settings = shared::<Settings>()
            + self.settings.name.as_str().len()
            + self.settings.time_zone.capacity()
            + self.settings.handover_template.as_ref().map_or(0, String::capacity);
        size_of::<Self>() + lists + reps + groups + campaigns + settings + self.rare_bytes()
    }

    fn rare_bytes(&self) -> usize {
        let agenda = self.agenda.get().map_or(0, shared_list);
        let webhooks = self.webhooks.get().map_or(0, shared_list);
        let mailboxes = self.mailboxes.get().map_or(0, shared_list);
        let users = self.users.get().map_or(0, shared_list);
        // Trees, of nodes that are about half full.
        let unsaid = self.unsaid.get().map_or(0, BTreeSet::len) * 2 * size_of::<RepId>();
        let launches =
            self.launches.get().map_or(0, BTreeSet::len) * 2 * size_of::<(Instant, CampaignId)>();
        let left =
            self.left.get().map_or(0, BTreeMap::len) * 2 * size_of::<(RepId, LeadsOfRemoved)>();
        agenda + webhooks + mailboxes + users + unsaid + launches + left
    }
}
