//! The reps of the server, among whom a file's owners are looked up.

use serde::Deserialize;

use crate::cli::Failure;
use crate::cli::client::Client;
use crate::import::owners::KnownRep;
pub(in crate::cli) use crate::import::owners::{OwnerBook, Resolved};

/// A rep as the server lists it.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::cli) struct ListedRep {
    pub(in crate::cli) id: String,
    pub(in crate::cli) name: String,
    pub(in crate::cli) email: String,
    pub(in crate::cli) phone: Option<String>,
    pub(in crate::cli) time_zone: String,
    pub(in crate::cli) calendar_link: Option<String>,
}

/// Asks the server for the team's reps; none if the key may not see them.
pub(in crate::cli) async fn fetch(client: &Client) -> Result<Option<OwnerBook>, Failure> {
    match client.get_all::<ListedRep>("/v1/reps").await {
        Ok(reps) => Ok(Some(OwnerBook::of(reps.iter().map(|rep| KnownRep {
            id: &rep.id,
            name: &rep.name,
            email: &rep.email,
        })))),
        Err(Failure::Problem(problem)) if problem.code == "forbidden" => Ok(None),
        Err(failure) => Err(failure),
    }
}
