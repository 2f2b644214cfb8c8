//! Sessions: where people are signed in just now.

use rondo_core::Instant;
use rondo_core::event::Role;
use rondo_core::ids::{RepId, TeamId, UserId};

use crate::fields::{Fields, key};
use crate::rows::Values;
use crate::{Store, StoreError, db};

/// Sessions of a user at most; the oldest end when one more begins. Nobody has so many browsers.
const SESSIONS_MAX: u64 = 50;
/// Sessions beyond that which are ended at once.
const ENDED_AT_ONCE: u64 = 50;

/// A session that begins.
#[derive(Clone, Copy)]
pub struct NewSession<'a> {
    /// The hash of what the browser keeps.
    pub hash: [u8; 32],
    /// Whose it is.
    pub user: UserId,
    /// When it begins.
    pub at: Instant,
    /// When it ends at the latest.
    pub expires_at: Instant,
    /// Sessions of the user that were last seen before are over.
    pub unseen_since: Instant,
    /// What the browser calls itself.
    pub agent: &'a str,
}

/// A session as its user sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The hash of what the browser keeps.
    pub hash: [u8; 32],
    /// When it began.
    pub begun_at: Instant,
    /// When it was last used, as far as that was noted.
    pub seen_at: Instant,
    /// When it ends at the latest.
    pub expires_at: Instant,
    /// What the browser calls itself.
    pub agent: String,
}

/// Hides what finds it, and whose browser it is: debug output reaches logs.
impl std::fmt::Debug for SessionRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionRow(…)")
    }
}

/// A session with whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionOf {
    /// The user.
    pub user: UserId,
    /// What they may do.
    pub role: Role,
    /// The rep that they are.
    pub rep: Option<RepId>,
    /// Their address.
    pub email: String,
    /// Their team's name.
    pub team_name: String,
    /// Their team's time zone.
    pub time_zone: String,
    /// When the session was last used, as far as that was noted.
    pub seen_at: Instant,
    /// When it ends at the latest.
    pub expires_at: Instant,
}

impl Store {
    /// Begins a session, and ends those of its user that have run out or are too many.
    pub async fn begin_session(
        &self,
        team: TeamId,
        session: NewSession<'_>,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        writer.begin_writing().await?;
        end_sessions_that_are_over(&mut writer, team, session).await?;
        db::query(
            "insert into sessions (team_id, session_hash, user_id, begun_at, seen_at, expires_at, agent)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(key(team))
        .bind(&session.hash[..])
        .bind(key(session.user))
        .bind(session.at.as_micros())
        .bind(session.at.as_micros())
        .bind(session.expires_at.as_micros())
        .bind(session.agent)
        .execute(&mut writer)
        .await?;
        writer.commit().await?;
        drop(writer);
        self.of(team).sync().await
    }

    /// The session of this hash, whether it has run out or not.
    pub async fn session(
        &self,
        team: TeamId,
        hash: [u8; 32],
    ) -> Result<Option<SessionOf>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select u.user_id, u.role, u.rep_id, u.email, t.name, coalesce(r.time_zone, t.time_zone), s.seen_at, s.expires_at
             from sessions s
             join users u on u.team_id = s.team_id and u.user_id = s.user_id
             join teams t on t.team_id = s.team_id
             left join reps r on r.team_id = u.team_id and r.rep_id = u.rep_id
             where s.team_id = $1 and s.session_hash = $2
               and u.removed_at is null and u.email is not null and r.removed_at is null",
        )
        .bind(key(team))
        .bind(&hash[..])
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| {
            let fields = Fields::new(&row, "sessions");
            Ok(SessionOf {
                user: fields.id(0)?,
                role: fields.word(1)?,
                rep: fields.optional_id(2)?,
                email: fields.text(3)?,
                team_name: fields.text(4)?,
                time_zone: fields.text(5)?,
                seen_at: fields.instant(6)?,
                expires_at: fields.instant(7)?,
            })
        })
        .transpose()
    }

    /// Notes that a session was used.
    pub async fn session_seen(
        &self,
        team: TeamId,
        hash: [u8; 32],
        at: Instant,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        db::query(
            "update sessions
             set seen_at = $3
             where team_id = $1 and session_hash = $2 and seen_at < $3",
        )
        .bind(key(team))
        .bind(&hash[..])
        .bind(at.as_micros())
        .execute(&mut writer)
        .await?;
        Ok(())
    }

    /// A user's sessions, the newest first, those that have run out included.
    pub async fn sessions(
        &self,
        team: TeamId,
        user: UserId,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let values = Values::bound(|values| {
            values.id(team);
            values.id(user);
            values.number(SESSIONS_MAX);
        });
        let mut reader = self.of(team).reader().await?;
        let rows = db::query_with(
            "select session_hash, begun_at, seen_at, expires_at, agent
             from sessions
             where team_id = $1 and user_id = $2
             order by begun_at desc, session_hash
             limit $3",
            values,
        )
        .fetch_all(&mut reader)
        .await?;
        rows.iter()
            .map(|row| {
                let fields = Fields::new(row, "sessions");
                Ok(SessionRow {
                    hash: fields.bytes(0)?,
                    begun_at: fields.instant(1)?,
                    seen_at: fields.instant(2)?,
                    expires_at: fields.instant(3)?,
                    agent: fields.text(4)?,
                })
            })
            .collect()
    }

    /// Ends a session of whomever.
    pub async fn end_session(&self, team: TeamId, hash: [u8; 32]) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        db::query(
            "delete from sessions
             where team_id = $1 and session_hash = $2",
        )
        .bind(key(team))
        .bind(&hash[..])
        .execute(&mut writer)
        .await?;
        drop(writer);
        self.of(team).sync().await
    }
}

async fn end_sessions_that_are_over(
    writer: &mut db::Connection,
    team: TeamId,
    session: NewSession<'_>,
) -> Result<(), StoreError> {
    db::query(
        "delete from sessions
         where team_id = $1 and user_id = $2 and (expires_at <= $3 or seen_at <= $4)",
    )
    .bind(key(team))
    .bind(key(session.user))
    .bind(session.at.as_micros())
    .bind(session.unseen_since.as_micros())
    .execute(writer)
    .await?;
    let values = Values::bound(|values| {
        values.id(team);
        values.id(session.user);
        values.number(ENDED_AT_ONCE);
        values.number(SESSIONS_MAX - 1);
    });
    db::query_with(
        "delete from sessions
         where team_id = $1
           and session_hash in (select session_hash
                                from sessions
                                where team_id = $1 and user_id = $2
                                order by begun_at desc
                                limit $3 offset $4)",
        values,
    )
    .execute(writer)
    .await?;
    Ok(())
}
