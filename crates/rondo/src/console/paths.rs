//! Addresses of pages: ids that stand in them, and filters that follow them.

use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::form::Form;
use super::trouble::{Trouble, nothing};
use crate::app::page::{LIMIT_DEFAULT, Page};
use crate::t;

/// What stands in an address behind its path.
pub(super) struct Query<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Trouble> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|read| Self(read.0)).map_err(|_| Trouble::invalid(t("trouble-address")))
    }
}

/// An id out of an address.
pub(super) fn named<T: FromStr>(kind: &str, text: &str) -> Result<T, Trouble> {
    text.parse().map_err(|_| Trouble::not_found(nothing(kind)))
}

/// The page of a list that a query asks for.
pub(super) fn page(query: &Form) -> Page {
    let cursor = Some(query.text("cursor").to_owned()).filter(|cursor| !cursor.is_empty());
    Page { limit: LIMIT_DEFAULT, cursor }
}

/// A path with those of these fields that are filled in.
pub(super) fn with<'v>(path: &str, fields: impl IntoIterator<Item = (&'v str, &'v str)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty()));
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_that_are_empty_are_left_out() {
        assert_eq!(with("/leads", [("email", "")]), "/leads");
        assert_eq!(with("/leads", [("email", "a+b@c"), ("x", "")]), "/leads?email=a%2Bb%40c");
    }
}
