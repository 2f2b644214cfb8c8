//! Listing the messages of a folder, piece by piece.

use async_imap::imap_proto::{AttributeValue, Response};

use jiff::fmt::strtime;
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

    /// The UID of the first message that arrived then or later, by the server's word; of one that does not say when it
    /// arrived, nobody knows better. All are asked for, since a folder that was copied need not be in order.
    pub async fn first_since(&mut self, since: Instant) -> Result<Option<u32>, ReadFailure> {
        let (mut first, last) = (1, self.wire.messages);
        while first <= last {
            let end = first.saturating_add(LIST_MESSAGES_MAX - 1).min(last);
            let mut found: Option<u32> = None;
            let command = format!("FETCH {first}:{end} (UID INTERNALDATE)");
            let listing = self.wire.command(&command, COMMAND, |answer| {
                let Response::Fetch(_, attributes) = answer else { return };
                let (mut uid, mut is_since) = (None, false);
                for attribute in attributes {
                    match attribute {
                        AttributeValue::Uid(value) => uid = Some(*value),
                        AttributeValue::InternalDate(date) => {
                            is_since = arrival(date).is_none_or(|at| at >= since);
                        }
                        _ => {}
                    }
                }
                let uid = uid.filter(|_| is_since);
                found = found.into_iter().chain(uid).min();
            });
            match listing.await? {
                Done::No(said) if !is_of_deleted(&said) => return Err(ReadFailure::Refused(said)),
                Done::No(_) | Done::Ok if found.is_some() => return Ok(found),
                Done::No(_) | Done::Ok => first = end + 1,
            }
        }
        Ok(None)
    }

    /// The messages of these numbers, by their UIDs. Those that are gone are left out.
    pub(super) async fn list(&mut self, first: u32, last: u32) -> Result<Vec<Listed>, ReadFailure> {
        let mut listed = Vec::new();
        let command = format!("FETCH {first}:{last} (UID RFC822.SIZE)");
        let listing = self.wire.command(&command, COMMAND, |answer| {
            let Response::Fetch(_, attributes) = answer else { return };
            let (mut uid, mut bytes) = (None, None);
            for attribute in attributes {
                match attribute {
                    AttributeValue::Uid(value) => uid = Some(*value),
                    AttributeValue::Rfc822Size(value) => bytes = Some(u64::from(*value)),
                    _ => {}
                }
            }
            // A change of flags is told in between, without a size.
            if let (Some(uid), Some(bytes)) = (uid, bytes) {
                listed.push(Listed { uid, bytes });
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

/// When a message arrived (RFC 3501, `date-time`), such as ` 1-Feb-2026 07:30:00 +0100`.
fn arrival(date: &str) -> Option<Instant> {
    let parsed = strtime::parse("%d-%b-%Y %H:%M:%S %z", date.trim()).ok()?;
    let at = parsed.to_timestamp().ok()?;
    Some(Instant::from_micros(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrival_is_read_with_its_zone() {
        let at = Instant::parse("2026-02-01T06:30:00Z").unwrap();
        assert_eq!(arrival(" 1-Feb-2026 07:30:00 +0100"), Some(at));
        assert_eq!(arrival("01-Feb-2026 06:30:00 +0000"), Some(at));
        assert_eq!(arrival("yesterday"), None);
    }
}
