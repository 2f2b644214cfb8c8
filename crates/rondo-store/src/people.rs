//! People who sign in: who they are, how they sign in, and where they are signed in just now.
//!
//! Passwords, sessions and links stand beside the ledger. Of each only a hash is kept. Somebody who was removed, or whose
//! rep has left, is found by nothing here.

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

/// A user who was not removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// The user.
    pub user: UserId,
    /// What they may do.
    pub role: Role,
    /// The rep that they are, who may have left.
    pub rep: Option<RepId>,
    /// That rep's name.
    pub rep_name: Option<String>,
    /// Their address; none in a database that was rebuilt from the ledger alone.
    pub email: Option<String>,
    /// When they were added.
    pub added_at: Instant,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Whether they are a rep who has left, and so can't sign in.
    pub is_shut_out: bool,
}

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

/// A link by which somebody chooses a password.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInLink {
    /// Whose it is.
    pub user: UserId,
    /// Their address.
    pub email: String,
    /// Their team's name.
    pub team_name: String,
    /// Whether they have a password already.
    pub has_password: bool,
    /// When it ends.
    pub expires_at: Instant,
}

impl Store {
    /// At most `limit` users of a team after this one, in the order in which they were added.
    pub async fn users(
        &self,
        team: TeamId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<UserRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select u.user_id, u.role, u.rep_id, r.name, u.email, u.added_at, s.set_at, r.removed_at
             from users u
             left join reps r on r.team_id = u.team_id and r.rep_id = u.rep_id
             left join sign_ins s on s.team_id = u.team_id and s.user_id = u.user_id
             where u.team_id = $1 and u.user_id > $2 and u.removed_at is null
             order by u.user_id
             limit $3",
        )
        .bind(key(team))
        .bind(after.map_or_else(|| [0; 16], key))
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(user_row).collect()
    }

    /// A user who was not removed.
    pub async fn user(&self, team: TeamId, user: UserId) -> Result<Option<UserRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select u.user_id, u.role, u.rep_id, r.name, u.email, u.added_at, s.set_at, r.removed_at
             from users u
             left join reps r on r.team_id = u.team_id and r.rep_id = u.rep_id
             left join sign_ins s on s.team_id = u.team_id and s.user_id = u.user_id
             where u.team_id = $1 and u.user_id = $2 and u.removed_at is null",
        )
        .bind(key(team))
        .bind(key(user))
        .fetch_optional(&mut reader)
        .await?;
        row.as_ref().map(user_row).transpose()
    }

    /// The hash of a user's password, once they have one.
    pub async fn password_hash(
        &self,
        team: TeamId,
        user: UserId,
    ) -> Result<Option<String>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select user_id, password_hash
             from sign_ins
             where team_id = $1 and user_id = $2",
        )
        .bind(key(team))
        .bind(key(user))
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| Fields::new(&row, "sign_ins").text(1)).transpose()
    }

    /// Gives a user another password. Their sessions end, but for the one of this hash, and their links open nothing more.
    pub async fn set_password_hash(
        &self,
        team: TeamId,
        user: UserId,
        password_hash: &str,
        at: Instant,
        kept_session: Option<[u8; 32]>,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        writer.begin_writing().await?;
        set_password(&mut writer, team, user, password_hash, at, kept_session).await?;
        writer.commit().await?;
        drop(writer);
        self.of(team).sync().await
    }

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
            "select u.user_id, u.role, u.rep_id, u.email, t.name, t.time_zone, s.seen_at, s.expires_at
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

    /// Makes a link for a user; those that they were given before open nothing more.
    pub async fn add_sign_in_link(
        &self,
        team: TeamId,
        hash: [u8; 32],
        user: UserId,
        expires_at: Instant,
    ) -> Result<(), StoreError> {
        let mut writer = self.of(team).writer().await?;
        writer.begin_writing().await?;
        forget_links(&mut writer, team, user).await?;
        db::query(
            "insert into sign_in_links (team_id, link_hash, user_id, expires_at)
             values ($1, $2, $3, $4)",
        )
        .bind(key(team))
        .bind(&hash[..])
        .bind(key(user))
        .bind(expires_at.as_micros())
        .execute(&mut writer)
        .await?;
        writer.commit().await?;
        drop(writer);
        self.of(team).sync().await
    }

    /// The link of this hash, whether it has run out or not.
    pub async fn sign_in_link(
        &self,
        team: TeamId,
        hash: [u8; 32],
    ) -> Result<Option<SignInLink>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select u.user_id, u.email, t.name, s.set_at, l.expires_at
             from sign_in_links l
             join users u on u.team_id = l.team_id and u.user_id = l.user_id
             join teams t on t.team_id = l.team_id
             left join reps r on r.team_id = u.team_id and r.rep_id = u.rep_id
             left join sign_ins s on s.team_id = u.team_id and s.user_id = u.user_id
             where l.team_id = $1 and l.link_hash = $2
               and u.removed_at is null and u.email is not null and r.removed_at is null",
        )
        .bind(key(team))
        .bind(&hash[..])
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| {
            let fields = Fields::new(&row, "sign_in_links");
            Ok(SignInLink {
                user: fields.id(0)?,
                email: fields.text(1)?,
                team_name: fields.text(2)?,
                has_password: !fields.is_null(3),
                expires_at: fields.instant(4)?,
            })
        })
        .transpose()
    }

    /// Uses a link up at `at`: its user has this password from now on, and all of their sessions end. Whether it could
    /// still be used; of those who use it at once one does.
    pub async fn use_sign_in_link(
        &self,
        team: TeamId,
        hash: [u8; 32],
        user: UserId,
        password_hash: &str,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let mut writer = self.of(team).writer().await?;
        writer.begin_writing().await?;
        let used = db::query(
            "delete from sign_in_links
             where team_id = $1 and link_hash = $2 and user_id = $3 and expires_at > $4",
        )
        .bind(key(team))
        .bind(&hash[..])
        .bind(key(user))
        .bind(at.as_micros())
        .execute(&mut writer)
        .await?;
        if used > 0 {
            set_password(&mut writer, team, user, password_hash, at, None).await?;
        }
        writer.commit().await?;
        drop(writer);
        self.of(team).sync().await?;
        Ok(used > 0)
    }
}

