//! A model's answer, believed as far as the reply bears it out.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{LlmVerdict, Nonsense};
use crate::mail::words::plain;
use crate::qualifier::Label;
use crate::qualifier::fields::{Fields, addresses, is_follow_up, is_name, numbers};

/// Characters of evidence that are kept: a few sentences.
const EVIDENCE_CHARS_MAX: usize = 300;
/// Marks that models put around quotations.
const QUOTES: &[char] = &['"', '\'', '“', '”', '„', '«', '»', '‘', '’', '…', '.', ' '];

/// The verdict in what a model said of a text, dates counted from `today`. What is wrong with the label, the confidence or
/// the evidence makes nonsense of it; a field that is wrong is left out.
pub(super) fn read(said: &str, text: &str, today: Date) -> Result<LlmVerdict, Nonsense> {
    let object = object(said).ok_or(Nonsense::NotAnObject)?;
    let label = object.get("label").and_then(Value::as_str).and_then(Label::of_name);
    let label = label.ok_or(Nonsense::Label)?;
    let confidence = object.get("confidence").and_then(Value::as_f64);
    let confidence = confidence.filter(|sure| (0.0..=1.0).contains(sure));
    let confidence = confidence.ok_or(Nonsense::Confidence)? as f32;
    let text_normal = normal(text);
    let evidence = word(&object, "evidence").ok_or(Nonsense::Evidence)?;
    if !stands_in(&evidence, &text_normal) {
        return Err(Nonsense::Evidence);
    }
    let evidence = evidence.chars().take(EVIDENCE_CHARS_MAX).collect();
    Ok(LlmVerdict { label, confidence, evidence, fields: fields(&object, text, today) })
}

/// The one JSON object in what a model said, which may stand in a code fence, between sentences, or after thoughts.
fn object(said: &str) -> Option<Map<String, Value>> {
    let said = said.rsplit_once("</think>").map_or(said, |(_, after)| after);
    let object = said.get(said.find('{')?..=said.rfind('}')?)?;
    serde_json::from_str(object).ok()
}

