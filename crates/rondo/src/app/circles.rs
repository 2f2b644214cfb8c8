//! Circles as people look at them: who took the last turn, who is next, who is away, and where one rep stands.

use rondo_core::event::{Cursor, CursorKey, Rotation};
use rondo_core::ids::{CampaignId, GroupId, RepId};
use rondo_core::team::{Away, CampaignParts, GroupParts, Member, Status};

use crate::app::groups::{self, UsedBy};
use crate::app::{App, AppError, Caller, Look};

/// Members of a circle that are shown around the cursor at most: more cannot be told apart in a drawing.
pub const SEATS_MAX: usize = 40;
/// Of those, how many stand before the cursor.
const SEATS_BEFORE: usize = 10;
/// Cursors of a group that are shown at most, those of campaigns that run first.
const CURSORS_MAX: usize = 50;
/// Who comes next, for each cursor.
const NEXT_SHOWN: usize = 3;
/// Turns that are looked ahead for a rep at most: who is further away than that is not told after whom.
const AHEAD_MAX: usize = 200;

/// A group's circle with the cursors that go round it.
#[derive(Debug, Clone, PartialEq)]
pub struct CircleView {
    /// Each with the campaigns whose turns it counts.
    pub cursors: Vec<CursorRow>,
    /// Which of them the seats are shown for.
    pub shown: usize,
    /// In circle order: all, or those around the cursor.
    pub seats: Vec<Seat>,
    pub member_count: usize,
    /// Where the cursor stands among the seats: after so many and a half of them where who took the last turn has left,
    /// so that nobody sits there. None before the first turn.
    pub cursor_at: Option<CursorAt>,
}

/// Where a cursor stands among the seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CursorAt {
    /// At this seat.
    Seat(usize),
    /// After this seat, at the place of somebody who left.
    After(usize),
}

/// A member's seat.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    /// Counted from 1.
    pub position: usize,
    pub rep: RepId,
    pub name: String,
    /// How they are away, if they are.
    pub away: Option<Away>,
    pub is_next: bool,
}

/// A cursor of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct CursorRow {
    /// Whether campaigns share it.
    pub is_shared: bool,
    /// Whose turns it counts; empty for a group that no campaign uses.
    pub campaigns: Vec<UsedBy>,
    /// Who took the last turn, who may have left.
    pub last: Option<String>,
    /// Who comes next; empty when everybody is away.
    pub next: Vec<String>,
    /// How many leads wait in front.
    pub waiting: u64,
}

/// Where a rep stands in a group.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceView {
    pub group: GroupId,
    pub group_name: String,
    /// Counted from 1, in the order of joining.
    pub position: usize,
    pub member_count: usize,
    /// For each cursor that goes round the group.
    pub lines: Vec<Line>,
}

/// Where a rep stands before a cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Whose turns it counts.
    pub campaigns: Vec<UsedBy>,
    /// Those who come before the rep, in order; none while the rep is away, or stands too far back to tell.
    pub before: Option<Vec<String>>,
}

/// The circle of a group, drawn for the cursor of a campaign, or for the first there is.
pub async fn show(
    app: &App,
    caller: &Caller,
    group: GroupId,
    of: Option<CampaignId>,
) -> Result<CircleView, AppError> {
    let look = app.look(caller.team).await?;
    let parts = groups::reachable(caller, &look, group)?;
    let cursors = cursors(&look, parts);
    let of_campaign = |(_, users): &(CursorKey, Vec<&CampaignParts>)| {
        users.iter().any(|campaign| Some(campaign.id) == of)
    };
    let shown = cursors.iter().position(of_campaign).unwrap_or(0);
    let key = cursors[shown].0;
    let next = look.team.next_turn(key, None).and_then(|turn| turn.cursor.rep);
    let (positions, cursor_at) = seats_around(&parts.members, look.team.cursor(key));
    let seat = |position: usize| {
        let rep = parts.members[position].rep;
        Seat {
            position: position + 1,
            rep,
            name: look.name(rep),
            away: look.team.away(rep, look.now),
            is_next: next == Some(rep),
        }
    };
    Ok(CircleView {
        seats: positions.into_iter().map(seat).collect(),
        cursor_at,
        shown,
        member_count: parts.members.len(),
        cursors: cursors.iter().map(|(key, users)| cursor_row(&look, *key, users)).collect(),
    })
}

/// The positions that are shown, and where the cursor stands among them.
fn seats_around(members: &[Member], cursor: Cursor) -> (Vec<usize>, Option<CursorAt>) {
    let count = members.len();
    let after = members.partition_point(|member| member.place <= cursor.place);
    let is_there = after > 0 && members[after - 1].place == cursor.place;
    let last = (after + count).checked_sub(1).map_or(0, |last| last % count.max(1));
    let first = match count > SEATS_MAX {
        true => (last + count - SEATS_BEFORE) % count,
        false => 0,
    };
    let seats = (0..count.min(SEATS_MAX)).map(|seat| (first + seat) % count).collect();
    let seat = (last + count - first) % count.max(1);
    let at = if is_there { CursorAt::Seat(seat) } else { CursorAt::After(seat) };
    (seats, (!cursor.is_fresh() && count > 0).then_some(at))
}

