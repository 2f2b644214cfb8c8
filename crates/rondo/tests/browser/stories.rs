//! What people do, from beginning to end.

mod absences;
mod beginning;
mod editing;
mod keyboard;
mod launcher;
mod plain;
mod watching;
