//! An admin at a browser, in this process: pages are asked for and forms are sent without a socket.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use futures_util::StreamExt as _;
use tower::ServiceExt as _;

use crate::now;

const EDGE: &str = "edge-of-the-parts";

#[derive(Clone)]
pub(super) struct Browser {
    router: Router,
    cookie: String,
}

/// An answer, with how long it took until all of it was there.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) took: Duration,
}

/// What a browser says it can read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    Plain,
    Compressed,
}

impl Browser {
    /// Somebody who follows an invitation and chooses a password.
    pub(super) async fn signed_in(router: Router, invitation: &str) -> Self {
        let mut browser = Self { router, cookie: String::new() };
        let form = "password=correct+horse+battery&again=correct+horse+battery";
        let answer = browser.post(invitation, form).await;
        let cookie = answer.headers.get(header::SET_COOKIE).expect("they are let in");
        let cookie = cookie.to_str().expect("a cookie is text").split(';').next();
        browser.cookie = cookie.unwrap_or_default().to_owned();
        browser
    }

    pub(super) async fn get(&self, path: &str, reads: Reads) -> Answer {
        let mut request = Request::builder().uri(path);
        if reads == Reads::Compressed {
            request = request.header(header::ACCEPT_ENCODING, "gzip, deflate, br, zstd");
        }
        self.send(request.header(header::COOKIE, &self.cookie), Body::empty()).await
    }

    pub(super) async fn post(&self, path: &str, form: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        self.post_as(path, kind, form.to_owned()).await
    }

    /// Sends a file; where what was taken is shown.
    pub(super) async fn upload(&self, path: &str, text: &str) -> Answer {
        let body = format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"crm.csv\"\r\n\
             content-type: text/csv\r\n\r\n{text}\r\n--{EDGE}--\r\n"
        );
        self.post_as(path, &format!("multipart/form-data; boundary={EDGE}"), body).await
    }

    async fn post_as(&self, path: &str, kind: &str, body: String) -> Answer {
        let request = Request::builder().method(Method::POST).uri(path);
        let request = request.header("sec-fetch-site", "same-origin");
        let request = request.header(header::CONTENT_TYPE, kind);
        self.send(request.header(header::COOKIE, &self.cookie), body.into()).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = request.body(body).expect("a request is well formed");
        let began = now();
        let answer = self.router.clone().oneshot(request).await.expect("a router answers");
        let (head, body) = answer.into_parts();
        let is_endless =
            head.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let body = match is_endless {
            // The first word of it.
            true => {
                let first = body.into_data_stream().next().await;
                first.expect("it begins").expect("it can be read").to_vec()
            }
            false => to_bytes(body, usize::MAX).await.expect("it can be read").to_vec(),
        };
        Answer { status: head.status, headers: head.headers, body, took: began.elapsed() }
    }
}

impl Answer {
    /// Where a form that was taken leads.
    pub(super) fn leads_to(&self) -> String {
        let to = self.headers.get(header::LOCATION).map(|to| to.to_str().expect("a path is text"));
        to.unwrap_or_else(|| panic!("{}: {}", self.status, self.text())).to_owned()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether it is kept as a file, in place of being shown.
    pub(super) fn is_file(&self) -> bool {
        self.headers.contains_key(header::CONTENT_DISPOSITION)
    }
}
