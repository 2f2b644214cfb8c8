//! Fields of replies in six languages, and of replies that only look as if they had some.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const SENT: Date = date(2026, 11, 9);

fn of(text: &str) -> Fields {
    Fields::of(text, Some(SENT))
}

fn follow_up(text: &str) -> Option<String> {
    of(text).follow_up_on.map(|date| date.to_string())
}

#[test]
fn a_follow_up_is_found_in_six_languages() {
    for (text, expected) in [
        ("Not now. Please try me again in March.", "2027-03-01"),
        ("Check back next quarter.", "2027-01-01"),
        ("Could you reach out in about three months?", "2027-02-09"),
        ("Call me in the new year, we are swamped.", "2027-01-01"),
        ("Get back to me after January 15th.", "2027-01-16"),
        ("Contact me again at the end of February 2027", "2027-02-28"),
        ("Let's talk again in Q2.", "2027-04-01"),
        ("Please follow up in March next year", "2027-03-01"),
        ("Write to me on 2027-02-01.", "2027-02-01"),
        ("Melden Sie sich bitte nach dem 15. Januar wieder.", "2027-01-16"),
        ("Bitte im März nochmal melden.", "2027-03-01"),
        ("Kommen Sie nächstes Quartal wieder auf uns zu.", "2027-01-01"),
        ("Versuchen Sie es in drei Wochen nochmal", "2026-11-30"),
        ("Recontactez-moi en février.", "2027-02-01"),
        ("Revenez vers nous dans 6 mois.", "2027-05-09"),
        ("Escríbame de nuevo en enero, por favor.", "2027-01-01"),
        ("Neem in februari nog eens contact op.", "2027-02-01"),
        ("Pode voltar a falar comigo em março?", "2027-03-01"),
    ] {
        assert_eq!(follow_up(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_date_that_is_none_to_follow_up_on_is_left_out() {
    for text in [
        "We bought a system in March.",
        "Call me on Thursday at 10.",
        "Our contract runs until June.",
        "Write again in March or in May.",
        "Try again on 3/4.",
        "Contact me again in October.",
        "Thanks again for the call on 12 December.",
        "It may march on again.",
        "Please do not write again.",
        "We tested it in 2024, again in 1999.",
        "Ask me again in 500 months.",
        "We are covered until next December, ask again when that is nearer.",
        "The contract runs until 1 December, call me then.",
        "The award is on 15 May, ask me again on the 16th.",
        "The meeting is on 12 May, write to me the week before.",
    ] {
        assert_eq!(follow_up(text), None, "{text}");
    }
}

#[test]
fn without_a_day_of_sending_a_follow_up_needs_its_year() {
    let on = |text| Fields::of(text, None).follow_up_on;
    assert_eq!(on("Try again in March."), None);
    assert_eq!(on("Try again on 1 March 2027."), Some(date(2027, 3, 1)));
}

#[test]
fn a_referral_is_found_in_six_languages() {
    for (text, name, email) in [
        (
            "Please contact Jane Doe, jane@x.example, instead.",
            Some("Jane Doe"),
            Some("jane@x.example"),
        ),
        (
            "I'm not the right person. Ask my colleague Tom: tom.berg@x.example",
            Some("Tom"),
            Some("tom.berg@x.example"),
        ),
        ("Mr. Dunleavy is the manager and you'd have to ask him.", Some("Dunleavy"), None),
        ("You should talk to Ana van der Berg about this.", Some("Ana van der Berg"), None),
        (
            "Herr Lüders ist ausgeschieden. Nachfolger ist Jonas Kiefer (j.kiefer@au.example).",
            Some("Jonas Kiefer"),
            Some("j.kiefer@au.example"),
        ),
        ("Habe es an Herrn Petersen weitergeleitet.", Some("Petersen"), None),
        (
            "Merci de contacter Mme Claire Petit : c.petit@x.example",
            Some("Claire Petit"),
            Some("c.petit@x.example"),
        ),
        ("Hable con Marta Gil, responsable de compras.", Some("Marta Gil"), None),
        (
            "Neem contact op met Piet Jansen (piet@x.example).",
            Some("Piet Jansen"),
            Some("piet@x.example"),
        ),
        ("Fale com a Sofia Reis, por favor.", Some("Sofia Reis"), None),
    ] {
        let Fields { referral_name, referral_email, .. } = of(text);
        assert_eq!(referral_name.as_deref(), name, "{text}");
        assert_eq!(referral_email.as_deref(), email, "{text}");
    }
}

#[test]
fn whoever_is_greeted_or_writes_is_no_referral() {
    for text in [
        "Hi Jane, please contact me at rosa@x.example.",
        "Dear Mr Smith, ask me in May.",
        "Sehr geehrter Herr Wolf, wenden Sie sich bitte an den Einkauf.",
        "Please contact Customer Support.",
        "Speak to you on Monday Morning",
        "Ask Jane Doe or Tom Berg.",
        "Yes, send it to rosa@x.example.",
        "They lost a person to New Zealand, ask again.",
        "If it is urgent, contact us. Otherwise I'll answer on Monday.",
        "Contact ann@x.example or bob@x.example.",
    ] {
        let Fields { referral_name, referral_email, .. } = of(text);
        assert_eq!((referral_name, referral_email), (None, None), "{text}");
    }
}

#[test]
fn a_phone_is_found_where_it_is_offered() {
    for (text, expected) in [
        ("Call me tomorrow at 10:00 on 555-0142.", "555-0142"),
        ("My mobile is +44 (20) 7946-0199, thanks", "+44 (20) 7946-0199"),
        ("Sie erreichen mich unter 030 23125 118", "030 23125 118"),
        ("Appelez-moi au 01 99 00 12 34.", "01 99 00 12 34"),
        ("(555) 555-0142 is my number", "(555) 555-0142"),
        ("+49 30 23125 118", "+49 30 23125 118"),
    ] {
        assert_eq!(of(text).phone.as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn other_numbers_are_no_phones() {
    for text in [
        "Call me on 2026-11-12.",
        "Call me on 12.11.2026 please",
        "Please call, our budget is 1.250.000 EUR",
        "Call about ticket 20261109",
        "Fax: +44 20 7946 0199",
        "We have 25000000 rows.",
        "Call me Tuesday 9.00-12.00",
        "See https://x.example/?call=5550142",
        "Do not call 555-0142.",
        "$5550142 is what they called for",
    ] {
        assert_eq!(of(text).phone, None, "{text}");
    }
}

#[test]
fn that_somebody_left_is_found_and_that_somebody_changed_suppliers_is_not() {
    for text in [
        "Rosa no longer works here.",
        "She has left\nthe company.",
        "Ich arbeite nicht mehr bei Hohmann & Rieck.",
        "Elle ne travaille plus chez nous.",
        "Ya no trabajo en Kiln.",
        "Hij is niet meer werkzaam bij ons.",
        "Já não trabalho nessa empresa.",
    ] {
        assert!(of(text).left_company, "{text}");
    }
    for text in ["We left our supplier.", "I left a message.", "It no longer fits.", ""] {
        assert!(!of(text).left_company, "{text}");
    }
}

#[test]
fn beside_a_label_stand_the_fields_that_mean_something_there() {
    let all = of("Not now. Call me on 555-0142 again in March. Ask Jane Doe, I have left us.");
    assert_eq!(all.follow_up_on, Some(date(2027, 3, 1)));
    let none = Fields::default();
    let phone = Fields { phone: all.phone.clone(), ..none.clone() };
    assert_eq!(all.clone().beside(Label::HighIntent), phone);
    let later = Fields { follow_up_on: all.follow_up_on, ..phone };
    assert_eq!(all.clone().beside(Label::NotNow), later);
    assert_eq!(all.clone().beside(Label::Unsubscribe), none);
    assert_eq!(all.clone().beside(Label::WrongPerson), Fields { follow_up_on: None, ..all });
}

#[test]
fn a_message_that_says_it_is_of_the_end_of_time_is_read_all_the_same() {
    for sent_on in [Date::MAX, Date::MIN] {
        for text in
            ["Try again next year, in March, in Q1, in 36 years or tomorrow.", "Again after May 3."]
        {
            let _ = Fields::of(text, Some(sent_on));
        }
    }
}

proptest! {
    #[test]
    fn any_text_has_fields_or_none(text in any::<String>(), near in "[ -~éß–\n0-9+@.]{0,80}") {
        for text in [text, near] {
            let Fields { referral_name, referral_email, phone, .. } = of(&text);
            for found in [referral_name, referral_email, phone].into_iter().flatten() {
                prop_assert!(text.contains(&found));
            }
        }
    }
}
