//! The least that a JSON server can do, on the same HTTP stack and runtime as Rondo: read a body, answer a body.

use std::net::SocketAddr;

use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

/// A report of a qualified lead, as the API takes it.
#[derive(Deserialize)]
struct Report {
    lead: Lead,
}

#[derive(Deserialize)]
struct Lead {
    email: String,
    name: Option<String>,
    company: Option<String>,
}

#[derive(Serialize)]
struct Taken {
    email: String,
    has_name: bool,
    has_company: bool,
}

async fn take(Json(Report { lead }): Json<Report>) -> Json<Taken> {
    Json(Taken {
        email: lead.email,
        has_name: lead.name.is_some(),
        has_company: lead.company.is_some(),
    })
}

/// Serves until the process is ended.
pub(crate) fn serve(address: &str) {
    let address: SocketAddr = address.parse().expect("an address is given");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.expect("the port is free");
        let router = Router::new().route("/noop", post(take));
        axum::serve(listener, router).await.expect("it serves");
    });
}
