//! The names of a team's reps, for the sentences that tell of them.

use rondo_core::ids::{RepId, TeamId};
use rondo_core::text::Name;

use crate::fields::{Fields, key};
use crate::{Store, StoreError, db};

impl Store {
    /// The names of everybody who is or was a rep of the team, by id.
    pub async fn rep_names(&self, team: TeamId) -> Result<Vec<(RepId, Name)>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select rep_id, name
            from reps
            where team_id = $1 and name is not null
            order by rep_id",
        )
        .bind(key(team))
        .fetch_all(&mut reader)
        .await?;
        rows.iter()
            .map(|row| {
                let fields = Fields::new(row, "reps");
                let name = fields.text(1)?;
                Ok((fields.id(0)?, Name::parse(&name).map_err(|_| fields.corrupt(1))?))
            })
            .collect()
    }
}
