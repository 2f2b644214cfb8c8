//! Two tables read side by side, in the order of their key.

use std::cmp::Ordering;

use futures_util::TryStreamExt as _;
use futures_util::stream::BoxStream;
use rondo_core::ids::TeamId;
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

use super::tables::{Table, shown};
use super::{Difference, VerifyReport};
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

/// A row with the names of its columns.
struct Line {
    names: Vec<String>,
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
    let mut stored = read(data, team, table);
    let mut replayed = read(scratch, team, table);
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
    Ok(())
}

fn read<'c>(
    connection: &'c mut db::Connection,
    team: TeamId,
    table: &Table,
) -> BoxStream<'c, Result<db::Row, sqlx::Error>> {
    sqlx::query_with(table.sql, Values::bound(|values| values.id(team))).fetch(connection)
}

async fn next(
    rows: &mut BoxStream<'_, Result<db::Row, sqlx::Error>>,
) -> Result<Option<Line>, StoreError> {
    let Some(row) = rows.try_next().await? else { return Ok(None) };
    let names = row.columns().iter().map(|column| column.name().to_owned()).collect();
    let cells = (0..row.len()).map(|column| cell(&row, column)).collect::<Result<_, _>>()?;
    Ok(Some(Line { names, cells }))
}

fn cell(row: &db::Row, column: usize) -> Result<Cell, StoreError> {
    let value = row.try_get_raw(column)?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    Ok(match value.type_info().name() {
        "INTEGER" => Cell::Integer(row.try_get(column)?),
        "TEXT" => Cell::Text(row.try_get(column)?),
        _ => Cell::Blob(row.try_get(column)?),
    })
}

impl Line {
    fn key(&self, table: &Table) -> &[Cell] {
        &self.cells[..table.keys]
    }

    fn id(&self, table: &Table, team: TeamId) -> String {
        if table.keys == 0 {
            return team.to_string();
        }
        let parts: Vec<_> = self.names[..table.keys]
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
        for (name, (want, have)) in self.names.iter().zip(self.cells.iter().zip(&stored.cells)) {
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
