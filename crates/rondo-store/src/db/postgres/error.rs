//! What PostgreSQL says, as an error of the store: told by its code, never by its words.

use tokio_postgres::error::SqlState;

use crate::StoreError;

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            return if error.is_closed() || std::error::Error::source(&error).is_some() {
                Self::Unavailable(error.to_string())
            } else {
                Self::Failed(error.to_string())
            };
        };
        // Never its detail, which repeats values.
        let problem = format!("{} ({})", said.message(), said.code().code());
        match said.code() {
            &SqlState::UNIQUE_VIOLATION
            | &SqlState::T_R_SERIALIZATION_FAILURE
            | &SqlState::T_R_DEADLOCK_DETECTED => Self::Conflict(problem),
            &SqlState::LOCK_NOT_AVAILABLE => Self::Locked(problem),
            &SqlState::DISK_FULL => Self::Full,
            &SqlState::READ_ONLY_SQL_TRANSACTION => Self::ReadOnly,
            code if is_out_of_reach(code.code()) => Self::Unavailable(problem),
            _ => Self::Failed(problem),
        }
    }
}

/// The connection is lost, the server is starting, stopping or has no room: worth another try.
fn is_out_of_reach(code: &str) -> bool {
    code.starts_with("08") || code.starts_with("53") || code.starts_with("57P")
}
