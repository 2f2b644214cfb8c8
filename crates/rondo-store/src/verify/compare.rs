//! Two tables read side by side, in the order of their key.

use std::cmp::Ordering;

use rondo_core::ids::TeamId;

use super::tables::{Table, shown};
use super::{Difference, VerifyReport};
use crate::db::Value;
use crate::rows::Values;
use crate::{StoreError, db};

/// A stored value, ordered as the database orders it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Cell {
    fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(integer) => Self::Integer(*integer),
            Value::Text(text) => Self::Text(text.to_string()),
            Value::Id(id) => Self::Blob(id.to_vec()),
            Value::Bytes(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

/// A row with the names of its columns.
struct Line {
    row: db::Row,
    cells: Vec<Cell>,
}

/// Names every row of `table` that is missing, too many, or differs in a column.
pub(super) async fn compare(
    data: &mut db::Connection,
    scratch: &mut db::Connection,
    team: TeamId,
    table: &Table,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    let mut stored = read(data, team, table).await?;
    let mut replayed = read(scratch, team, table).await?;
    let mut have = next(&mut stored).await?;
    let mut want = next(&mut replayed).await?;
    while !report.is_full() {
        let order = match (&want, &have) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(want), Some(have)) => want.key(table).cmp(have.key(table)),
        };
        report.rows += 1;
        match (order, &want, &have) {
            (Ordering::Less, Some(missing), _) => {
                report.differs(missing.whole(table, team, "there", "missing"));
            }
            (Ordering::Greater, _, Some(extra)) => {
                report.differs(extra.whole(table, team, "not there", "there"));
            }
            (Ordering::Equal, Some(want), Some(have)) => {
                want.against(have, table, team, report);
            }
            (Ordering::Less | Ordering::Greater | Ordering::Equal, _, _) => break,
        }
        if order.is_le() {
            want = next(&mut replayed).await?;
        }
        if order.is_ge() {
            have = next(&mut stored).await?;
        }
    }
    replayed.close().await?;
    stored.close().await
}

async fn read<'c>(
    connection: &'c mut db::Connection,
    team: TeamId,
    table: &Table,
) -> Result<db::Rows<'c>, StoreError> {
    connection.stream(table.sql, Values::bound(|values| values.id(team))).await
}

async fn next(rows: &mut db::Rows<'_>) -> Result<Option<Line>, StoreError> {
    let Some(row) = rows.next().await? else { return Ok(None) };
    let cells = row.cells().iter().map(Cell::of).collect();
    Ok(Some(Line { row, cells }))
}

impl Line {
    fn key(&self, table: &Table) -> &[Cell] {
        &self.cells[..table.keys]
    }

    fn id(&self, table: &Table, team: TeamId) -> String {
        if table.keys == 0 {
            return team.to_string();
        }
        let parts: Vec<_> = self.row.names()[..table.keys]
            .iter()
            .zip(&self.cells)
            .map(|(name, cell)| shown(name, cell))
            .collect();
        parts.join(" ")
    }

    fn whole(&self, table: &Table, team: TeamId, ledger: &str, stored: &str) -> Difference {
        Difference {
            table: table.table,
            kind: table.kind,
            id: self.id(table, team),
            column: None,
            ledger: ledger.to_owned(),
            stored: stored.to_owned(),
        }
    }

    /// Names every column in which the stored row differs from this one.
    fn against(&self, stored: &Self, table: &Table, team: TeamId, report: &mut VerifyReport) {
        for (name, (want, have)) in
            self.row.names().iter().zip(self.cells.iter().zip(&stored.cells))
        {
            if want != have {
                report.differs(Difference {
                    table: table.table,
                    kind: table.kind_of(name),
                    id: self.id(table, team),
                    column: Some(name.clone()),
                    ledger: shown(name, want),
                    stored: shown(name, have),
                });
            }
        }
    }
}
