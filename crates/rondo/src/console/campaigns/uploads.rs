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
const FILES_MAX: usize = 16;
/// Files of one person among them: one looks at one, and may have left another open.
const FILES_OF_ONE_MAX: usize = 3;
/// Reports kept at once. The oldest make room: a file that was taken in is never refused for want of a place to say so.
const REPORTS_MAX: usize = 100;
/// Bytes of rows that were not taken in, in all reports together.
const REPORT_BYTES_MAX: usize = 4 * UPLOAD_BYTES_MAX;
/// How long a file is held: long enough to set its columns right after a call.
pub(super) const KEPT_SECONDS: i64 = 60 * 60;

/// Files that were uploaded.
pub(in crate::console) struct Uploads {
    held: Mutex<HashMap<String, Arc<Upload>>>,
    /// Those that are being taken in.
    turns: Mutex<HashMap<String, Turn>>,
}

/// Held by whoever takes a file in, so that others wait who would take in the same.
pub(super) type Turn = Arc<tokio::sync::Mutex<()>>;

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
    pub(super) at: Instant,
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

impl Stage {
    fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Whether the file was taken in.
    pub(super) fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// Bytes that it holds.
    fn size(&self) -> usize {
        match self {
            Self::File(bytes) => bytes.len(),
            Self::Done(report) => report.mendable.as_ref().map_or(0, Bytes::len),
        }
    }
}

/// There is no room for another file.
#[derive(Debug)]
pub(super) struct Full;

impl Uploads {
    pub(in crate::console) fn new() -> Self {
        Self { held: Mutex::default(), turns: Mutex::default() }
    }

    /// Holds a file, or the report on it; it takes the place of the person's earlier one for the campaign. There is always
    /// room for a report.
    pub(super) fn hold(&self, upload: Upload) -> Result<(), Full> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, now) = (upload.of, upload.at);
        held.retain(|_, other| other.is_kept(now) && other.of != of);
        if upload.stage.is_file() {
            let files = || held.values().filter(|other| other.stage.is_file());
            let of_one = files().filter(|other| other.of.user == of.user).count();
            if files().count() >= FILES_MAX || of_one >= FILES_OF_ONE_MAX {
                return Err(Full);
            }
        } else {
            make_room(&mut held, upload.stage.size());
        }
        held.insert(upload.id.clone(), Arc::new(upload));
        Ok(())
    }

    /// The turn to take in what is asked for by this id.
    pub(super) fn turn(&self, id: &str) -> Turn {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        turns.entry(id.to_owned()).or_default().clone()
    }

    /// Forgets what is too old by now.
    pub(super) fn sweep(&self, now: Instant) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, upload| upload.is_kept(now));
    }

    /// Forgets what a person holds, who signs out.
    pub(in crate::console) fn forget(&self, team: TeamId, user: UserId) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, upload| (upload.of.team, upload.of.user) != (team, user));
    }

    /// A file, for whom it is.
    pub(super) fn find(&self, id: &str, of: Owner, now: Instant) -> Option<Arc<Upload>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let found = held.get(id)?;
        (found.of == of && found.is_kept(now)).then(|| found.clone())
    }
}

impl Upload {
    fn is_kept(&self, now: Instant) -> bool {
        self.at.plus_seconds(KEPT_SECONDS) > now
    }
}

/// Forgets the oldest reports, so that there is room for one of this size.
fn make_room(held: &mut HashMap<String, Arc<Upload>>, size: usize) {
    let mut reports: Vec<Arc<Upload>> =
        held.values().filter(|upload| !upload.stage.is_file()).cloned().collect();
    reports.sort_by_key(|upload| upload.at);
    let mut bytes = size + reports.iter().map(|upload| upload.stage.size()).sum::<usize>();
    let mut count = reports.len() + 1;
    for report in reports {
        if count <= REPORTS_MAX && bytes <= REPORT_BYTES_MAX {
            return;
        }
        held.remove(&report.id);
        count -= 1;
        bytes -= report.stage.size();
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

    fn hold_stage(
        uploads: &Uploads,
        id: &str,
        of: Owner,
        stage: Stage,
        at: Instant,
    ) -> Result<(), Full> {
        let (id, name) = (id.to_owned(), "leads.csv".to_owned());
        uploads.hold(Upload { id, of, name, stage, at })
    }

    fn hold(uploads: &Uploads, id: &str, user: u8, at: Instant) -> Result<(), Full> {
        let stage = Stage::File(Bytes::from_static(b"ann@x.example"));
        hold_stage(uploads, id, owner(user), stage, at)
    }

    fn report(bytes: usize) -> Stage {
        let mendable = Some(Bytes::from(vec![0; bytes]));
        Stage::Done(Box::new(Report { mendable, ..Report::default() }))
    }

    #[test]
    fn a_file_is_there_for_whom_it_is_until_it_is_too_old() {
        let (uploads, now) = (Uploads::new(), Instant::from_micros(0));
        hold(&uploads, "a", 1, now).unwrap();
        assert!(uploads.find("a", owner(1), now).is_some());
        assert!(uploads.find("a", owner(2), now).is_none());
        let late = now.plus_seconds(KEPT_SECONDS);
        assert!(uploads.find("a", owner(1), late).is_none());
        uploads.sweep(late);
        assert!(uploads.find("a", owner(1), now).is_none());
    }

    #[test]
    fn another_file_takes_the_place_of_the_persons_own_and_of_nobody_elses() {
        let (uploads, now) = (Uploads::new(), Instant::from_micros(0));
        for user in 0..FILES_MAX as u8 {
            hold(&uploads, &user.to_string(), user, now).unwrap();
        }
        assert!(hold(&uploads, "one too many", 100, now).is_err());
        hold(&uploads, "again", 0, now).unwrap();
        assert!(uploads.find("0", owner(0), now).is_none());
        hold(&uploads, "later", 100, now.plus_seconds(KEPT_SECONDS)).unwrap();
    }

    #[test]
    fn there_is_room_for_a_report_however_many_files_are_held() {
        let (uploads, now) = (Uploads::new(), Instant::from_micros(0));
        for user in 0..FILES_MAX as u8 {
            hold(&uploads, &user.to_string(), user, now).unwrap();
        }
        for user in 0..=REPORTS_MAX as u8 {
            let at = now.plus_seconds(i64::from(user));
            hold_stage(&uploads, &format!("report {user}"), owner(user + 100), report(1), at)
                .unwrap();
        }
        assert!(uploads.find("report 0", owner(100), now).is_none());
        assert!(uploads.find("report 1", owner(101), now).is_some());
        assert!(uploads.find("1", owner(1), now).is_some());
        hold_stage(&uploads, "large", owner(99), report(REPORT_BYTES_MAX), now).unwrap();
        assert!(uploads.find("report 1", owner(101), now).is_none());
    }

    #[test]
    fn one_person_does_not_fill_the_room_of_all() {
        let (uploads, now) = (Uploads::new(), Instant::from_micros(0));
        let of = |campaign| Owner { campaign: CampaignId::from_bytes([campaign; 16]), ..owner(1) };
        let file = || Stage::File(Bytes::from_static(b"ann@x.example"));
        for campaign in 0..FILES_OF_ONE_MAX as u8 {
            hold_stage(&uploads, &campaign.to_string(), of(campaign), file(), now).unwrap();
        }
        assert!(hold_stage(&uploads, "one too many", of(100), file(), now).is_err());
        uploads.forget(of(0).team, of(0).user);
        hold_stage(&uploads, "room again", of(100), file(), now).unwrap();
    }
}
