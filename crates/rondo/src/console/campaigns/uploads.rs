//! Files between being uploaded and being taken in, and the reports on them afterwards: in this server's memory, for a
//! while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rondo_core::ids::{CampaignId, TeamId, UserId};
use rondo_core::time::Instant;

use crate::app::leads::file::Report;

/// Bytes of a file at most: 100,000 rows of a usual export.
pub(super) const UPLOAD_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Files held at once, of all people together: they fill at most 320 MB, and are seldom more than one.
const UPLOADS_MAX: usize = 16;
/// How long a file is held: long enough to set its columns right after a call.
const KEPT_SECONDS: i64 = 60 * 60;

/// Files that were uploaded.
pub(in crate::console) struct Uploads {
    held: Mutex<HashMap<String, Arc<Upload>>>,
}

/// One of them.
pub(super) struct Upload {
    /// By what it is asked for.
    pub(super) id: String,
    /// Whose it is.
    pub(super) of: Owner,
    /// What it is called.
    pub(super) name: String,
    /// What is in it, or what became of it.
    pub(super) stage: Stage,
    /// When it was uploaded.
    at: Instant,
}

/// Whose a file is, and for which campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) team: TeamId,
    pub(super) user: UserId,
    pub(super) campaign: CampaignId,
}

/// How far a file has come.
pub(super) enum Stage {
    /// It is to be taken in.
    File(Bytes),
    /// It was.
    Done(Box<Report>),
}

/// There is no room for another file.
#[derive(Debug)]
pub(super) struct Full;

impl Uploads {
    pub(in crate::console) fn new() -> Self {
        Self { held: Mutex::default() }
    }

    /// Holds a file, or the report on it; it takes the place of the person's earlier one for the campaign.
    pub(super) fn hold(
        &self,
        id: String,
        of: Owner,
        name: String,
        stage: Stage,
        now: Instant,
    ) -> Result<(), Full> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, upload| upload.at.plus_seconds(KEPT_SECONDS) > now && upload.of != of);
        if held.len() >= UPLOADS_MAX {
            return Err(Full);
        }
        held.insert(id.clone(), Arc::new(Upload { id, of, name, stage, at: now }));
        Ok(())
    }

    /// A file, for whom it is.
    pub(super) fn find(&self, id: &str, of: Owner, now: Instant) -> Option<Arc<Upload>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let found = held.get(id)?;
        let is_theirs = found.of == of && found.at.plus_seconds(KEPT_SECONDS) > now;
        is_theirs.then(|| found.clone())
    }
}

#[cfg(test)]
mod tests {
    use rondo_core::ids::Id as _;

    use super::*;

    fn owner(user: u8) -> Owner {
        Owner {
            team: TeamId::from_bytes([1; 16]),
            user: UserId::from_bytes([user; 16]),
            campaign: CampaignId::from_bytes([3; 16]),
        }
    }

    fn hold(uploads: &Uploads, id: &str, user: u8, at: Instant) -> Result<(), Full> {
        let stage = Stage::File(Bytes::from_static(b"ann@x.example"));
        uploads.hold(id.to_owned(), owner(user), "leads.csv".to_owned(), stage, at)
    }

    #[test]
    fn a_file_is_there_for_whom_it_is_until_it_is_too_old() {
        let (uploads, now) = (Uploads::new(), Instant::from_micros(0));
        hold(&uploads, "a", 1, now).unwrap();
        assert!(uploads.find("a", owner(1), now).is_some());
        assert!(uploads.find("a", owner(2), now).is_none());
        assert!(uploads.find("a", owner(1), now.plus_seconds(KEPT_SECONDS)).is_none());
    }

    #[test]
    fn another_file_takes_the_place_of_the_persons_own_and_of_nobody_elses() {
        let (uploads, now) = (Uploads::new(), Instant::from_micros(0));
        for user in 0..UPLOADS_MAX as u8 {
            hold(&uploads, &user.to_string(), user, now).unwrap();
        }
        assert!(hold(&uploads, "one too many", 100, now).is_err());
        hold(&uploads, "again", 0, now).unwrap();
        assert!(uploads.find("0", owner(0), now).is_none());
        hold(&uploads, "later", 100, now.plus_seconds(KEPT_SECONDS)).unwrap();
    }
}
