//! How long it takes to read a reply.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rondo::qualifier::qualify;

use crate::replies::Reply;

/// Times that each reply is read.
const ROUNDS: usize = 5;

/// What half of the replies take at most, and all but one in a hundred: each is read several times, one after another, on
/// one thread, after a first round that does not count.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn measured(replies: &[Reply]) -> String {
    let mut taken: Vec<Duration> = Vec::with_capacity(replies.len() * ROUNDS);
    for round in 0..=ROUNDS {
        for reply in replies {
            let begun = Instant::now();
            black_box(qualify(black_box(&reply.text), reply.subject.as_deref()));
            if round > 0 {
                taken.push(begun.elapsed());
            }
        }
    }
    taken.sort();
    let at = |share: usize| taken[(taken.len() - 1) * share / 100].as_micros();
    format!("{} replies, {ROUNDS} times each: p50 {} µs, p99 {} µs", replies.len(), at(50), at(99))
}
