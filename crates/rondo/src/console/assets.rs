//! The style sheet and the script, named by what is in them so that browsers keep them for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use super::routes::{Reach, Routes};

/// A file that pages load.
pub(super) struct Asset {
    /// Where it is, with a digest of what is in it.
    pub(super) path: String,
    kind: &'static str,
    text: &'static str,
}

pub(super) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("css", "text/css; charset=utf-8", include_str!("../../assets/console.css"))
});
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("js", "text/javascript; charset=utf-8", include_str!("../../assets/console.js"))
});
pub(super) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("svg", "image/svg+xml", include_str!("../../assets/icon.svg")));

impl Asset {
    fn new(ending: &str, kind: &'static str, text: &'static str) -> Self {
        let digest = Sha256::digest(text);
        let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { path: format!("/assets/console-{short}.{ending}"), kind, text }
    }
}

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Public, "/assets/{file}", asset).get(
        Reach::Public,
        "/favicon.ico",
        || async { kept(&ICON, "public, max-age=86400") },
    )
}

async fn asset(Path(file): Path<String>) -> Response {
    let wanted = format!("/assets/{file}");
    match [&STYLE, &SCRIPT, &ICON].into_iter().find(|asset| asset.path == wanted) {
        Some(asset) => kept(asset, "public, max-age=31536000, immutable"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn kept(asset: &Asset, how: &'static str) -> Response {
    let mut response = asset.text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(how));
    response
}
