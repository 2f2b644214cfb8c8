//! Links by which people choose a password, and those that are mailed to sign in: each is used once.

use rondo_core::Instant;
use rondo_core::ids::{TeamId, UserId};

use super::set_password;
use crate::fields::{Fields, key};
use crate::{Store, StoreError, db};

/// Links that were mailed to somebody and can still be used, at most: whoever asks again and again for another person's
/// address sends them no more.
pub const MAILED_LINKS_MAX: u32 = 3;

/// A link by which somebody gets in.
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
    /// Whether it was mailed to whoever asked for it: it signs in, and chooses no password.
    pub is_mailed: bool,
}

impl Store {
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
            "select u.user_id, u.email, t.name, s.set_at, l.expires_at, l.mailed_at
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
                is_mailed: !fields.is_null(5),
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
             where team_id = $1 and link_hash = $2 and user_id = $3 and expires_at > $4
               and mailed_at is null",
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

    /// Makes a link that is mailed to a user, beside those that they have. Whether it was made: not while
    /// [`MAILED_LINKS_MAX`] can still be used.
    pub async fn add_mailed_link(
        &self,
        team: TeamId,
        hash: [u8; 32],
        user: UserId,
        (at, expires_at): (Instant, Instant),
    ) -> Result<bool, StoreError> {
        let mut writer = self.of(team).writer().await?;
        writer.begin_writing().await?;
        db::query(
            "delete from sign_in_links
             where team_id = $1 and user_id = $2 and expires_at <= $3 and mailed_at is not null",
        )
        .bind(key(team))
        .bind(key(user))
        .bind(at.as_micros())
        .execute(&mut writer)
        .await?;
        let usable = db::query(
            "select count(*)
             from sign_in_links
             where team_id = $1 and user_id = $2 and mailed_at is not null",
        )
        .bind(key(team))
        .bind(key(user))
        .fetch_one(&mut writer)
        .await?;
        let usable = Fields::new(&usable, "sign_in_links").number(0)?;
        let is_made = usable < u64::from(MAILED_LINKS_MAX);
        if is_made {
            db::query(
                "insert into sign_in_links (team_id, link_hash, user_id, expires_at, mailed_at)
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(key(team))
            .bind(&hash[..])
            .bind(key(user))
            .bind(expires_at.as_micros())
            .bind(at.as_micros())
            .execute(&mut writer)
            .await?;
        }
        writer.commit().await?;
        drop(writer);
        self.of(team).sync().await?;
        Ok(is_made)
    }

    /// Uses a mailed link up at `at`, and all others that were mailed to its user. Whether it could still be used; of those
    /// who use it at once one does.
    pub async fn use_mailed_link(
        &self,
        team: TeamId,
        hash: [u8; 32],
        user: UserId,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let mut writer = self.of(team).writer().await?;
        writer.begin_writing().await?;
        let used = db::query(
            "delete from sign_in_links
             where team_id = $1 and link_hash = $2 and user_id = $3 and expires_at > $4
               and mailed_at is not null",
        )
        .bind(key(team))
        .bind(&hash[..])
        .bind(key(user))
        .bind(at.as_micros())
        .execute(&mut writer)
        .await?;
        if used > 0 {
            db::query(
                "delete from sign_in_links
                 where team_id = $1 and user_id = $2 and mailed_at is not null",
            )
            .bind(key(team))
            .bind(key(user))
            .execute(&mut writer)
            .await?;
        }
        writer.commit().await?;
        drop(writer);
        self.of(team).sync().await?;
        Ok(used > 0)
    }
}

/// Those of a user.
pub(super) async fn forget_links(
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
