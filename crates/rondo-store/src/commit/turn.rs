//! Taking turns at a team that several nodes write at once.
//!
//! Whoever decides first and writes after may find each time that another node was faster, and never get anywhere. A
//! node that was overtaken asks for its turn: it locks the team, reads what it has missed, decides and writes, while the
//! others wait in line.

use std::sync::Arc;

use rondo_core::ids::TeamId;

use super::write_begun;
use crate::rows::Values;
use crate::{Committed, Store, StoreError, TeamBatch, db};

/// The right to write a team next: nobody else writes it until it is used, ended or dropped.
pub struct Turn {
    team: TeamId,
    connection: db::Connection,
    _share: db::Share,
}

impl Store {
    /// The team's turn, once those before have had theirs. None where there is no such team, and where nobody is
    /// overtaken in this way: an embedded database has one writer, and lines up whoever wants to be it.
    pub async fn turn(&self, team: TeamId) -> Result<Option<Turn>, StoreError> {
        let database = self.of(team);
        let Some(share) = database.share_for_turns().await? else { return Ok(None) };
        let mut connection = database.writer().await?;
        connection.begin_writing().await?;
        // An update that changes nothing locks the row in every database.
        let values = Values::bound(|values| values.id(team));
        let locked =
            db::query_with("update teams set revision = revision where team_id = $1", values)
                .execute(&mut connection)
                .await?;
        let turn = Turn { team, connection, _share: share };
        if locked == 0 {
            turn.end().await?;
            return Ok(None);
        }
        Ok(Some(turn))
    }

    /// As [`Store::write`], with the turn of the one team.
    pub async fn write_in_turn(
        &self,
        mut turn: Turn,
        batches: Arc<Vec<TeamBatch>>,
    ) -> Result<Vec<Committed>, StoreError> {
        debug_assert!(batches.iter().all(|batch| batch.team == turn.team));
        // When it fails, the connection is in the middle of something and goes with the turn.
        write_begun(&mut turn.connection, &batches).await
    }
}

impl Turn {
    /// Gives the turn up; nothing was written.
    pub async fn end(mut self) -> Result<(), StoreError> {
        self.connection.roll_back().await
    }
}
