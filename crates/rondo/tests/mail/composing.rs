//! Whatever a message says, it is composed as one that says just that, or refused with a reason.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use rondo::mail::compose::{
    Answered, ComposeError, HOPS_MAX, Kind, Marks, Outgoing, RECIPIENTS_MAX, Unsubscribe, html_of,
    quoted, reply_subject,
};
use rondo::mail::{Mailbox, Received};
use rondo_core::Instant;

use crate::tokens::key;

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox { name: Some(name.to_owned()), address: address.to_owned() }
}

fn plain() -> Outgoing {
    Outgoing {
        kind: Kind::Answer,
        message_id: "msg_1@team.example".to_owned(),
        date: Instant::parse("2026-03-03T13:05:00Z").expect("it is an instant"),
        from: mailbox("Kim", "kim@team.example"),
        to: vec![mailbox("Ann Lee", "ann@lead.example")],
        cc: vec![],
        reply_to: vec![],
        subject: "Hello".to_owned(),
        answers: None,
        text: "Hello Ann,\n\nbye".to_owned(),
        html: None,
    }
}

fn answering(message_id: &str, references: &[String], hops: Option<u32>) -> Outgoing {
    let answered =
        Answered { message_id: message_id.to_owned(), references: references.to_vec(), hops };
    Outgoing { answers: Some(answered), ..plain() }
}

fn composed(outgoing: &Outgoing) -> (Vec<u8>, Received) {
    let raw = outgoing.compose(&key(1)).expect("it can be composed");
    let received = Received::parse(&raw).expect("it can be read");
    (raw, received)
}

/// The header lines, folded ones joined.
fn headers(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8(raw.to_vec()).expect("it is ASCII");
    let (head, _) = text.split_once("\r\n\r\n").expect("headers end with a blank line");
    head.replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n").map(str::to_owned).collect()
}

fn names(raw: &[u8]) -> Vec<String> {
    let name =
        |line: &String| line.split_once(':').map_or(line.clone(), |(name, _)| name.to_owned());
    headers(raw).iter().map(name).collect()
}

fn value(raw: &[u8], name: &str) -> Option<String> {
    let start = format!("{name}: ");
    headers(raw).iter().find_map(|line| line.strip_prefix(&start).map(str::to_owned))
}

#[test]
fn the_same_message_gives_the_same_bytes() {
    let outgoing = Outgoing { html: Some("<p>Hello</p>".to_owned()), ..plain() };
    assert_eq!(composed(&outgoing).0, composed(&outgoing).0);
    assert!(!outgoing.compose(&key(2)).expect("it can be composed").is_empty());
}

#[test]
fn only_notes_and_reminders_say_that_they_are_automatic() {
    let automatic = |kind| {
        let (raw, _) = composed(&Outgoing { kind, ..plain() });
        value(&raw, "Auto-Submitted")
    };
    for kind in [Kind::Campaign { unsubscribe: None }, Kind::Handover, Kind::Answer] {
        assert_eq!(automatic(kind), None);
    }
    for kind in [Kind::Note, Kind::Reminder, Kind::SignIn] {
        assert_eq!(automatic(kind).as_deref(), Some("auto-generated"));
    }
}

#[test]
fn a_campaigns_mail_can_be_unsubscribed_from_by_one_click() {
    let compose = |url: &str, address: Option<&str>| {
        let unsubscribe = Unsubscribe { url: url.to_owned(), address: address.map(str::to_owned) };
        let kind = Kind::Campaign { unsubscribe: Some(unsubscribe) };
        Outgoing { kind, ..plain() }.compose(&key(1))
    };
    let token = "a".repeat(80);
    let url = format!("https://rondo.example/u/{token}");
    let raw = compose(&url, Some("kim+rx@team.example")).expect("it can be composed");
    let expected = format!("<{url}>, <mailto:kim+rx@team.example?subject=unsubscribe>");
    assert_eq!(value(&raw, "List-Unsubscribe"), Some(expected));
    let post = value(&raw, "List-Unsubscribe-Post");
    assert_eq!(post.as_deref(), Some("List-Unsubscribe=One-Click"));
    let raw = compose(&url, None).expect("it can be composed");
    assert_eq!(value(&raw, "List-Unsubscribe"), Some(format!("<{url}>")));
    for wrong in ["", "ftp://x.example", "https://x.example/\r\nBcc: y", "https://x.example/>"] {
        assert_eq!(compose(wrong, None), Err(ComposeError::InvalidUnsubscribe), "{wrong}");
    }
    assert_eq!(value(&composed(&plain()).0, "List-Unsubscribe"), None);
}