/// The cursors of a group with their campaigns, those that run first; its own where no campaign has any.
fn cursors<'l>(look: &'l Look, parts: &GroupParts) -> Vec<(CursorKey, Vec<&'l CampaignParts>)> {
    let mut users = look.team.used_by(parts.id);
    users.sort_by_key(|campaign| match campaign.status {
        Status::Running => 0,
        Status::Paused => 1,
        Status::Scheduled => 2,
        Status::Draft | Status::Cancelled => 3,
    });
    let mut all: Vec<(CursorKey, Vec<&CampaignParts>)> = Vec::new();
    for campaign in users {
        let key = campaign.cursor_key();
        match all.iter().position(|(other, _)| *other == key) {
            Some(index) => all[index].1.push(campaign),
            None if all.len() < CURSORS_MAX => all.push((key, vec![campaign])),
            None => {}
        }
    }
    if all.is_empty() {
        all.push((CursorKey::Group(parts.id), Vec::new()));
    }
    all
}

fn cursor_row(look: &Look, key: CursorKey, users: &[&CampaignParts]) -> CursorRow {
    let is_shared = users.first().is_none_or(|user| user.settings.rotation == Rotation::Group);
    let last = look.team.cursor(key).rep.map(|rep| look.name(rep));
    let queue = users.first().and_then(|user| look.team.queue(user.id, NEXT_SHOWN, 0));
    let next = match &queue {
        Some(queue) => queue.next.clone(),
        None => {
            look.team.next_turn(key, None).and_then(|turn| turn.cursor.rep).into_iter().collect()
        }
    };
    let mut next: Vec<String> = next.into_iter().map(|rep| look.name(rep)).collect();
    next.dedup();
    let waiting = users.iter().map(|user| user.waiting).sum();
    CursorRow {
        is_shared,
        campaigns: users.iter().map(|user| UsedBy::from(*user)).collect(),
        last,
        next,
        waiting,
    }
}

/// Where a rep stands in each of their groups.
pub async fn places(app: &App, caller: &Caller, rep: RepId) -> Result<Vec<PlaceView>, AppError> {
    let look = app.look(caller.team).await?;
    look.team.rep(rep).ok_or_else(|| AppError::not_found("rep", rep))?;
    let groups = look.team.groups().filter_map(|parts| {
        let position = parts.members.iter().position(|member| member.rep == rep)?;
        Some(PlaceView {
            group: parts.id,
            group_name: parts.name.to_string(),
            position: position + 1,
            member_count: parts.members.len(),
            lines: lines(&look, parts, rep),
        })
    });
    Ok(groups.collect())
}

fn lines(look: &Look, parts: &GroupParts, rep: RepId) -> Vec<Line> {
    let line = |(_, users): (CursorKey, Vec<&CampaignParts>)| {
        let queue = look.team.queue(users.first()?.id, AHEAD_MAX, 0)?;
        let at = queue.next.iter().position(|next| *next == rep);
        let before = at.map(|at| queue.next[..at].iter().map(|rep| look.name(*rep)).collect());
        Some(Line { campaigns: users.iter().map(|user| UsedBy::from(*user)).collect(), before })
    };
    cursors(look, parts).into_iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondo_core::ids::Id as _;

    fn members(count: u64) -> Vec<Member> {
        (1..=count)
            .map(|place| Member { place, rep: RepId::from_bytes([place as u8; 16]) })
            .collect()
    }

    fn cursor(place: u64) -> Cursor {
        Cursor { place, rep: Some(RepId::from_bytes([place as u8; 16])) }
    }

    #[test]
    fn a_small_circle_is_shown_whole() {
        let (seats, at) = seats_around(&members(3), cursor(2));
        assert_eq!((seats, at), (vec![0, 1, 2], Some(CursorAt::Seat(1))));
        assert_eq!(seats_around(&members(3), Cursor::default()).1, None);
        assert_eq!(seats_around(&[], cursor(2)), (Vec::new(), None));
    }

    #[test]
    fn the_place_of_somebody_who_left_lies_between_two_seats() {
        let mut members = members(3);
        members.remove(1);
        assert_eq!(seats_around(&members, cursor(2)).1, Some(CursorAt::After(0)));
        members.remove(0);
        assert_eq!(seats_around(&members, cursor(2)).1, Some(CursorAt::After(0)));
    }

    #[test]
    fn a_large_circle_is_shown_around_its_cursor() {
        let (seats, at) = seats_around(&members(100), cursor(3));
        assert_eq!((seats.len(), seats[0], at), (40, 92, Some(CursorAt::Seat(10))));
        assert_eq!(seats[10], 2);
    }
}
