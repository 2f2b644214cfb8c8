//! What the clock brings about.

use super::*;

/// Events of one tick at most; what is left stays due, and the next tick follows at once.
const TICK_EVENTS_MAX: usize = 500;

impl Draft<'_> {
    /// Says whose absence has begun or ended, and launches what is due (C4).
    pub(super) fn tick(&mut self) -> Decision {
        let reps: Vec<_> = self.team.unsaid().take(TICK_EVENTS_MAX).collect();
        for rep in reps {
            self.say_presence(rep);
        }
        let room = TICK_EVENTS_MAX.saturating_sub(self.events.len());
        let launches: Vec<_> = self.team.due_launches().take(room).collect();
        for campaign in launches {
            self.happens(Event::CampaignLaunched { campaign });
        }
        Ok(Answer::Done)
    }
}
