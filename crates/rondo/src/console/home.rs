//! The first page: what needs a person now.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::Console;
use super::frame::{Frame, Section, rendered};
use super::routes::{Reach, Routes, Who};
use super::trouble::Trouble;

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Everyone, "/", home)
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
}

async fn home(State(console): State<Console>, Who(session): Who) -> Result<Response, Trouble> {
    let frame = Frame::new(&console, Some(&session), Section::Home, "Home");
    Ok(rendered(&HomePage { frame }))
}
