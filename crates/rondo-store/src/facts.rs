//! What decisions must know, for a whole batch at once: a statement a kind of need, whatever the number.

mod leads;
mod mail;
mod reps;
mod waiting;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures_util::future::try_join_all;
use rondo_core::ids::{Id, TeamId};
use rondo_core::{Facts, Needs};

use crate::fields::Fields;
use crate::rows::Values;
use crate::{Store, StoreError, db};

impl Store {
    /// What is needed, team by team in the order given; each team is named once.
    ///
    /// Read after the team's revision was noted, so that a commit against that revision holds what was read.
    pub async fn facts(&self, needs: Vec<(TeamId, Needs)>) -> Result<Vec<Facts>, StoreError> {
        let needs = Arc::new(needs);
        let each = self.databases().runs(&needs, |(team, _)| *team).into_iter().map(
            async |(database, run)| {
                let needs = Arc::clone(&needs);
                // By the connection that will commit what is decided: what it read before is still in its memory,
                // while a reader throws everything away whenever something was committed.
                let mut writer = database.writer().await?;
                writer
                    .at_once(move |writer| Box::pin(async move { find(writer, &needs[run]).await }))
                    .await
            },
        );
        let found = try_join_all(each).await?;
        Ok(found.into_iter().flatten().collect())
    }
}

async fn find(
    connection: &mut db::Connection,
    needs: &[(TeamId, Needs)],
) -> Result<Vec<Facts>, StoreError> {
    let mut found = Found::of(needs);
    connection.hold().await?;
    leads::find(connection, needs, &mut found).await?;
    reps::find(connection, needs, &mut found).await?;
    waiting::find(connection, needs, &mut found).await?;
    mail::find(connection, needs, &mut found).await?;
    connection.let_go().await?;
    Ok(found.facts)
}

pub(crate) use mail::handling;
pub(crate) use reps::rep_details;

/// The facts of each team, while they are being found.
struct Found {
    facts: Vec<Facts>,
    index: HashMap<TeamId, usize>,
}

impl Found {
    fn of(needs: &[(TeamId, Needs)]) -> Self {
        let index = needs.iter().enumerate().map(|(index, (team, _))| (*team, index)).collect();
        Self { facts: vec![Facts::default(); needs.len()], index }
    }

    /// The facts of the team in the row's first column.
    fn of_row(&mut self, fields: Fields<'_>) -> Result<&mut Facts, StoreError> {
        let index = self.index.get(&fields.id(0)?).copied();
        Ok(&mut self.facts[index.expect("only rows of these teams are asked for")])
    }
}

/// One kind of need of all teams, as rows to bind.
fn rows_of<'n, N: Copy + 'n>(
    needs: &'n [(TeamId, Needs)],
    kind: impl Fn(&'n Needs) -> &'n BTreeSet<N>,
) -> Vec<(TeamId, N)> {
    needs.iter().flat_map(|(team, needs)| kind(needs).iter().map(|need| (*team, *need))).collect()
}

/// A row with its fields, as coming from `table`.
fn each<'r>(rows: &'r [db::Row], table: &'static str) -> impl Iterator<Item = Fields<'r>> {
    rows.iter().map(move |row| Fields::new(row, table))
}

fn bind_pair<I: Id>(values: &mut Values, (team, id): &(TeamId, I)) {
    values.id(*team);
    values.id(*id);
}
