//! What has to stand before leads can be routed: a team with an administrator's key, reps, a running campaign.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use rondo_core::ids::{CampaignId, TeamId};
use serde_json::{Value, json};

use crate::processes::{Server, rondo};

/// Reps in the measured team.
pub(crate) const REPS: usize = 10;

/// A team that routes leads.
pub(crate) struct Team {
    pub(crate) id: TeamId,
    pub(crate) campaign: CampaignId,
    pub(crate) api_key: String,
}

impl Team {
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/campaigns/{}/{rest}", self.campaign)
    }
}

/// Makes a team in a new database, as a person would.
pub(crate) fn team(folder: &Path) -> Team {
    let output = rondo(folder)
        .args(["team", "create", "Bench", "--admin", "admin@bench.example", "--json"])
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made: Value = serde_json::from_slice(&output.stdout).expect("`--json` prints JSON");
    let api_key = made["api_key"].as_str().expect("the key is shown once").to_owned();
    let id = parse(&made["team"]);

    let server = Server::rondo(folder);
    let post = |path: &str, body: Value| post(server.address, &api_key, path, &body);
    for rep in 1..=REPS {
        let email = format!("rep{rep}@bench.example");
        post("/v1/reps", json!({ "name": format!("Rep {rep}"), "email": email }));
    }
    let campaign = parse(&post("/v1/campaigns", json!({ "name": "Spring" }))["id"]);
    post(&format!("/v1/campaigns/{campaign}/launch"), json!({}));
    Team { id, campaign, api_key }
}

fn parse<T: std::str::FromStr>(id: &Value) -> T {
    id.as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("not an id: {id}"))
}

/// Sends one `POST` and answers its JSON.
fn post(address: SocketAddr, api_key: &str, path: &str, body: &Value) -> Value {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\ncontent-type: application/json\r\n\
         authorization: Bearer {api_key}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.write_all(request.as_bytes()).expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the server answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    assert!(head.as_bytes().get(9) == Some(&b'2'), "{path}: {answer}");
    serde_json::from_str(body).expect("the body is JSON")
}

/// Puts as many members into Redis's circle as the team has reps.
pub(crate) fn fill_circle(redis: &Server) {
    let mut stream = TcpStream::connect(redis.address).expect("Redis listens");
    for rep in 0..REPS {
        let member = format!("{rep:026}");
        write!(stream, "*3\r\n$5\r\nRPUSH\r\n$6\r\ncircle\r\n$26\r\n{member}\r\n")
            .expect("Redis reads");
        let mut answer = [0; 16];
        let count = stream.read(&mut answer).expect("Redis answers");
        assert_eq!(answer[..count].first(), Some(&b':'), "RPUSH answers a length");
    }
}
