//! Connections to a real database.

use std::time::Duration;

use super::*;
use crate::db::{self, Value, query};
use crate::rows::ForEach;

const COUNT: i64 = 1000;

static INSERT: ForEach = ForEach::insert("insert into numbers (n) values ($1)");
static INSERT_NAMED: ForEach = ForEach::insert("insert into numbers (n, name) values ($1, $2)");

struct World {
    pool: Pool,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers.db");
        create(&path).unwrap();
        let pool = writer(&path).await.unwrap();
        let mut connection = db::Connection::Sqlite(pool.acquire().await.unwrap());
        query("create table numbers (n integer not null, name text) strict")
            .execute(&mut connection)
            .await
            .unwrap();
        let numbers: Vec<i64> = (0..COUNT).collect();
        let written =
            INSERT.execute(&mut connection, &numbers, |values, n| values.add(*n)).await.unwrap();
        assert_eq!(written, COUNT as u64);
        Self { pool, _folder: folder }
    }

    async fn acquire(&self) -> db::Connection {
        db::Connection::Sqlite(self.pool.acquire().await.unwrap())
    }

    async fn count(&self) -> i64 {
        let mut connection = self.acquire().await;
        let row = query("select count(*) from numbers").fetch_one(&mut connection).await.unwrap();
        integer(&row)
    }
}

fn integer(row: &Row) -> i64 {
    match row.cell(0) {
        Some(Value::Integer(integer)) => *integer,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn rows_are_written_whole_and_in_order_however_many_are_written_at_once() {
    let world = World::new().await;
    for count in [1, 3, 4, 21, 64, 85, 200] {
        let mut connection = world.acquire().await;
        query("delete from numbers").execute(&mut connection).await.unwrap();
        let numbers: Vec<i64> = (0..count).collect();
        let bind = |values: &mut Values<'_>, n: &i64| {
            values.add(*n);
            values.text(format!("number {n}"));
        };
        let here: Vec<i64> = numbers.clone();
        let written = connection
            .at_once(move |there| {
                Box::pin(async move { INSERT_NAMED.execute(there, &here, bind).await })
            })
            .await
            .unwrap();
        assert_eq!(written, count as u64);
        let rows = query("select n, name from numbers order by rowid")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let found: Vec<_> = rows.iter().map(|row| row.cells().to_vec()).collect();
        let expected: Vec<_> = numbers
            .iter()
            .map(|n| vec![Value::Integer(*n), Value::Text(format!("number {n}").into())])
            .collect();
        assert_eq!(found, expected);
        drop(connection);
    }
}

#[tokio::test]
async fn values_are_bound_by_their_number_and_not_by_where_they_stand() {
    let world = World::new().await;
    let mut connection = world.acquire().await;
    let rows = query("select name, n from numbers where $2 = 'two' and n = $1")
        .bind(7)
        .bind("two")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].cells(), [Value::Null, Value::Integer(7)]);
    assert_eq!(rows[0].names(), ["name", "n"]);
}

#[tokio::test]
async fn long_answers_come_whole_and_in_order() {
    let world = World::new().await;
    let mut connection = world.acquire().await;
    let mut rows =
        connection.stream("select n from numbers order by n", Values::default()).await.unwrap();
    let mut read = Vec::new();
    while let Some(row) = rows.next().await.unwrap() {
        read.push(integer(&row));
    }
    assert_eq!(read, (0..COUNT).collect::<Vec<_>>());
    drop(rows);
    assert_eq!(query("delete from numbers").execute(&mut connection).await.unwrap(), COUNT as u64);
}

#[tokio::test]
async fn a_long_answer_can_be_left_and_its_connection_used_again() {
    let world = World::new().await;
    let mut connection = world.acquire().await;
    let mut rows =
        connection.stream("select n from numbers order by n", Values::default()).await.unwrap();
    assert_eq!(integer(&rows.next().await.unwrap().unwrap()), 0);
    rows.close().await.unwrap();
    assert_eq!(query("delete from numbers").execute(&mut connection).await.unwrap(), COUNT as u64);
}

#[tokio::test]
async fn what_was_begun_and_not_committed_is_undone_for_whoever_comes_next() {
    let world = World::new().await;
    let mut connection = world.acquire().await;
    connection.begin_writing().await.unwrap();
    query("delete from numbers").execute(&mut connection).await.unwrap();
    drop(connection);
    assert_eq!(world.count().await, COUNT);
}

#[tokio::test]
async fn work_whose_caller_went_away_gives_its_connection_back() {
    let world = World::new().await;
    let mut connection = world.acquire().await;
    let (begun, was_begun) = std::sync::mpsc::channel();
    let work = connection.at_once(move |there| {
        begun.send(()).unwrap();
        Box::pin(query("delete from numbers where n = 0").execute(there))
    });
    let abandoned = tokio::time::timeout(Duration::ZERO, work).await;
    // Whether it was done by then or not: it is done in the end, by a connection that others get.
    drop(abandoned);
    was_begun.recv().unwrap();
    drop(connection);
    assert_eq!(world.count().await, COUNT - 1);
}

#[tokio::test]
async fn closing_waits_for_those_who_hold_a_connection() {
    let world = World::new().await;
    let mut connection = world.acquire().await;
    let pool = world.pool.clone();
    let closing = tokio::spawn(async move { pool.close().await });
    tokio::task::yield_now().await;
    assert!(!closing.is_finished());
    query("delete from numbers").execute(&mut connection).await.unwrap();
    drop(connection);
    closing.await.unwrap();
    let refused = world.pool.acquire().await.map(drop);
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_database_of_an_earlier_version_is_brought_up_to_date_with_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rondo.db");
    create(&path).unwrap();
    let earlier = rusqlite::Connection::open(&path).unwrap();
    earlier.execute_batch(migrate::MIGRATIONS[0]).unwrap();
    earlier.pragma_update(None, "user_version", 1).unwrap();
    earlier.pragma_update(None, "foreign_keys", false).unwrap();
    let key = "insert into api_keys (team_id, key_id, role, created_at) values (x'01', x'02', 'router', 3)";
    earlier.execute(key, []).unwrap();
    earlier.close().unwrap();

    let pool = writer(&path).await.unwrap();
    migrate(&pool).await.unwrap();
    let mut connection = pool.acquire().await.map(db::Connection::Sqlite).unwrap();
    let unlimited =
        "select count(*) from api_keys where created_at = 3 and requests_per_second_max is null";
    let row = query(unlimited).fetch_one(&mut connection).await.unwrap();
    assert_eq!(integer(&row), 1);
}
