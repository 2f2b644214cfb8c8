//! The plain design on SQLite: one transaction per decision, as durable as ours.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::now;

const SCHEMA: &str = "
create table leads (id integer primary key, email text not null unique, owner integer) strict;
create table assignments (id integer primary key, lead integer not null unique, rep integer not null) strict;
create table cursors (campaign integer primary key, place integer not null) strict;
insert into cursors values (1, 0);
";

/// A database that assigns leads one by one, without a server in front of it.
pub(crate) struct Plain {
    runtime: tokio::runtime::Runtime,
    connection: SqliteConnection,
    count: i64,
}

impl Plain {
    pub(crate) fn open(folder: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        let url = format!("sqlite:{}", folder.join("plain.db").display());
        let options = SqliteConnectOptions::from_str(&url)
            .expect("it is a database's address")
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let connection = runtime.block_on(async {
            let mut connection = options.connect().await.expect("it opens");
            sqlx::raw_sql(SCHEMA).execute(&mut connection).await.expect("the tables are made");
            connection
        });
        Self { runtime, connection, count: 0 }
    }

    /// Assigns leads for so long; answers how many a second.
    pub(crate) fn run(&mut self, length: Duration) -> f64 {
        let Self { runtime, connection, count } = self;
        let (start, first) = (now(), *count);
        runtime.block_on(async {
            while start.elapsed() < length {
                *count += 1;
                assign(connection, *count).await.expect("a lead is assigned");
            }
        });
        (*count - first) as f64 / start.elapsed().as_secs_f64()
    }
}

async fn assign(connection: &mut SqliteConnection, number: i64) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    let place: i64 = sqlx::query_scalar(
        "update cursors set place = place % 10 + 1 where campaign = 1 returning place",
    )
    .fetch_one(&mut *transaction)
    .await?;
    let lead: i64 =
        sqlx::query_scalar("insert into leads (email, owner) values ($1, $2) returning id")
            .bind(format!("lead{number}@plain.example"))
            .bind(place)
            .fetch_one(&mut *transaction)
            .await?;
    sqlx::query("insert into assignments (lead, rep) values ($1, $2)")
        .bind(lead)
        .bind(place)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}