#[test]
fn our_own_mail_is_known_by_its_mark() {
    let (raw, received) = composed(&plain());
    let id = received.message_id.expect("it has an id");
    let marks = Marks::of(&raw);
    assert!(marks.is_ours(&key(1), &id));
    assert!(!marks.is_ours(&key(2), &id));
    assert!(!marks.is_ours(&key(1), "msg_2@team.example"));
    assert!(!Marks::of(b"From: ann@lead.example\r\n\r\nHi").is_ours(&key(1), &id));
}

#[test]
fn hops_are_counted_and_end() {
    assert_eq!(Marks::of(&composed(&plain()).0).hops, 0);
    assert_eq!(Marks::of(&composed(&answering("a@b.example", &[], None)).0).hops, 0);
    for hops in 0..HOPS_MAX - 1 {
        let (raw, _) = composed(&answering("a@b.example", &[], Some(hops)));
        assert_eq!(Marks::of(&raw).hops, hops + 1);
    }
    for hops in [HOPS_MAX - 1, HOPS_MAX, u32::MAX] {
        let refused = answering("a@b.example", &[], Some(hops)).compose(&key(1));
        assert_eq!(refused, Err(ComposeError::LoopSuspected));
    }
    for (line, hops) in [("2", 2), ("x", HOPS_MAX), ("-1", HOPS_MAX), ("99999999999", HOPS_MAX)] {
        let raw = format!("From: ann@lead.example\r\nX-Rondo-Hops: {line}\r\n\r\nHi");
        assert_eq!(Marks::of(raw.as_bytes()).hops, hops, "{line}");
    }
}

#[test]
fn references_are_the_first_and_the_last_ones_and_end_with_what_is_answered() {
    let thread: Vec<String> = (0..90).map(|n| format!("id{n}@lead.example")).collect();
    let (raw, received) = composed(&answering("last@lead.example", &thread, None));
    assert_eq!(received.in_reply_to, ["last@lead.example"]);
    assert_eq!(received.references.len(), 21);
    assert_eq!(received.references[0], "id0@lead.example");
    assert_eq!(received.references[1], "id71@lead.example");
    assert_eq!(received.references[20], "last@lead.example");
    assert!(String::from_utf8_lossy(&raw).lines().all(|line| line.len() <= 80));
    let known = ["last@lead.example".to_owned(), "a@lead.example".to_owned()];
    let (_, received) = composed(&answering("last@lead.example", &known, None));
    assert_eq!(received.references, ["a@lead.example", "last@lead.example"]);
}

#[test]
fn an_answer_goes_on_with_the_thread_of_what_it_answers() {
    let answered = |raw: &str| {
        let received = Received::parse(raw.as_bytes()).expect("it can be read");
        Answered::of(&received, &Marks::of(raw.as_bytes()))
    };
    let expected = |references: &[&str], hops| {
        let references = references.iter().map(|id| (*id).to_owned()).collect();
        Some(Answered { message_id: "c@x.example".to_owned(), references, hops: Some(hops) })
    };
    let raw = "Message-ID: <c@x.example>\r\nReferences: <a@x.example> <b@x.example>\r\nX-Rondo-Hops: 2\r\n\r\nHi";
    assert_eq!(answered(raw), expected(&["a@x.example", "b@x.example"], 2));
    let raw = "Message-ID: <c@x.example>\r\nIn-Reply-To: <b@x.example>\r\n\r\nHi";
    assert_eq!(answered(raw), expected(&["b@x.example"], 0));
    let raw = "Message-ID: <c@x.example>\r\nIn-Reply-To: <a@x.example> <b@x.example>\r\n\r\nHi";
    assert_eq!(answered(raw), expected(&[], 0));
    assert_eq!(answered("Subject: x\r\n\r\nHi"), None);
}

#[test]
fn ids_that_cannot_be_written_are_left_out() {
    let odd = ["a b@x", "<a@x>", "é@x", "", "a@x\r\nBcc: y@z"].map(str::to_owned);
    let (raw, received) = composed(&answering("ok@lead.example", &odd, None));
    assert_eq!(received.references, ["ok@lead.example"]);
    let (_, received) = composed(&answering(&odd[4], &["ok@lead.example".to_owned()], None));
    assert_eq!(received.references, ["ok@lead.example"]);
    assert!(received.in_reply_to.is_empty());
    assert!(!names(&raw).contains(&"Bcc".to_owned()));
    for wrong in ["", "msg_1", "msg 1@x", "<msg_1@x>", "msg_1@x\r\nBcc: y"] {
        let refused = Outgoing { message_id: wrong.to_owned(), ..plain() }.compose(&key(1));
        assert_eq!(refused, Err(ComposeError::InvalidMessageId), "{wrong}");
    }
}

