//! Where each team's data is: the one place that is asked for the database of a team.
//!
//! Today all teams are in one database. What is read or written of a team is asked of the database of that team, and a
//! sweep over all teams asks every database; so teams can be spread later, and nothing but this file need know how.

use std::ops::Range;

use rondo_core::ids::TeamId;

use crate::{StoreError, db};

/// The databases that teams are in.
#[derive(Debug)]
pub(crate) struct Databases(db::Database);

impl Databases {
    /// Opens what `database` names, making and migrating it where needed.
    pub(crate) async fn open(database: &str, readers: u32) -> Result<Self, StoreError> {
        db::Database::open(database, readers).await.map(Self)
    }

    /// The database of this team, whether there is such a team or not.
    pub(crate) fn of(&self, _team: TeamId) -> &db::Database {
        &self.0
    }

    /// Every database.
    pub(crate) fn all(&self) -> impl Iterator<Item = &db::Database> {
        std::iter::once(&self.0)
    }

    /// The only one: for what is done to an installation as a whole in one transaction, which one database alone has.
    pub(crate) fn only(&self) -> &db::Database {
        &self.0
    }

    /// What is for several teams, in order, cut where the next team is in another database.
    pub(crate) fn runs<T>(
        &self,
        items: &[T],
        team: impl Fn(&T) -> TeamId,
    ) -> Vec<(&db::Database, Range<usize>)> {
        let mut runs: Vec<(&db::Database, Range<usize>)> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let database = self.of(team(item));
            match runs.last_mut() {
                Some((last, run)) if std::ptr::eq(*last, database) => run.end = at + 1,
                _ => runs.push((database, at..at + 1)),
            }
        }
        runs
    }
}
