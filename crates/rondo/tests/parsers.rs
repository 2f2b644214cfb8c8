//! Every parser of bytes from outside takes any bytes without a panic, and what it took reads back.
//!
//! The same functions are the targets of `fuzz/`, which look harder; here they run on a few hundred inputs each, so
//! that every test run covers them.

#[path = "parsers/targets.rs"]
mod targets;

use proptest::prelude::*;

/// Bytes that are often nearly right: pieces of each form among noise.
fn bytes(pieces: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
        2 => ".{0,12}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The names of the API's fields, and one that is none.
fn field() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "lead",
        "leads",
        "email",
        "name",
        "company",
        "owner",
        "external_id",
        "attributes",
        "note",
        "conversation",
        "items",
        "from",
        "until",
        "group",
        "rotation",
        "when_owner_is_out",
        "at",
        "to",
        "role",
        "rep",
        "expires_at",
        "url",
        "events",
        "time_zone",
        "phone",
        "calendar_link",
        "reps",
        "surprise",
    ])
    .prop_map(str::to_owned)
}

/// Values of every type, some of them right somewhere.
fn value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop::sample::select(vec![
            "a@b.example",
            "2026-11-22",
            "2026-11-22T10:00:00Z",
            "campaign",
            "round_robin",
            "admin",
            "next",
            "https://example.com",
            "assignment.created",
            "Europe/Berlin",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(field(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_list_of_people_of_any_bytes_is_read_or_refused(
        bytes in bytes(&[
            "\n", "\r\n", ",", ";", "\t", "\"", "\"\"", "sep=;\n", "\u{feff}", "Email", "First Name", "Owner",
            "a@b.example", "=1+1", "\u{fffd}", "é", "\0",
        ]),
    ) {
        targets::csv(&bytes);
    }

    #[test]
    fn a_body_of_any_bytes_is_read_or_refused(
        bytes in bytes(&[
            "{", "}", "[", "]", ":", ",", "\"lead\"", "\"leads\"", "\"email\"", "\"a@b.example\"", "\"note\"", "null",
            "true", "1", "-1e400", "\"\\ud800\"", "\"conversation\"", "\"items\"", "\"from\"", "\"until\"",
            "\"2026-11-22\"", "\"2026-11-22T10:00:00Z\"", "\"name\"", "\"to\"", "\"next\"", "\"attributes\"",
        ]),
    ) {
        targets::json(&bytes);
    }

    #[test]
    fn a_body_of_the_right_form_with_any_values_is_read_or_refused(
        body in prop::collection::btree_map(field(), value(), 0..8),
    ) {
        targets::json(&serde_json::to_vec(&body).expect("a JSON value is written"));
    }

    #[test]
    fn a_cursor_of_any_bytes_starts_nothing(bytes in bytes(&["AAAA", "_-", "=", "Zm9v", "eyJ"])) {
        targets::cursor(&bytes);
    }

    #[test]
    fn an_id_of_any_bytes_is_read_or_refused(
        bytes in bytes(&["rep_", "team_", "01jd", "7zzzzzzzzzzzzzzzzzzzzzzzzz", "0123456789abcdefghjkmnpqrs", "_"]),
    ) {
        targets::id(&bytes);
    }

    #[test]
    fn an_api_key_of_any_bytes_is_read_or_refused(
        bytes in bytes(&["rondo_", "0123456789abcdefghjkmnpqrs", "_", "zzzzzzzzzzzzzzzzzzzzzzzzzz"]),
    ) {
        targets::api_key(&bytes);
    }

    #[test]
    fn an_instant_of_any_bytes_is_read_or_refused(
        bytes in bytes(&["2026-11-22", "T", "23:59:60", "Z", "+14:00", "-9999-01-01", ".123456789", "[UTC]", "24:00"]),
    ) {
        targets::instant(&bytes);
    }

    #[test]
    fn a_text_of_any_bytes_is_read_or_refused(
        bytes in bytes(&["a", "@", ".", "\"", "ß", "İ", "\u{202e}", "\n", " ", "example", "xn--", "ﬁ"]),
    ) {
        targets::text(&bytes);
    }

    #[test]
    fn a_url_of_any_bytes_leads_nowhere_private(
        bytes in bytes(&[
            "http://", "https://", "127.0.0.1", "0x7f", "2130706433", "[::1]", "[::ffff:7f00:1]", "localhost", "@",
            ":", "8080", ".", "%31", "①", "example.com", "/", "#", "?", "\\",
        ]),
    ) {
        targets::url(&bytes);
    }

    #[test]
    fn a_retry_after_of_any_bytes_is_read_or_refused(
        bytes in bytes(&[
            "Mon, ", "Monday, ", "Mon ", "21 Sep 2026", "21-Sep-26", "Sep 21", " ", "14:23:20", "23:59:60", " GMT",
            " 2026", "120", "99999999999", "-",
        ]),
    ) {
        targets::retry_after(&bytes);
    }

    #[test]
    fn a_sealed_secret_of_any_bytes_opens_nothing(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        targets::sealed(&bytes);
    }

    #[test]
    fn a_secret_key_of_any_bytes_is_read_or_refused(bytes in bytes(&["00", "ff", "AAAA", "=", "\n"])) {
        targets::secret_key(&bytes);
    }

    #[test]
    fn a_message_of_any_bytes_is_read_or_refused(
        bytes in bytes(&[
            "From: ann@a.example\r\n", "Subject: Re: hi\n", "Date: Tue, 8 Sep 2026 10:15:22 +0000\n", "\r\n", "\n\n",
            "Content-Type: multipart/mixed; boundary=b\n", "Content-Type: multipart/report; boundary=\"b\"\n",
            "Content-Type: message/delivery-status\n", "Content-Type: text/html; charset=utf-16\n", "\n--b\n", "\n--b--\n",
            "Content-Type: text/plain; format=flowed; delsp=yes\n", "Content-Transfer-Encoding: base64\n",
            "Content-Transfer-Encoding: quoted-printable\n", "=?utf-8?Q?=C3?=", "Auto-Submitted: auto-replied\n",
            "Status: 5.1.1\n", "Final-Recipient: rfc822; a@b.example\n", "I am back on 31 February.", "until ", "=C3=\n",
            "<blockquote type=cite>", "On 1/1/26 you wrote:\n", "> ", "-- \n", "message/rfc822", "References: <a@b> <",
        ]),
    ) {
        targets::mail(&bytes);
    }

    #[test]
    fn no_line_of_a_text_is_lost_where_it_is_taken_apart(
        bytes in bytes(&[
            "\n", "\n\n", "> ", ">", "On Tue, Sep 8, 2026 at 10:15 AM Ann <a@b.example> wrote:\n", "wrote:\n", "-- \n", "--\n",
            "From: Ann\nSent: today\nSubject: x\n", "-----Original Message-----\n", "Best regards,\n", "Ann Lee\n",
            "Tel. 555-0100\n", "Sent from my iPhone\n", "This e-mail is confidential.\n", "PS: so\n", "<div>", "</div>",
            "<blockquote type=\"cite\">", "</blockquote>", "<div id=\"appendonsend\">", "<br>", "<p>", "<!--", "-->", "&amp;",
            "&#65;", "<style>", "<a href='", "<div class=gmail_signature>", "________________\n", "Yes, please.",
        ]),
    ) {
        targets::quotes(&bytes);
    }
}
