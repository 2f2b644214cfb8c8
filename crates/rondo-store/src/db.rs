//! Speaking to the database: statements, the values that go into them, and the rows that come back.
//!
//! Statements elsewhere in the crate are written once, in what every database understands: `$1…$n` for the values,
//! ids as 16 bytes, instants and flags as integers. What one database does in its own way is in its adapter.

mod connection;
mod database;
mod postgres;
mod query;
mod row;
mod sizes;
mod sqlite;
mod turns;
mod value;

pub(crate) use connection::{Connection, Rows};
pub(crate) use database::{Database, Scratch};
pub(crate) use query::{Query, QueryBuilder, query, query_with};
pub(crate) use row::Row;
pub(crate) use sizes::{KeyKind, Size, Sizes};
pub(crate) use turns::Turn as Share;
pub(crate) use value::Value;
