//! Messages that were damaged or made to do harm.

use proptest::prelude::*;
use rondo::mail::message::MESSAGE_BYTES_MAX;
use rondo::mail::{Received, Unreadable, opt_out};

use crate::pairs::messages;

/// What is done to a message: bytes are put in, taken out or doubled.
#[derive(Debug, Clone)]
enum Damage {
    Put(Vec<u8>),
    Take(usize),
    Double(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 1..8).prop_map(Damage::Put),
        prop::sample::select(vec!["\n\n", "--", "=", "\0", "<", "&", "\u{feff}", ">", ":", "é"])
            .prop_map(|text| Damage::Put(text.as_bytes().to_vec())),
        (1usize..400).prop_map(Damage::Take),
        (1usize..400).prop_map(Damage::Double),
    ]
}

fn damaged(mut raw: Vec<u8>, damages: &[(f64, Damage)]) -> Vec<u8> {
    for (place, damage) in damages {
        let at = ((raw.len() as f64) * place) as usize;
        match damage {
            Damage::Put(bytes) => drop(raw.splice(at..at, bytes.iter().copied())),
            Damage::Take(count) => drop(raw.drain(at..(at + count).min(raw.len()))),
            Damage::Double(count) => {
                let bytes = raw[at..(at + count).min(raw.len())].to_vec();
                drop(raw.splice(at..at, bytes));
            }
        }
    }
    raw
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_message_is_read_or_refused(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec((0.0..1.0, damage()), 1..12),
    ) {
        let messages = messages();
        let (_, raw) = &messages[which.index(messages.len())];
        if let Ok(received) = Received::parse(&damaged(raw.clone(), &damages)) {
            let _ = opt_out::find(&received.text.visible);
        }
    }
}

#[test]
fn a_message_as_deep_as_it_is_long_is_read_in_bounded_work() {
    let deep = |layer: &dyn Fn(usize) -> String| {
        let mut raw = b"From: ann@a.example\n".to_vec();
        for depth in 0..100_000 {
            raw.extend(layer(depth).bytes());
        }
        Received::parse(&raw).map(|received| received.subject)
    };
    let multiparts =
        |depth: usize| format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n");
    assert!(deep(&multiparts).is_ok());
    assert!(deep(&|_| "Content-Type: message/rfc822\n\n".to_owned()).is_ok());
    assert!(deep(&|_| "Content-Type: multipart/digest; boundary=b\n\n--b\n\n".to_owned()).is_ok());
}

#[test]
fn texts_that_are_made_to_take_long_do_not() {
    let long = |media: &str, piece: &str| {
        let mut raw = format!("From: a@b.example\nContent-Type: {media}\n\n").into_bytes();
        raw.extend(piece.repeat(512 * 1024 / piece.len()).bytes());
        assert!(Received::parse(&raw).is_ok());
    };
    for piece in [
        "<",
        "<a \"",
        "<div>",
        "</div>",
        "<!--",
        "<style>",
        "&",
        "<p id='x' ",
        "<blockquote type=cite>",
        "<br>",
        "x<span>",
    ] {
        long("text/html", piece);
    }
    for piece in [
        "> ",
        ">\n",
        "\n",
        "On 1/1/2026 ",
        "From: x\n",
        "thanks\n",
        "this e-mail\n",
        "a\n\n",
        "remove me, ",
        "x ",
    ] {
        long("text/plain; format=flowed", piece);
        long("text/plain", piece);
    }
}

#[test]
fn a_message_over_the_limit_is_refused() {
    let raw = vec![b'a'; MESSAGE_BYTES_MAX + 1];
    assert_eq!(Received::parse(&raw), Err(Unreadable::TooLarge));
    assert_eq!(Received::parse(b""), Err(Unreadable::NoHeaders));
}