#[test]
fn an_address_that_cannot_be_written_to_is_refused_with_the_reason() {
    let to =
        |address: &str| Outgoing { to: vec![mailbox("", address)], ..plain() }.compose(&key(1));
    assert_eq!(to("jörg@lead.example"), Err(ComposeError::NonAsciiLocalPart { header: "To" }));
    for wrong in ["", "ann", "@lead.example", "ann@", "a b@lead.example", "ann@x\r\nBcc: b@c"] {
        let refused = to(wrong);
        assert_eq!(refused, Err(ComposeError::InvalidAddress { header: "To" }), "{wrong}");
    }
    let nobody = Outgoing { to: vec![], ..plain() }.compose(&key(1));
    assert_eq!(nobody, Err(ComposeError::NoRecipient));
    let many = vec![mailbox("", "ann@lead.example"); RECIPIENTS_MAX + 1];
    let refused = Outgoing { cc: many, ..plain() }.compose(&key(1));
    assert_eq!(refused, Err(ComposeError::TooManyRecipients));
    let error = ComposeError::NonAsciiLocalPart { header: "To" }.to_string();
    assert!(error.contains("outside of ASCII before its `@`"), "{error}");
}

#[test]
fn a_domain_outside_of_ascii_is_written_in_ascii() {
    let outgoing = Outgoing { to: vec![mailbox("Jörg", "jo@müller.example")], ..plain() };
    let (_, received) = composed(&outgoing);
    assert_eq!(received.to, [mailbox("Jörg", "jo@xn--mller-kva.example")]);
}

#[test]
fn debug_output_shows_no_person() {
    let outgoing = Outgoing { ..answering("ann.lee@lead.example", &[], None) };
    let shown = format!("{outgoing:?} {:?}", outgoing.answers);
    assert_eq!(shown, "Outgoing(Answer, msg_1@team.example) Some(Answered(None hops))");
}

#[test]
fn an_answers_subject_has_re_once() {
    for (subject, expected) in [
        ("Hello", "Re: Hello"),
        ("Re: Hello", "Re: Hello"),
        ("RE: AW: Re[2]: Hello", "Re: Hello"),
        ("SV: Antw: re : Hello", "Re: Hello"),
        ("回复：你好", "Re: 你好"),
        ("Re: Release: 2.0", "Re: Release: 2.0"),
        ("Regarding: you", "Re: Regarding: you"),
        ("Fwd: Hello", "Re: Fwd: Hello"),
        ("  ", "Re:"),
        ("Re:Hello\r\nBcc: x", "Re: Hello Bcc: x"),
    ] {
        assert_eq!(reply_subject(subject), expected, "{subject}");
        assert_eq!(reply_subject(expected), expected, "{subject}");
    }
}

#[test]
fn a_quote_says_who_wrote_when_by_the_clock_of_the_zone() {
    let berlin = TimeZone::get("Europe/Berlin").expect("the zone is known");
    let at = Instant::parse("2026-03-03T13:05:00Z").expect("it is an instant");
    let quoted = |text: &str| quoted(text, "Ann\nLee", at, &berlin);
    assert_eq!(
        quoted("Yes.\r\n\r\n> Well?\nAnn\n\n"),
        "On 3 Mar 2026 at 14:05, Ann Lee wrote:\n> Yes.\n>\n> > Well?\n> Ann"
    );
    assert_eq!(quoted(""), "On 3 Mar 2026 at 14:05, Ann Lee wrote:");
    let long = quoted(&"line\n".repeat(500));
    assert_eq!(long.lines().count(), 202);
    assert!(long.ends_with("\n> line\n> […]"));
    assert!(quoted(&"x".repeat(100_000)).len() < 100);
}

#[test]
fn html_of_a_text_has_paragraphs_quotes_and_links_and_nothing_of_its_own() {
    let html = |text: &str| {
        let html = html_of(text);
        let inner = html.strip_prefix("<html><body>\n").expect("it begins so");
        inner.strip_suffix("</body></html>\n").expect("it ends so").to_owned()
    };
    assert_eq!(html("One\ntwo\n\n\nthree"), "<p>One<br>\ntwo</p>\n<p>three</p>\n");
    assert_eq!(html("a <b> & \"c\""), "<p>a &lt;b&gt; &amp; &quot;c&quot;</p>\n");
    assert_eq!(
        html("Hi\n> a\n>> b"),
        "<p>Hi</p>\n<blockquote type=\"cite\">\n<p>a</p>\n<blockquote type=\"cite\">\n<p>b</p>\n</blockquote>\n</blockquote>\n"
    );
    for (text, url) in [
        ("see https://x.example/a?b=1&c=2.", Some("https://x.example/a?b=1&c=2")),
        ("(http://x.example)", Some("http://x.example")),
        ("http://x.example/a_(b)", Some("http://x.example/a_(b)")),
        ("https://x.example/\"onclick=\"", Some("https://x.example/")),
        ("javascript:alert(1) http https:// xhttp://y.example", None),
        ("http then https://x.example", Some("https://x.example")),
    ] {
        let escaped = |url: &str| url.replace('&', "&amp;");
        let expected = url.map(|url| format!("<a href=\"{0}\">{0}</a>", escaped(url)));
        let html = html(text);
        match expected {
            Some(link) => assert!(html.contains(&link), "{html}"),
            None => assert!(!html.contains("<a "), "{html}"),
        }
    }
    assert!(html(&">".repeat(5000)).len() < 40_000);
}

