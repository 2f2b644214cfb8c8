//! People who sign in: who they are, how they sign in, and where they are signed in just now.
//!
//! Passwords, sessions and links stand beside the ledger. Of each only a hash is kept. Somebody who was removed, or whose
//! rep has left, is found by nothing here.

mod links;
mod sessions;

use rondo_core::Instant;
use rondo_core::event::Role;
use rondo_core::ids::{RepId, TeamId, UserId};

use crate::fields::{Fields, key};
use crate::{Store, StoreError, db};

pub use links::SignInLink;
use links::forget_links;
pub use sessions::{NewSession, SessionOf, SessionRow};

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
