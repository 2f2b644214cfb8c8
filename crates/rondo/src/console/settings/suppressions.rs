//! Addresses that are never written to (Q6).

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use rondo_core::mail::SuppressionReason;

use super::super::Console;
use super::super::form::{self, Form, Told as _};
use super::super::frame::{Frame, Place, rendered};
use super::super::paths::Query;
use super::super::routes::{Reach, Routes, Who, done};
use super::super::trouble::Trouble;
use super::{Asked, Refused, frame, id, refused, tabs};
use crate::app::people::Session;
use crate::app::suppressions::{self, NewSuppression, SuppressionView, SuppressionsWanted};
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Admin, "/settings/suppressions", show)
        .post(Reach::Admin, "/settings/suppressions", suppress)
        .post(Reach::Admin, "/settings/suppressions/{suppression}/lift", lift)
}

fn reason(reason: SuppressionReason) -> &'static str {
    match reason {
        SuppressionReason::Unsubscribe => t("suppressions-asked"),
        SuppressionReason::HardBounce => t("suppressions-no-such-address"),
        SuppressionReason::Complaint => t("suppressions-complained"),
        SuppressionReason::Manual => t("suppressions-by-admin"),
    }
}

#[derive(Template)]
#[template(path = "settings/suppressions.html")]
struct SuppressionsPage {
    frame: Frame,
    tabs: Vec<Place>,
    form: Form,
    error: Option<String>,
    suppressions: Vec<SuppressionView>,
    next: Option<String>,
    /// The address that is looked for.
    sought: String,
    /// What is wrong with it.
    sought_error: Option<String>,
}

impl SuppressionsPage {
    async fn new(
        console: &Console,
        session: &Session,
        asked: &Asked,
        form: Form,
    ) -> Result<Self, Trouble> {
        let sought = asked.email.as_deref().unwrap_or_default().trim().to_owned();
        let address = (!sought.is_empty()).then(|| form::email(&sought));
        let (address, sought_error) = match address.transpose() {
            Ok(address) => (address, None),
            Err(wrong) => (None, Some(wrong.told())),
        };
        let wanted = SuppressionsWanted { email: address.map(|address| address.key()) };
        let (app, caller) = (console.app(), &session.caller);
        let listed = suppressions::latest(app, caller, &wanted, &asked.page()).await?;
        Ok(Self {
            frame: frame(console, session, t("suppressions-title")).after(asked.done.as_deref()),
            tabs: tabs("/settings/suppressions"),
            form,
            error: None,
            suppressions: listed.items,
            next: listed.next_cursor,
            sought,
            sought_error,
        })
    }
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let page = SuppressionsPage::new(&console, &session, &asked, Form::default()).await?;
    Ok(rendered(&page))
}

async fn suppress(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    let refusal = match form.required("address", form::email) {
        None => Refused::beside(),
        Some(email) => {
            let new = NewSuppression { email };
            match suppressions::add(console.app(), &session.caller, new, form.once(&session)).await
            {
                Ok(_) => return Ok(done("/settings/suppressions", "suppressed")),
                Err(error) => refused(&mut form, error)?,
            }
        }
    };
    let mut page = SuppressionsPage::new(&console, &session, &Asked::default(), form).await?;
    page.error = refusal.error.clone();
    Ok(refusal.page(&page))
}

async fn lift(
    State(console): State<Console>,
    Who(session): Who,
    Path(suppression): Path<String>,
) -> Result<Response, Trouble> {
    suppressions::lift(console.app(), &session.caller, id(&suppression)?).await?;
    Ok(done("/settings/suppressions", "lifted"))
}
