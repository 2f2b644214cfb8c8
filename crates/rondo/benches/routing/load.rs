//! A load generator that costs little: one thread, non-blocking sockets, requests written as bytes, answers only measured.
//!
//! The same loop drives Redis and HTTP, so that a ratio between them compares servers and not clients.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token, Waker};

use crate::now;

/// A protocol of one request, one answer.
pub(crate) trait Protocol {
    /// Appends the next request of the connection of this number.
    fn write_request(&mut self, connection: usize, out: &mut Vec<u8>);
    /// Whether `bytes` hold a whole answer.
    fn read_answer(&self, bytes: &[u8]) -> Answer;
}

/// What has arrived of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Partial,
    Good,
    Bad,
}

/// When requests are sent.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// On each connection as soon as the last answer is there.
    Closed,
    /// So many a second, whatever the server does; latency counts from the instant at which a request was due.
    Open { per_second: f64 },
}

/// What a run came to.
pub(crate) struct Outcome {
    pub(crate) answers: u64,
    pub(crate) seconds: f64,
    /// Sorted.
    pub(crate) latencies: Vec<Duration>,
}

impl Outcome {
    pub(crate) fn per_second(&self) -> f64 {
        self.answers as f64 / self.seconds
    }

    pub(crate) fn percentile(&self, share: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get((last as f64 * share) as usize).copied().unwrap_or_default()
    }
}

struct Connection {
    number: usize,
    stream: TcpStream,
    out: Vec<u8>,
    written: usize,
    answer: Vec<u8>,
    /// When the request that is under way was due; none while idle.
    due: Option<Instant>,
}

impl Connection {
    fn send(&mut self, protocol: &mut dyn Protocol, due: Instant) {
        self.out.clear();
        self.answer.clear();
        self.written = 0;
        self.due = Some(due);
        protocol.write_request(self.number, &mut self.out);
        self.flush();
    }

    fn flush(&mut self) {
        while self.written < self.out.len() {
            match self.stream.write(&self.out[self.written..]) {
                Ok(count) => self.written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => panic!("the server hung up while a request was written: {error}"),
            }
        }
    }

    /// Reads what is there; answers when the request was due once its answer is whole.
    fn receive(&mut self, protocol: &dyn Protocol) -> Option<Instant> {
        let mut chunk = [0; 64 * 1024];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => panic!("the server hung up"),
                Ok(count) => {
                    self.answer.extend_from_slice(&chunk[..count]);
                    match protocol.read_answer(&self.answer) {
                        Answer::Partial => {}
                        Answer::Good => return self.due.take(),
                        Answer::Bad => {
                            panic!("refused: {}", String::from_utf8_lossy(&self.answer))
                        }
                    }
                    if count < chunk.len() {
                        return None;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                Err(error) => panic!("an answer could not be read: {error}"),
            }
        }
    }
}

const WAKE: Token = Token(usize::MAX);

/// Loads servers over so many connections, which take the servers in turn, for so long.
pub(crate) fn run(
    addresses: &[SocketAddr],
    connections: usize,
    pace: Pace,
    length: Duration,
    protocol: &mut dyn Protocol,
) -> Outcome {
    let mut poll = Poll::new().expect("the system has an event queue");
    let mut events = Events::with_capacity(1024);
    let mut open = connect(&poll, addresses, connections);
    let start = now();
    let end = start + length;
    let alarm = match pace {
        Pace::Closed => None,
        Pace::Open { per_second } => Some(alarm(&poll, per_second, end)),
    };
    let mut idle: Vec<usize> = (0..open.len()).collect();
    if alarm.is_none() {
        for at in idle.drain(..) {
            open[at].send(protocol, start);
        }
    }
    let mut latencies = Vec::with_capacity(1 << 16);
    let mut sent = 0_u64;
    loop {
        poll.poll(&mut events, Some(Duration::from_millis(100))).expect("events can be awaited");
        let mut time = now();
        for event in events.iter().filter(|event| event.token() != WAKE) {
            let connection = &mut open[event.token().0];
            if event.is_writable() {
                connection.flush();
            }
            if let Some(due) = connection.receive(protocol) {
                time = now();
                if time < end {
                    latencies.push(time - due);
                }
                match pace {
                    Pace::Closed if time < end => connection.send(protocol, time),
                    Pace::Closed => {}
                    Pace::Open { .. } => idle.push(event.token().0),
                }
            }
        }
        if let Pace::Open { per_second } = pace {
            let due = ((time.min(end) - start).as_secs_f64() * per_second) as u64;
            while sent < due
                && let Some(at) = idle.pop()
            {
                let due = start + Duration::from_secs_f64(sent as f64 / per_second);
                open[at].send(protocol, due);
                sent += 1;
            }
        }
        if time >= end && open.iter().all(|connection| connection.due.is_none()) {
            break;
        }
    }
    if let Some(alarm) = alarm {
        alarm.join().expect("the alarm ends with the run");
    }
    latencies.sort_unstable();
    Outcome { answers: latencies.len() as u64, seconds: length.as_secs_f64(), latencies }
}

fn connect(poll: &Poll, addresses: &[SocketAddr], connections: usize) -> Vec<Connection> {
    (0..connections)
        .map(|number| {
            let address = addresses[number % addresses.len()];
            let stream = std::net::TcpStream::connect(address).expect("the server listens");
            stream.set_nodelay(true).expect("a socket takes options");
            stream.set_nonblocking(true).expect("a socket takes options");
            let mut stream = TcpStream::from_std(stream);
            poll.registry()
                .register(&mut stream, Token(number), Interest::READABLE | Interest::WRITABLE)
                .expect("a socket can be watched");
            Connection {
                number,
                stream,
                out: Vec::new(),
                written: 0,
                answer: Vec::new(),
                due: None,
            }
        })
        .collect()
}

/// Wakes the loop whenever a request is due: the event queue alone counts in milliseconds.
#[expect(clippy::disallowed_methods, reason = "a load generator waits in real time")]
fn alarm(poll: &Poll, per_second: f64, end: Instant) -> std::thread::JoinHandle<()> {
    let waker = Waker::new(poll.registry(), WAKE).expect("the event queue can be woken");
    std::thread::spawn(move || {
        while now() < end {
            std::thread::sleep(Duration::from_secs_f64(1.0 / per_second));
            waker.wake().expect("the event queue can be woken");
        }
    })
}
