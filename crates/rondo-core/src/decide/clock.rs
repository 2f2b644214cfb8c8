//! What the clock brings about.

use super::*;

/// Events of one tick at most; what is left stays due, and the next tick follows at once.
const TICK_EVENTS_MAX: usize = 500;

impl Draft<'_> {
    /// Says whose absence has begun or ended, and launches what is due (C4): before that, where only those could take
    /// its leads who are away by now.
    pub(super) fn tick(&mut self) -> Decision {
        let due: Vec<_> = self.team.due_launches().take(TICK_EVENTS_MAX).collect();
        let (by_now, before): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|&campaign| self.has_anybody_for(campaign));
        self.launch_all(before);
        let room = TICK_EVENTS_MAX.saturating_sub(self.events.len());
        let reps: Vec<_> = self.team.unsaid().take(room).collect();
        for rep in reps {
            self.say_presence(rep);
        }
        let room = TICK_EVENTS_MAX.saturating_sub(self.events.len());
        self.launch_all(by_now.into_iter().take(room));
        Ok(Answer::Done)
    }

    fn has_anybody_for(&self, campaign: CampaignId) -> bool {
        let campaign = self.team.campaign(campaign);
        campaign.is_some_and(|parts| self.team.has_anybody(parts.settings.group))
    }

    fn launch_all(&mut self, campaigns: impl IntoIterator<Item = CampaignId>) {
        for campaign in campaigns {
            self.happens(Event::CampaignLaunched { campaign });
        }
    }
}
