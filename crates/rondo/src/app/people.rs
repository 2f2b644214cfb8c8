//! People who sign in.
#![allow(unused_variables, clippy::todo, clippy::unused_async)]

use rondo_core::event::Role;
use rondo_core::ids::{RepId, UserId};
use rondo_core::text::{Email, Name};
use rondo_core::time::Instant;
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::app::{App, AppError, Caller, schema};

pub struct SignedIn {
    pub token: String,
    pub expires_at: Instant,
}

#[derive(Clone)]
pub struct Session {
    pub caller: Caller,
    pub user: UserId,
    pub email: String,
    pub team_name: String,
    pub time_zone: String,
    pub csrf: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    #[schema(value_type = schema::UserId)]
    pub id: UserId,
    pub email: String,
    #[schema(value_type = String)]
    pub role: Role,
    #[schema(value_type = Option<schema::RepId>)]
    pub rep: Option<RepId>,
    pub rep_name: Option<String>,
    #[schema(value_type = schema::Instant)]
    pub added_at: Instant,
    pub has_password: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SessionView {
    pub id: String,
    pub begun_at: Instant,
    pub seen_at: Instant,
    pub agent: String,
    pub is_this: bool,
}

#[derive(Debug, Clone)]
pub struct NewUser {
    pub email: Email,
    pub role: Role,
    pub rep: Option<RepId>,
}

pub struct Invitation {
    pub user: UserId,
    pub email: String,
    pub link: Url,
    pub expires_at: Instant,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LinkPage {
    pub email: String,
    pub team_name: String,
    pub has_password: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("the email address or the password is wrong")]
    Wrong,
    #[error("weak password")]
    WeakPassword,
    #[error("link gone")]
    LinkGone,
    #[error(transparent)]
    App(#[from] AppError),
}

pub async fn sign_in(
    app: &App,
    email: &str,
    password: &str,
    agent: &str,
) -> Result<SignedIn, SignInError> {
    todo!()
}

pub async fn session(app: &App, token: &str) -> Result<Option<Session>, AppError> {
    todo!()
}

pub async fn sign_out(app: &App, token: &str) -> Result<(), AppError> {
    todo!()
}

pub async fn sessions(app: &App, session: &Session) -> Result<Vec<SessionView>, AppError> {
    todo!()
}

pub async fn end_session(app: &App, session: &Session, id: &str) -> Result<(), AppError> {
    todo!()
}

pub async fn set_password(
    app: &App,
    session: &Session,
    old: Option<&str>,
    new: &str,
) -> Result<(), SignInError> {
    todo!()
}

pub async fn list(app: &App, caller: &Caller) -> Result<Vec<UserView>, AppError> {
    todo!()
}

pub async fn invite(app: &App, caller: &Caller, new: NewUser) -> Result<Invitation, AppError> {
    todo!()
}

pub async fn link_for(app: &App, caller: &Caller, user: UserId) -> Result<Invitation, AppError> {
    todo!()
}

pub async fn remove(app: &App, caller: &Caller, user: UserId) -> Result<(), AppError> {
    todo!()
}

pub async fn link_page(app: &App, token: &str) -> Result<LinkPage, SignInError> {
    todo!()
}

pub async fn accept(
    app: &App,
    token: &str,
    password: &str,
    agent: &str,
) -> Result<SignedIn, SignInError> {
    todo!()
}

pub async fn begin(
    app: &App,
    team: Name,
    admin: Email,
    password: &str,
    agent: &str,
) -> Result<SignedIn, SignInError> {
    todo!()
}
