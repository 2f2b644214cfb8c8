//! What is sent to the servers: Redis commands, JSON over HTTP/1.1 with connections kept alive.

use std::io::Write as _;

use crate::load::{Answer, Protocol};

/// `LMOVE circle circle LEFT RIGHT`: the round robin that people build on Redis.
pub(crate) struct RedisTurn;

impl Protocol for RedisTurn {
    fn write_request(&mut self, _: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(
            b"*5\r\n$5\r\nLMOVE\r\n$6\r\ncircle\r\n$6\r\ncircle\r\n$4\r\nLEFT\r\n$5\r\nRIGHT\r\n",
        );
    }

    fn read_answer(&self, bytes: &[u8]) -> Answer {
        match bytes {
            [b'-', ..] => Answer::Bad,
            [b'$', .., b'\r', b'\n']
                if bytes.iter().filter(|byte| **byte == b'\n').count() == 2 =>
            {
                Answer::Good
            }
            _ => Answer::Partial,
        }
    }
}

/// Appends the next request's body.
type WriteBody = dyn FnMut(&mut Vec<u8>);

/// A `POST` with a JSON body that differs from request to request.
pub(crate) struct JsonPost {
    head: String,
    body: Vec<u8>,
    write_body: Box<WriteBody>,
}

impl JsonPost {
    /// Posts to `path` with an API key.
    pub(crate) fn new(
        path: &str,
        api_key: &str,
        write_body: impl FnMut(&mut Vec<u8>) + 'static,
    ) -> Self {
        Self {
            head: format!(
                "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {api_key}\r\n\
                 content-type: application/json\r\ncontent-length: "
            ),
            body: Vec::new(),
            write_body: Box::new(write_body),
        }
    }
}

impl Protocol for JsonPost {
    fn write_request(&mut self, _: usize, out: &mut Vec<u8>) {
        self.body.clear();
        (self.write_body)(&mut self.body);
        out.extend_from_slice(self.head.as_bytes());
        write!(out, "{}\r\n\r\n", self.body.len()).expect("a vector takes bytes");
        out.extend_from_slice(&self.body);
    }

    fn read_answer(&self, bytes: &[u8]) -> Answer {
        let Some(head_length) = find(bytes, b"\r\n\r\n").map(|at| at + 4) else {
            return Answer::Partial;
        };
        let head = &bytes[..head_length];
        let body_length = find(head, b"content-length: ").map_or(0, |at| {
            head[at + 16..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))
        });
        if bytes.len() < head_length + body_length {
            Answer::Partial
        } else if bytes[9] == b'2' {
            Answer::Good
        } else {
            Answer::Bad
        }
    }
}

/// Requests of many teams: each connection is one team's.
pub(crate) struct OfTeams(pub(crate) Vec<JsonPost>);

impl Protocol for OfTeams {
    fn write_request(&mut self, connection: usize, out: &mut Vec<u8>) {
        let teams = self.0.len();
        self.0[connection % teams].write_request(connection, out);
    }

    fn read_answer(&self, bytes: &[u8]) -> Answer {
        self.0[0].read_answer(bytes)
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// Writes reports of leads that nobody knows yet, one a request.
pub(crate) fn new_leads(series: &'static str) -> impl FnMut(&mut Vec<u8>) + 'static {
    let mut count = 0_u64;
    move |body| {
        count += 1;
        write_lead(body, series, count);
    }
}

/// Writes reports of leads that nobody knows yet, `size` a request.
pub(crate) fn batches(series: &'static str, size: u64) -> impl FnMut(&mut Vec<u8>) + 'static {
    let mut count = 0_u64;
    move |body| {
        body.extend_from_slice(b"{\"items\":[");
        for at in 0..size {
            if at > 0 {
                body.push(b',');
            }
            count += 1;
            write_lead(body, series, count);
        }
        body.extend_from_slice(b"]}");
    }
}

fn write_lead(body: &mut Vec<u8>, series: &str, count: u64) {
    write!(
        body,
        "{{\"lead\":{{\"email\":\"lead{count}@{series}.example\",\"name\":\"Lead {count}\",\
         \"company\":\"Northgate Foods\"}}}}"
    )
    .expect("a vector takes bytes");
}
