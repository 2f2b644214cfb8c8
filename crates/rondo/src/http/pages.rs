//! The parameters of lists, and their pages, as the OpenAPI document shows them.

use utoipa::IntoParams;

use crate::app::page::Page;
use crate::http::json::{FromObject, Object};

/// Which page of a list is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its description is used: the app has a type for it")]
pub(super) struct PageParams {
    /// Items in the page at most.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<u32>,
    /// `next_cursor` of the page before, with the same filters. Read nothing into it.
    #[param(pattern = "^[A-Za-z0-9_-]{22,34}$")]
    cursor: Option<String>,
}

/// A page with the filters of its list.
pub(super) struct Filtered<W> {
    pub(super) page: Page,
    pub(super) wanted: W,
}

impl<W: FromObject> FromObject for Filtered<W> {
    fn take(object: &mut Object) -> Option<Self> {
        let wanted = W::take(object);
        let page = Page::take(object);
        Some(Self { page: page?, wanted: wanted? })
    }
}
