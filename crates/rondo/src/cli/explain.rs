//! `rondo explain`: why a lead went to a rep.

use clap::Args;
use rondo_core::ids::AssignmentId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Failure;
use super::client::{Client, Connection};
use super::queue::{Member, drawn};
use super::terminal::{printable, say, say_json};

/// `rondo explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The assignment's id, as `rondo route` and the API show it.
    assignment: AssignmentId,
    /// Print the assignment and the circle as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Deserialize)]
struct Assignment {
    rep: String,
    rep_name: String,
    reason: String,
    decided_at: String,
    ledger: u64,
    why: Why,
}

#[derive(Debug, Deserialize)]
struct Why {
    sentence: String,
    passed_over_count: u64,
}

#[derive(Debug, Deserialize)]
struct Circle {
    group_name: String,
    cursor_before: Option<String>,
    member_count: usize,
    circle: Vec<Member>,
}

/// Runs `rondo explain`.
pub(super) async fn run(args: ExplainArgs) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let path = format!("/v1/assignments/{}", args.assignment);
    let assignment: Value = client.get(&path).await?;
    let circle: Value = client.get(&format!("{path}/circle?limit=500")).await?;
    if args.json {
        return say_json(&json!({ "assignment": assignment, "circle": circle }));
    }
    let wrong = |error: serde_json::Error| Failure::Unintelligible {
        server: args.connection.server.to_string(),
        reason: error.to_string(),
    };
    let assignment: Assignment = serde_json::from_value(assignment).map_err(wrong)?;
    let circle: Circle = serde_json::from_value(circle).map_err(wrong)?;
    print(&assignment, &circle)
}

fn print(assignment: &Assignment, circle: &Circle) -> Result<(), Failure> {
    say(printable(&assignment.why.sentence))?;
    say("")?;
    say(format!(
        "To {}, by {}, on {} (ledger entry {}).",
        printable(&assignment.rep_name),
        assignment.reason,
        assignment.decided_at,
        assignment.ledger
    ))?;
    say(format!("The circle of `{}` as it stood:", printable(&circle.group_name)))?;
    let before = circle.cursor_before.as_deref();
    let chosen = Some(assignment.rep.as_str());
    for line in drawn(&circle.circle, circle.member_count, before, chosen) {
        say(format!("  {line}"))?;
    }
    if assignment.why.passed_over_count > 0 {
        say(format!("Passed over: {}.", assignment.why.passed_over_count))?;
    }
    Ok(())
}
