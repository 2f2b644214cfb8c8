//! Refusals that belong beside a field: the form is shown again with them.

use rondo_core::Refusal;

use super::form::Form;
use super::trouble::Trouble;
use crate::app::AppError;
use crate::engine::EngineError;

/// Says beside the form's field what is wrong with it; whatever belongs to no field is trouble.
pub(super) fn tell(form: &mut Form, error: AppError) -> Result<(), Trouble> {
    match error {
        AppError::Invalid { pointer, detail } => {
            form.say(pointer.trim_start_matches('/'), plain(&detail));
            Ok(())
        }
        AppError::Engine(EngineError::Refused(refusal)) => of_refusal(form, refusal),
        error => Err(error.into()),
    }
}

fn of_refusal(form: &mut Form, refusal: Refusal) -> Result<(), Trouble> {
    match refusal {
        Refusal::Invalid { pointer, problem } => {
            form.say(pointer.trim_start_matches('/'), plain(&problem));
        }
        Refusal::EmailTaken { .. } => form.say("email", "belongs to another rep already"),
        Refusal::NameTaken { name, .. } => {
            form.say("name", format!("is taken: there is a group “{name}” already"));
        }
        Refusal::GroupNeedsARep { groups } if groups.is_empty() => {
            form.say("reps", "needs at least one rep");
        }
        refusal => return Err(refusal.into()),
    }
    Ok(())
}

/// Without the marks that a program reads.
fn plain(detail: &str) -> String {
    detail.replace('`', "")
}
