//! Signing in by a link in a mail: asked for with an address, opened by anybody, used by a button.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{From, SignInPage, agent, peer, trouble};
use crate::app::people;
use crate::console::Console;
use crate::console::form::{self, Form};
use crate::console::frame::{Frame, Section, rendered};
use crate::console::routes::{Reach, Routes, done};
use crate::console::trouble::Trouble;
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .post(Reach::Public, "/sign-in/link", ask)
        .get(Reach::Public, "/sign-in/link/{token}", page)
        .post(Reach::Public, "/sign-in/link/{token}", enter)
}

/// Answers the same whoever has the address, or nobody.
async fn ask(
    State(console): State<Console>,
    from: From,
    mut form: Form,
) -> Result<Response, Trouble> {
    if form.required("email", form::email).is_none() {
        let page = SignInPage::new(&console, form, None).await?;
        return Ok((StatusCode::BAD_REQUEST, rendered(&page)).into_response());
    }
    let email = form.text("email");
    console.admit(peer(&from), Some(email))?;
    people::mail_link(console.app(), email);
    Ok(done("/sign-in", "link-asked"))
}

#[derive(Template)]
#[template(path = "mailed_link.html")]
struct MailedLinkTemplate {
    frame: Frame,
    email: String,
    team: String,
}

/// Opening it signs nobody in: programs that look for harm in mail open links.
async fn page(
    State(console): State<Console>,
    Path(token): Path<String>,
) -> Result<Response, Trouble> {
    let page = people::mailed_link_page(console.app(), &token).await.map_err(trouble)?;
    let frame = Frame::new(&console, None, Section::None, t("signing-in-title"));
    let (email, team) = (page.email, page.team_name);
    Ok(rendered(&MailedLinkTemplate { frame, email, team }))
}

async fn enter(
    State(console): State<Console>,
    from: From,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    console.admit(peer(&from), None)?;
    let entered = people::enter_by_mail(console.app(), &token, &agent(&headers)).await;
    Ok(console.with_session(&entered.map_err(trouble)?, "/"))
}
