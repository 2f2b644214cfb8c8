//! Messages that no person wrote: absence notices, acknowledgements, challenges, receipts.

use super::calendar::Sent;
use super::reports::part_of;
use super::returns::return_on;
use super::{AutoKind, Reading};
use crate::mail::message::Received;
use crate::mail::parts::Part;
use crate::mail::words::{after_phrase, has_any, plain};

/// Characters of the text that are searched for what kind of notice it is.
const TEXT_CHARS_MAX: usize = 8000;

/// An automatic reply, if the message is one.
pub fn find(root: &Part<'_>, received: &Received, sent: Option<Sent>) -> Option<Reading> {
    let subject = &received.subject;
    let receipts = ["message/disposition-notification", "message/global-disposition-notification"];
    if part_of(root, &receipts).is_some() {
        return Some(Reading::AutoReply { kind: AutoKind::Receipt, return_on: None });
    }
    let subject_plain = plain(subject);
    if !is_said_by_headers(root) && !is_vacation_subject(&subject_plain) {
        return None;
    }
    let text: String =
        format!("{subject}.\n\n{}", received.text.visible).chars().take(TEXT_CHARS_MAX).collect();
    let kind = kind_of(&subject_plain, &plain(&text));
    let return_on = if kind == AutoKind::Away { return_on(&text, sent) } else { None };
    Some(Reading::AutoReply { kind, return_on })
}

/// Whether a header says that a program answered (RFC 3834, and what came before it).
fn is_said_by_headers(root: &Part<'_>) -> bool {
    let words = |name: &str| {
        let first =
            |value: String| value.split([';', ' ', '(']).next().map(str::to_ascii_lowercase);
        root.values(name).into_iter().filter_map(first).collect::<Vec<_>>()
    };
    let is_said = |name: &str| words(name).iter().any(|word| !matches!(word.as_str(), "" | "no"));
    let precedence = words("Precedence");
    is_said("Auto-Submitted")
        || is_said("X-Autoreply")
        || is_said("X-Autorespond")
        || precedence.iter().any(|word| matches!(word.as_str(), "auto_reply" | "auto-reply"))
}

/// Subjects that are those of absence notices, whatever follows.
const SUBJECTS: &[&str] = &[
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "automated reply",
    "automatische antwort",
    "automatische antwortmail",
    "abwesenheitsnotiz",
    "abwesenheitsmeldung",
    "abwesenheitsbenachrichtigung",
    "abwesenheitsassistent",
    "reponse automatique",
    "message d'absence",
    "notification d'absence",
    "absence du bureau",
    "respuesta automatica",
    "automatisch antwoord",
    "automatische reactie",
    "afwezigheidsbericht",
    "afwezigheidsmelding",
    "resposta automatica",
    "mensagem automatica",
];

/// Subjects of absence notices where they stand alone, or before what a person would not put there.
const SUBJECTS_ALONE: &[&str] = &[
    "out of office",
    "out of the office",
    "ooo",
    "vacation",
    "on vacation",
    "on holiday",
    "annual leave",
    "on annual leave",
    "away from the office",
    "abwesend",
    "abwesenheit",
    "nicht im buro",
    "ausser haus",
    "absent",
    "absence",
    "absent du bureau",
    "en conges",
    "fuera de la oficina",
    "fuera de oficina",
    "ausente",
    "afwezig",
    "afwezigheid",
    "niet aanwezig",
    "fora do escritorio",
    "ausencia",
    "ausencia do escritorio",
];

fn is_vacation_subject(subject: &str) -> bool {
    let subject = subject.trim_start_matches(|c: char| !c.is_alphanumeric());
    if SUBJECTS.iter().any(|phrase| after_phrase(subject, phrase).is_some()) {
        return true;
    }
    const AFTER: &[&str] = &[
        "until",
        "till",
        "autoreply",
        "auto-reply",
        "reply",
        "bis",
        "jusqu",
        "hasta",
        "tot",
        "ate",
        "message",
        "notification",
    ];
    SUBJECTS_ALONE.iter().filter_map(|phrase| after_phrase(subject, phrase)).any(|rest| {
        let rest = rest.trim_start();
        rest.is_empty()
            || rest.starts_with([':', '-', '–', '—', '(', '[', '!', '.'])
            || AFTER.iter().any(|word| rest.starts_with(word))
    })
}

const CHALLENGES: &[&str] = &[
    "confirm that you are",
    "confirm you are",
    "prove that you are",
    "prove you are",
    "verify that you are",
    "verify you are",
    "verify your email",
    "verify your address",
    "confirm your email",
    "confirm your address",
    "confirm your message",
    "are you human",
    "you are human",
    "you're human",
    "a real person",
    "sender verification",
    "whitelist",
    "approved senders",
    "guest list",
    "captcha",
    "boxbe",
    "spamarrest",
    "spam arrest",
    "bestatigen sie, dass",
    "absender bestatigen",
    "confirmez que vous",
    "confirmer votre adresse",
    "etes un humain",
    "confirme que es",
    "verifique su direccion",
    "confirme su direccion",
    "confirme su correo",
    "bevestig dat u",
    "bevestig uw",
    "confirme que e",
    "confirme o seu endereco",
    "confirme seu endereco",
];

const TICKETS: &[&str] = &[
    "ticket",
    "case number",
    "case id",
    "reference number",
    "request has been received",
    "received your request",
    "received your message",
    "received your email",
    "received your e-mail",
    "received your enquiry",
    "received your inquiry",
    "thank you for contacting",
    "thanks for contacting",
    "thank you for reaching out",
    "support team",
    "vorgangsnummer",
    "ticketnummer",
    "ticket-nummer",
    "fallnummer",
    "anfrage erhalten",
    "anfrage ist bei uns eingegangen",
    "ihre anfrage",
    "ihre nachricht erhalten",
    "eingang ihrer",
    "eingangsbestatigung",
    "numero de dossier",
    "bien recu votre",
    "bien recue",
    "votre demande",
    "accuse de reception",
    "numero de caso",
    "hemos recibido su",
    "hemos recibido tu",
    "su solicitud",
    "ticketnummer",
    "zaaknummer",
    "uw bericht ontvangen",
    "uw aanvraag",
    "uw e-mail ontvangen",
    "ontvangstbevestiging",
    "protocolo",
    "numero do chamado",
    "chamado",
    "recebemos a sua",
    "recebemos sua",
    "recebemos o seu",
    "recebemos seu",
    "sua solicitacao",
];

const ABSENCES: &[&str] = &[
    "out of office",
    "out of the office",
    "away",
    "on leave",
    "annual leave",
    "parental leave",
    "maternity leave",
    "on vacation",
    "on holiday",
    "nicht im buro",
    "nicht im haus",
    "ausser haus",
    "im urlaub",
    "abwesend",
    "abwesenheit",
    "abwesenheitsnotiz",
    "elternzeit",
    "nicht erreichbar",
    "absent",
    "absente",
    "en conge",
    "en conges",
    "en vacances",
    "de retour",
    "fuera de la oficina",
    "de vacaciones",
    "ausente",
    "afwezig",
    "op vakantie",
    "met vakantie",
    "met verlof",
    "niet aanwezig",
    "niet op kantoor",
    "fora do escritorio",
    "de ferias",
    "em ferias",
    "de licenca",
];

fn kind_of(subject: &str, text: &str) -> AutoKind {
    if has_any(text, CHALLENGES) {
        AutoKind::Challenge
    } else if has_any(subject, TICKETS) || !has_any(text, ABSENCES) && has_any(text, TICKETS) {
        AutoKind::Ticket
    } else {
        AutoKind::Away
    }
}
