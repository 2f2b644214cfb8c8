//! Listing the messages of a folder, piece by piece.

use async_imap::imap_proto::{AttributeValue, Response};
use rondo_core::Instant;

use super::wire::Done;
use super::{COMMAND, ReadFailure, Session, is_of_deleted};

/// Messages that are listed with one command: an answer of some 30 KB.
const LIST_MESSAGES_MAX: u32 = 500;
/// How often a list is begun again because messages went away meanwhile.
const LIST_TRIES_MAX: u32 = 5;

/// A message in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its UID.
    pub uid: u32,
    /// Its size in bytes, as the server has it; some guess.
    pub bytes: u64,
    /// When the server got it, to the second; none if it does not say so in words that are understood.
    pub received_at: Option<Instant>,
}

impl Session {
    /// The first messages after a UID, in the order of their UIDs, `limit` at most.
    pub async fn uids_after(&mut self, uid: u32, limit: usize) -> Result<Vec<Listed>, ReadFailure> {
        for _ in 0..LIST_TRIES_MAX {
            // The server may say now what came and what went away, which it may not between commands that fetch.
            self.ask("NOOP").await?;
            // Whatever it tells of from now on is news, in the list or not.
            self.wire.has_news = false;
            if let Some(found) = self.try_uids_after(uid, limit).await? {
                return Ok(found);
            }
        }
        Err(ReadFailure::Broken)
    }

    /// The UID after which to read for what was received since then: no message up to it was, however they are ordered.
    /// All of the folder is listed up to there, piece by piece.
    pub async fn uid_before(&mut self, since: Instant) -> Result<u32, ReadFailure> {
        self.ask("NOOP").await?;
        let last = self.wire.messages;
        let (mut first, mut before) = (1, 0);
        while first <= last {
            let end = first.saturating_add(LIST_MESSAGES_MAX - 1).min(last);
            for listed in self.list(first, end).await? {
                // One that does not say when may be new.
                if listed.received_at.is_none_or(|at| at >= since) {
                    return Ok(before);
                }
                before = listed.uid;
            }
            first = end.saturating_add(1);
        }
        Ok(before)
    }

    /// As [`Self::uids_after`]; none if the numbers of the messages turn out to be others.
    async fn try_uids_after(
        &mut self,
        uid: u32,
        limit: usize,
    ) -> Result<Option<Vec<Listed>>, ReadFailure> {
        let last = self.wire.messages;
        if last == 0 || limit == 0 {
            return Ok(Some(Vec::new()));
        }
        // Messages are numbered from 1 in the order of their UIDs, and no server may renumber them between commands
        // that fetch (RFC 3501, 7.4.1). Nearly always, what is new is among the last.
        let (mut low, mut high) = (1, last.saturating_sub(LIST_MESSAGES_MAX - 1).max(1));
        let mut piece = self.list(high, last).await?;
        let Some(first) = piece.first() else { return Ok(None) };
        if first.uid > uid && high > 1 {
            // The first one that is new is `low`, once `high` has come down to it.
            while low < high {
                let middle = low + (high - low) / 2;
                match self.list(middle, middle).await?.first() {
                    Some(listed) if listed.uid > uid => high = middle,
                    Some(_) => low = middle + 1,
                    None => return Ok(None),
                }
            }
            piece = self.list(low, (low + LIST_MESSAGES_MAX - 1).min(last)).await?;
            high = low;
        }
        let mut found = Vec::new();
        loop {
            found.extend(piece.into_iter().filter(|listed| listed.uid > uid));
            high = high.saturating_add(LIST_MESSAGES_MAX);
            if found.len() >= limit || high > last {
                found.truncate(limit);
                return Ok(Some(found));
            }
            piece = self.list(high, (high + LIST_MESSAGES_MAX - 1).min(last)).await?;
        }
    }

    /// The messages of these numbers, by their UIDs. Those that are gone are left out.
    pub(super) async fn list(&mut self, first: u32, last: u32) -> Result<Vec<Listed>, ReadFailure> {
        let mut listed = Vec::new();
        let command = format!("FETCH {first}:{last} (UID RFC822.SIZE INTERNALDATE)");
        let listing = self.wire.command(&command, COMMAND, |answer| {
            let Response::Fetch(_, attributes) = answer else { return };
            let (mut uid, mut bytes, mut received_at) = (None, None, None);
            for attribute in attributes {
                match attribute {
                    AttributeValue::Uid(value) => uid = Some(*value),
                    AttributeValue::Rfc822Size(value) => bytes = Some(u64::from(*value)),
                    AttributeValue::InternalDate(value) => received_at = instant_of(value),
                    _ => {}
                }
            }
            // A change of flags is told in between, without a size.
            if let (Some(uid), Some(bytes)) = (uid, bytes) {
                listed.push(Listed { uid, bytes, received_at });
            }
        });
        // A server says no if some of the messages are gone, and nevertheless tells of the others.
        if let Done::No(said) = listing.await?
            && listed.is_empty()
            && !is_of_deleted(&said)
        {
            return Err(ReadFailure::Refused(said));
        }
        listed.sort_by_key(|listed| listed.uid);
        listed.dedup_by_key(|listed| listed.uid);
        Ok(listed)
    }
}

/// `17-Jul-2026 02:44:25 -0700`, the day with a space before it where it has one digit (RFC 3501, 9).
fn instant_of(date_time: &str) -> Option<Instant> {
    let zoned = jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", date_time.trim()).ok()?;
    Some(Instant::from_micros(zoned.to_timestamp().ok()?.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_date_is_an_instant() {
        let micros = |text| instant_of(text).map(Instant::as_micros);
        let at = 1_784_281_465_000_000;
        assert_eq!(micros("17-Jul-2026 02:44:25 -0700"), Some(at));
        assert_eq!(micros("17-Jul-2026 09:44:25 +0000"), Some(at));
        assert_eq!(micros(" 1-Jan-1970 00:00:01 +0000"), Some(1_000_000));
        assert_eq!(micros("yesterday"), None);
    }
}
