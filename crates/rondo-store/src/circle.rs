//! The circles of a team as they stood in the past.

use rondo_core::Team;
use rondo_core::ids::TeamId;

use crate::fields::Fields;
use crate::rows::Values;
use crate::{Store, StoreError, db, ledger};

/// Entries read at once: bounds the memory, not the work.
const PAGE: u64 = 1000;

impl Store {
    /// The team as it stood just before ledger number `n` as far as circles are concerned, rebuilt from the entries
    /// that are not about leads alone (R11); none if there is no such entry.
    pub async fn circle_at(&self, team: TeamId, n: u64) -> Result<Option<Team>, StoreError> {
        if self.batch_at(team, n).await?.is_none() {
            return Ok(None);
        }
        let mut reader = self.of(team).reader().await?;
        let mut rebuilt: Option<Team> = None;
        let mut after = 0;
        loop {
            let values = Values::bound(|values| {
                values.id(team);
                values.number(after);
                values.number(n);
                values.number(PAGE);
            });
            let rows = db::query_with(
                "select team_id, n, at, actor, kind, version, body
                 from ledger
                 where team_id = $1 and n > $2 and n < $3 and is_about_leads = 0
                 order by n
                 limit $4",
                values,
            )
            .fetch_all(&mut reader)
            .await?;
            for row in &rows {
                let entry = ledger::entry(row, 1)?;
                after = entry.n;
                match &mut rebuilt {
                    Some(team) => team.apply(&entry),
                    None => {
                        let fields = Fields::new(row, "ledger");
                        let founded = Team::found(team, &entry);
                        rebuilt = Some(founded.ok_or_else(|| fields.corrupt(6))?);
                    }
                }
            }
            if (rows.len() as u64) < PAGE {
                return Ok(rebuilt);
            }
        }
    }
}