/// A text of the answer, on one line.
fn word(object: &Map<String, Value>, name: &str) -> Option<String> {
    let text = object.get(name)?.as_str()?;
    let words: Vec<_> = text.split_whitespace().collect();
    let text: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// A text with all spellings of white space, case and apostrophes made one.
fn normal(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stands_in(evidence: &str, text_normal: &str) -> bool {
    let evidence = normal(evidence);
    let bare = evidence.trim_matches(QUOTES);
    evidence == text_normal || bare.chars().any(char::is_alphanumeric) && text_normal.contains(bare)
}

/// What else the model found, as far as it stands in the text.
fn fields(object: &Map<String, Value>, text: &str, today: Date) -> Fields {
    let follow_up_on = word(object, "follow_up_on").and_then(|date| date.parse().ok());
    let text_normal = normal(text);
    let name = word(object, "referral_name")
        .filter(|name| is_name(name) && text_normal.contains(&normal(name)));
    let email = word(object, "referral_email").and_then(|email| {
        addresses(text).into_iter().find(|address| address.eq_ignore_ascii_case(&email))
    });
    let phone = word(object, "phone").and_then(|phone| {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let wanted = digits(&phone);
        numbers(text).into_iter().find(|number| digits(number) == wanted).map(str::to_owned)
    });
    Fields {
        follow_up_on: follow_up_on.filter(|date| is_follow_up(*date, today)),
        referral_name: name,
        referral_email: email.map(str::to_owned),
        phone,
        left_company: object.get("left_company").and_then(Value::as_bool).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const TEXT: &str =
        "I’m the wrong\nperson. Please ask Jane Doe, Jane.Doe@kiln.example or 555-0142.";

    fn answer(change: impl FnOnce(&mut Value)) -> Result<LlmVerdict, Nonsense> {
        let mut answer = json!({
            "evidence": "please ask Jane Doe", "label": "wrong_person", "confidence": 0.9,
            "follow_up_on": null, "referral_name": "Jane Doe",
            "referral_email": "jane.doe@kiln.example", "phone": "5550142", "left_company": false,
        });
        change(&mut answer);
        read(&answer.to_string(), TEXT, date(2026, 9, 8))
    }

    #[test]
    fn an_answer_of_the_form_is_read_with_its_fields_as_the_reply_has_them() {
        let verdict = answer(|answer| answer["mood"] = "sunny".into()).unwrap();
        assert_eq!((verdict.label, verdict.confidence), (Label::WrongPerson, 0.9));
        assert_eq!(verdict.evidence, "please ask Jane Doe");
        let fields = Fields {
            follow_up_on: None,
            referral_name: Some("Jane Doe".to_owned()),
            referral_email: Some("Jane.Doe@kiln.example".to_owned()),
            phone: Some("555-0142".to_owned()),
            left_company: false,
        };
        assert_eq!(verdict.fields, fields);
    }

    #[test]
    fn a_label_a_confidence_or_evidence_of_no_use_makes_nonsense_of_it() {
        for label in [json!("bounce"), json!("HIGH_INTENT"), json!(1), json!(null)] {
            assert_eq!(answer(|answer| answer["label"] = label).unwrap_err(), Nonsense::Label);
        }
        for sure in [json!(1.01), json!(-0.1), json!(95), json!("0.9"), json!(null)] {
            let told = answer(|answer| answer["confidence"] = sure).unwrap_err();
            assert_eq!(told, Nonsense::Confidence);
        }
        for evidence in
            [json!("call me"), json!("“…”"), json!("please ask Doe"), json!(" "), json!(7)]
        {
            let told = answer(|answer| answer["evidence"] = evidence).unwrap_err();
            assert_eq!(told, Nonsense::Evidence);
        }
    }

    #[test]
    fn evidence_is_found_whatever_its_case_quotes_and_white_space() {
        for evidence in ["I'm the wrong person", "“WRONG   PERSON.”", "wrong\nperson. please…"]
        {
            assert!(answer(|answer| answer["evidence"] = evidence.into()).is_ok(), "{evidence}");
        }
        let shrug = json!({ "evidence": "👍", "label": "other", "confidence": 1 }).to_string();
        assert!(read(&shrug, " 👍\n", date(2026, 9, 8)).is_ok());
    }

    #[test]
    fn fields_that_the_reply_does_not_bear_out_are_left_out() {
        let found =
            |name: &str, value: Value| answer(|answer| answer[name] = value).unwrap().fields;
        for email in ["jane@kiln.example", "doe@kiln.example", "x@evil.example", "Jane"] {
            assert_eq!(found("referral_email", email.into()).referral_email, None, "{email}");
        }
        for name in ["John Doe", "Jane.Doe@kiln.example", "555-0142", "."] {
            assert_eq!(found("referral_name", name.into()).referral_name, None, "{name}");
        }
        for phone in ["555-0143", "0142", "+1 555 0142", "call"] {
            assert_eq!(found("phone", phone.into()).phone, None, "{phone}");
        }
        for date in ["2026-09-07", "2029-09-09", "2026-13-01", "soon", "2026-09-09T00:00:00Z\u{0}"]
        {
            assert_eq!(found("follow_up_on", date.into()).follow_up_on, None, "{date}");
        }
        assert!(found("follow_up_on", "2027-01-01".into()).follow_up_on.is_some());
        assert!(!found("left_company", "true".into()).left_company);
        assert_eq!(found("phone", json!([1])).phone, None);
    }

    #[test]
    fn an_object_is_found_in_a_fence_and_after_thoughts_and_two_are_none() {
        let one = r#"{"label": "other", "confidence": 1, "evidence": "Jane"}"#;
        let read = |said: String| read(&said, TEXT, date(2026, 9, 8)).map(|verdict| verdict.label);
        assert_eq!(read(format!("```json\n{one}\n```")), Ok(Label::Other));
        assert_eq!(read(format!("Here it is:\n{one}\nGood luck!")), Ok(Label::Other));
        assert_eq!(read(format!("<think>{{no}}</think>\n{one}")), Ok(Label::Other));
        for said in [format!("{one} {one}"), format!("[{one}"), "{".to_owned(), String::new()] {
            let is_object = said.starts_with('[');
            assert_eq!(read(said).is_err(), !is_object);
        }
    }

    proptest! {
        #[test]
        fn an_answer_of_any_text_is_read_or_refused(said in any::<String>(), text in any::<String>()) {
            let _ = read(&said, &text, date(2026, 9, 8));
        }

        #[test]
        fn an_answer_with_anything_in_its_fields_is_read_or_refused(
            text in "[ -~éß–\n]{0,60}",
            value in "[ -~éß–\n0-9+@]{0,30}",
            sure in any::<f64>(),
        ) {
            let said = json!({
                "evidence": text, "label": "other", "confidence": sure, "follow_up_on": value,
                "referral_name": value, "referral_email": value, "phone": value,
            });
            if let Ok(verdict) = read(&said.to_string(), &text, date(2026, 9, 8)) {
                let Fields { referral_email, referral_name, phone, .. } = verdict.fields;
                for found in [referral_email, phone].into_iter().flatten() {
                    prop_assert!(text.contains(&found));
                }
                prop_assert!(referral_name.is_none_or(|name| !name.contains(char::is_control)));
            }
        }
    }
}