#[test]
fn texts_of_any_length_of_line_and_in_any_script_arrive() {
    for text in
        ["x".repeat(5000), "Привет, мир!\n".repeat(50), "é\u{1f600} \n\n.\nFrom here".to_owned()]
    {
        let (raw, received) = composed(&Outgoing { text: text.clone(), ..plain() });
        assert_eq!(
            received.text.visible,
            text.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
        );
        assert!(raw.is_ascii());
        assert!(raw.split(|byte| *byte == b'\n').all(|line| line.len() <= 998));
    }
}

/// Texts in which what could end a header or an address is likely.
fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        prop::sample::select(vec![
            "\r\n",
            "\n",
            "\r",
            "\0",
            ":",
            "Bcc: x@y.example",
            "\"",
            "\\",
            "<",
            ">",
            ",",
            ";",
            "(",
            ")",
            "@",
            " ",
            "=?utf-8?b?",
            "?=",
            "\u{2028}",
            "\u{202e}",
            "--",
            "\r\n\r\n",
            ".",
            "é",
            "group:",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// As a person sees it: without what a header cannot have.
fn seen(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    seen.replace(['\u{feff}', '\u{202e}', '\u{2028}'], "")
}

proptest! {
    #[test]
    fn whatever_stands_in_names_subjects_and_texts_injects_no_header(
        from in odd_text(),
        to in odd_text(),
        subject in odd_text(),
        text in odd_text(),
        html in odd_text(),
    ) {
        let outgoing = Outgoing {
            from: mailbox(&from, "kim@team.example"),
            to: vec![mailbox(&to, "ann@lead.example"), mailbox(&from, "bo@lead.example")],
            reply_to: vec![mailbox(&to, "kim+r@team.example")],
            subject: subject.clone(),
            text,
            html: Some(html),
            ..plain()
        };
        let (raw, received) = composed(&outgoing);
        let expected = [
            "Date", "From", "Message-ID", "MIME-Version", "Content-Type", "To", "Reply-To", "Subject", "X-Rondo", "X-Rondo-Hops",
        ];
        let mut written = names(&raw);
        written.sort();
        let mut expected = expected.map(str::to_owned);
        expected.sort();
        prop_assert_eq!(written, expected);
        prop_assert!(raw.is_ascii());
        let addresses: Vec<&str> = received.to.iter().map(|to| to.address.as_str()).collect();
        prop_assert_eq!(addresses, ["ann@lead.example", "bo@lead.example"]);
        let from = received.from.map(|from| from.address);
        prop_assert_eq!(from.as_deref(), Some("kim@team.example"));
        prop_assert_eq!(seen(&received.subject), seen(&subject.replace("=?", "= ?")));
    }

    #[test]
    fn names_arrive_as_they_are(name in "[\\PC&&[^\u{feff}\u{202a}-\u{202e}\u{2066}-\u{2069}]]{1,60}") {
        let outgoing = Outgoing { from: mailbox(&name, "kim@team.example"), ..plain() };
        let from = composed(&outgoing).1.from.expect("it is from somebody");
        prop_assert_eq!(seen(&from.name.unwrap_or_default()), seen(&name.replace("=?", "= ?")));
    }

    #[test]
    fn whatever_is_quoted_is_cut_again(text in "[a-zé0-9 .>:\\n-]{0,300}", who in "[A-Za-zéÅ '.-]{1,60}", own in "[a-z]{1,20}( [a-z]{1,20}){0,5}\\.") {
        prop_assume!(!who.trim().is_empty());
        let at = Instant::parse("2026-03-03T13:05:00Z").expect("it is an instant");
        let quoted = quoted(&text, &who, at, &TimeZone::UTC);
        let outgoing = Outgoing { text: format!("{own}\n\n{quoted}"), ..plain() };
        prop_assert_eq!(composed(&outgoing).1.text.visible, own);
    }
}
