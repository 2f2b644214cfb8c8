//! The plain design on SQLite: one transaction per decision, as durable as ours.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::now;

const SCHEMA: &str = "
create table leads (id integer primary key, email text not null unique, owner integer) strict;
create table assignments (id integer primary key, lead integer not null unique, rep integer not null) strict;
create table cursors (campaign integer primary key, place integer not null) strict;
insert into cursors values (1, 0);
";

/// A database that assigns leads one by one, without a server in front of it.
pub(crate) struct Plain {
    connection: Connection,
    count: i64,
}

impl Plain {
    pub(crate) fn open(folder: &Path) -> Self {
        let connection = Connection::open(folder.join("plain.db")).expect("it opens");
        connection.pragma_update(None, "journal_mode", "wal").expect("SQLite keeps a log");
        connection.pragma_update(None, "synchronous", "full").expect("SQLite waits for the disk");
        connection.execute_batch(SCHEMA).expect("the tables are made");
        Self { connection, count: 0 }
    }

    /// Assigns leads for so long; answers how many a second.
    pub(crate) fn run(&mut self, length: Duration) -> f64 {
        let (start, first) = (now(), self.count);
        while start.elapsed() < length {
            self.count += 1;
            assign(&self.connection, self.count).expect("a lead is assigned");
        }
        (self.count - first) as f64 / start.elapsed().as_secs_f64()
    }
}

fn assign(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("begin immediate")?.execute([])?;
    let place: i64 = connection
        .prepare_cached(
            "update cursors set place = place % 10 + 1 where campaign = 1 returning place",
        )?
        .query_row([], |row| row.get(0))?;
    connection
        .prepare_cached("insert into leads (email, owner) values (?1, ?2)")?
        .execute((format!("lead{number}@plain.example"), place))?;
    let lead = connection.last_insert_rowid();
    connection
        .prepare_cached("insert into assignments (lead, rep) values (?1, ?2)")?
        .execute((lead, place))?;
    connection.prepare_cached("commit")?.execute([])?;
    Ok(())
}
