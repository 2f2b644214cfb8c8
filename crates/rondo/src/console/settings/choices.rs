//! What forms offer to choose from, and how what was chosen is read.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rondo_core::event::Role;
use rondo_core::time::Instant;

use super::super::Console;
use super::super::trouble::Trouble;
use crate::app::people::Session;
use crate::app::roster;
use crate::{say, t};

/// Something to choose.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) words: String,
}

/// The team's reps.
pub(super) async fn reps(console: &Console, session: &Session) -> Result<Vec<Choice>, Trouble> {
    let all = roster::addresses(console.app(), &session.caller).await?;
    let choice = |(choice, email): (roster::Choice, String)| Choice {
        value: choice.rep.to_string(),
        words: format!("{} ({email})", choice.name),
    };
    Ok(all.into_iter().map(choice).collect())
}

/// A role by its word.
pub(super) fn role(text: &str) -> Result<Role, String> {
    match text {
        "admin" => Ok(Role::Admin),
        "viewer" => Ok(Role::Viewer),
        "rep" => Ok(Role::Rep),
        "router" => Ok(Role::Router),
        "mailbox" => Ok(Role::Mailbox),
        _ => Err(t("words-none-offered").to_owned()),
    }
}

/// A whole number from `least` to `most`.
pub(super) fn number(least: u32, most: u32) -> impl Fn(&str) -> Result<u32, String> {
    move |text| {
        let number = text.parse::<u32>().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| say("settings-number").arg("least", least).arg("most", most).plain())
    }
}

/// The end of a day in a zone.
pub(super) fn end_of_day(zone: &TimeZone) -> impl Fn(&str) -> Result<Instant, String> {
    let zone = zone.clone();
    move |text| {
        let day = text.parse::<Date>().map_err(|_| t("settings-not-a-date").to_owned())?;
        let end = day.tomorrow().and_then(|next| next.to_zoned(zone.clone()));
        let end = end.and_then(|next| next.start_of_day());
        let end = end.map_err(|_| t("settings-too-far").to_owned())?;
        Ok(Instant::from_micros(end.timestamp().as_microsecond()))
    }
}