fn user_row(row: &db::Row) -> Result<UserRow, StoreError> {
    let fields = Fields::new(row, "users");
    Ok(UserRow {
        user: fields.id(0)?,
        role: fields.word(1)?,
        rep: fields.optional_id(2)?,
        rep_name: fields.optional_text(3)?,
        email: fields.optional_text(4)?,
        added_at: fields.instant(5)?,
        has_password: !fields.is_null(6),
        is_shut_out: !fields.is_null(7),
    })
}

async fn set_password(
    writer: &mut db::Connection,
    team: TeamId,
    user: UserId,
    password_hash: &str,
    at: Instant,
    kept_session: Option<[u8; 32]>,
) -> Result<(), StoreError> {
    db::query(
        "insert into sign_ins (team_id, user_id, password_hash, set_at)
         values ($1, $2, $3, $4)
         on conflict (team_id, user_id) do update
         set password_hash = excluded.password_hash,
             set_at = excluded.set_at",
    )
    .bind(key(team))
    .bind(key(user))
    .bind(password_hash)
    .bind(at.as_micros())
    .execute(writer)
    .await?;
    // No hash is all zeros.
    let kept = kept_session.unwrap_or([0; 32]);
    db::query(
        "delete from sessions
         where team_id = $1 and user_id = $2 and session_hash <> $3",
    )
    .bind(key(team))
    .bind(key(user))
    .bind(&kept[..])
    .execute(writer)
    .await?;
    forget_links(writer, team, user).await
}

async fn forget_links(
    writer: &mut db::Connection,
    team: TeamId,
    user: UserId,
) -> Result<(), StoreError> {
    db::query(
        "delete from sign_in_links
         where team_id = $1 and user_id = $2",
    )
    .bind(key(team))
    .bind(key(user))
    .execute(writer)
    .await?;
    Ok(())
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
