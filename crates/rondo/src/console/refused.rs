//! Refusals that belong beside a field: the form is shown again with them.

use rondo_core::Refusal;

use super::form::Form;
use super::trouble::Trouble;
use crate::app::AppError;
use crate::engine::EngineError;
use crate::{say, t};

/// Says beside the form's field what is wrong with it; whatever belongs to no field is trouble.
pub(super) fn tell(form: &mut Form, error: AppError) -> Result<(), Trouble> {
    match error {
        AppError::Invalid { pointer, detail } => beside(form, pointer, &detail),
        AppError::Engine(EngineError::Refused(refusal)) => of_refusal(form, refusal),
        error => Err(error.into()),
    }
}

/// Says what is wrong with a field, which is named as the API names it, with `_` for `/`. What no field of the form takes is
/// trouble, in the same words.
pub(super) fn beside(form: &mut Form, pointer: &str, detail: &str) -> Result<(), Trouble> {
    let name = pointer.trim_start_matches('/').replace('/', "_");
    if form.is_ticked(&name) {
        form.say(&name, plain(detail));
        return Ok(());
    }
    Err(match name.as_str() {
        "" => Trouble::invalid(detail),
        name => {
            let field = name.replace('_', " ");
            let said = say("trouble-field").arg("field", field).arg("problem", detail);
            Trouble::invalid(said.plain())
        }
    })
}

fn of_refusal(form: &mut Form, refusal: Refusal) -> Result<(), Trouble> {
    match refusal {
        Refusal::Invalid { pointer, problem: wrong } => {
            return beside(form, pointer, &problem(pointer, &wrong));
        }
        Refusal::EmailTaken { .. } => form.say("email", t("trouble-field-email-taken")),
        Refusal::NameTaken { name, .. } => {
            form.say("name", say("trouble-field-name-taken").arg("name", name).plain());
        }
        Refusal::GroupNeedsARep { groups } if groups.is_empty() => {
            form.say("reps", t("trouble-field-needs-rep"));
        }
        refusal => return Err(refusal.into()),
    }
    Ok(())
}

/// What the rules find wrong with a value, which they say to programs.
pub(super) fn problem(pointer: &str, detail: &str) -> String {
    match pointer {
        "/until" => t("trouble-field-until").to_owned(),
        "/to" => t("trouble-field-to").to_owned(),
        "/reps" => t("trouble-field-reps").to_owned(),
        "/expires_at" => t("trouble-field-expires-at").to_owned(),
        "/rep" => t("trouble-field-rep").to_owned(),
        "/events" => t("webhooks-events-missing").to_owned(),
        "/action" => t("trouble-no-mailbox-to-answer").to_owned(),
        _ => plain(detail),
    }
}

/// Without the marks that a program reads.
fn plain(detail: &str) -> String {
    detail.replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_rules_say_to_programs_is_said_to_people() {
        for pointer in ["/expires_at", "/rep", "/events"] {
            let said = problem(pointer, "is for `programs`; expected 2026-11-02T00:00:00Z");
            assert!(!said.contains("programs"), "{pointer}: {said}");
        }
    }

    #[test]
    fn what_no_field_of_the_form_takes_is_said_at_its_top() {
        let mut form = Form::of([("smtp_host", String::new())]);
        beside(&mut form, "/smtp/host", "is `missing`").unwrap();
        assert_eq!(form.error("smtp_host"), Some("is missing"));
        let trouble = beside(&mut form, "/period", "is over").unwrap_err();
        assert_eq!(trouble.detail(), "“period” is over.");
    }
}
