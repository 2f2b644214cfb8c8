//! The words by which another time is told, in plain letters, in English, German, French, Spanish, Dutch and Portuguese.

/// What time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// The next of a unit.
pub(super) const WHOLE: &[(&[&str], Unit)] = &[
    (&["next", "month"], Unit::Month),
    (&["nachsten", "monat"], Unit::Month),
    (&["naechsten", "monat"], Unit::Month),
    (&["kommenden", "monat"], Unit::Month),
    (&["mois", "prochain"], Unit::Month),
    (&["proximo", "mes"], Unit::Month),
    (&["mes", "que", "viene"], Unit::Month),
    (&["mes", "que", "vem"], Unit::Month),
    (&["volgende", "maand"], Unit::Month),
    (&["next", "quarter"], Unit::Quarter),
    (&["nachstes", "quartal"], Unit::Quarter),
    (&["nachsten", "quartal"], Unit::Quarter),
    (&["naechsten", "quartal"], Unit::Quarter),
    (&["kommenden", "quartal"], Unit::Quarter),
    (&["trimestre", "prochain"], Unit::Quarter),
    (&["prochain", "trimestre"], Unit::Quarter),
    (&["proximo", "trimestre"], Unit::Quarter),
    (&["trimestre", "que", "viene"], Unit::Quarter),
    (&["volgend", "kwartaal"], Unit::Quarter),
    (&["komend", "kwartaal"], Unit::Quarter),
    (&["next", "year"], Unit::Year),
    (&["new", "year"], Unit::Year),
    (&["nachstes", "jahr"], Unit::Year),
    (&["nachsten", "jahr"], Unit::Year),
    (&["naechsten", "jahr"], Unit::Year),
    (&["naechstes", "jahr"], Unit::Year),
    (&["kommenden", "jahr"], Unit::Year),
    (&["neuen", "jahr"], Unit::Year),
    (&["annee", "prochaine"], Unit::Year),
    (&["l'annee", "prochaine"], Unit::Year),
    (&["proximo", "ano"], Unit::Year),
    (&["ano", "que", "viene"], Unit::Year),
    (&["ano", "que", "vem"], Unit::Year),
    (&["volgend", "jaar"], Unit::Year),
    (&["nieuwe", "jaar"], Unit::Year),
];

/// Units by their names.
pub(super) const UNITS: &[(&[&str], Unit)] = &[
    (&["day", "days", "tag", "tagen", "jour", "jours", "dia", "dias", "dag", "dagen"], Unit::Day),
    (
        &["week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas", "weken"],
        Unit::Week,
    ),
    (
        &[
            "month", "months", "monat", "monate", "monaten", "mois", "mes", "meses", "maand",
            "maanden",
        ],
        Unit::Month,
    ),
    (
        &["quarter", "quarters", "quartal", "quartalen", "trimestre", "trimestres", "kwartaal"],
        Unit::Quarter,
    ),
    (&["year", "years", "jahr", "jahre", "jahren", "an", "ans", "ano", "anos", "jaar"], Unit::Year),
];

/// Numbers in words, from one to twelve.
pub(super) const NUMBERS: [&[&str]; 12] = [
    &["one", "a", "einem", "einer", "un", "une", "una", "uno", "een", "um", "uma"],
    &["two", "zwei", "deux", "dos", "twee", "dois", "duas"],
    &["three", "drei", "trois", "tres", "drie"],
    &["four", "vier", "quatre", "cuatro", "quatro"],
    &["five", "funf", "fuenf", "cinq", "cinco", "vijf"],
    &["six", "sechs", "seis", "zes"],
    &["seven", "sieben", "sept", "siete", "zeven", "sete"],
    &["eight", "acht", "huit", "ocho", "oito"],
    &["nine", "neun", "neuf", "nueve", "negen", "nove"],
    &["ten", "zehn", "dix", "diez", "tien", "dez"],
    &["eleven", "elf", "onze", "once"],
    &["twelve", "zwolf", "zwoelf", "douze", "doce", "twaalf", "doze"],
];

/// Words between a preposition and a number.
pub(super) const ROUGHLY: &[&str] = &[
    "about", "roughly", "around", "circa", "ca", ".", "etwa", "rund", "ungefahr", "environ",
    "unos", "unas", "de", "ongeveer", "een", "cerca", "a", "say",
];

/// Prepositions before a month from which on something is.
pub(super) const PREPOSITIONS: &[&str] = &[
    "in", "from", "by", "before", "until", "till", "around", "im", "ab", "vor", "bis", "en",
    "avant", "hasta", "tot", "vanaf", "voor", "em", "ate", "partir", "jusqu'en", "d'ici", "antes",
    "per",
];
/// Prepositions after the end of which something is.
pub(super) const AFTER: &[&str] = &["after", "nach", "apres", "despues", "na", "apos", "depois"];
/// Words between a preposition and what it belongs to.
pub(super) const PASSED: &[&str] = &[
    "the", "of", "dem", "den", "der", "des", "de", "du", "le", "la", "el", "del", "do", "da", "o",
    "op", "het", "-", "month", "mois", "mes", "maand", "monat",
];
pub(super) const EARLY: &[&str] = &[
    "early",
    "beginning",
    "start",
    "anfang",
    "beginn",
    "debut",
    "begin",
    "principios",
    "inicio",
    "comienzos",
];
pub(super) const MID: &[&str] =
    &["mid", "middle", "mitte", "mi", "half", "medio", "mediados", "meados"];
pub(super) const LATE: &[&str] =
    &["late", "end", "ende", "fin", "eind", "einde", "finales", "fim", "final", "finais"];

/// What speaks of another time, however near.
pub(super) const NARROW: &[&str] = &[
    "again",
    "check back",
    "check in",
    "come back",
    "circle back",
    "get back to",
    "reach out",
    "get in touch",
    "be in touch",
    "in touch",
    "touch base",
    "follow up",
    "revisit",
    "contact me",
    "contact us",
    "write to me",
    "write me",
    "write back",
    "ping me",
    "remind me",
    "try me",
    "ask me",
    "not before",
    "reconsider",
    "drop me a line",
    "melden sie sich",
    "melde dich",
    "meld dich",
    "meldet euch",
    "wieder",
    "nochmal",
    "nochmals",
    "noch einmal",
    "noch mal",
    "erneut",
    "schreiben sie mir",
    "schreiben sie uns",
    "kontaktieren sie",
    "auf uns zu",
    "auf mich zu",
    "auf sie zu",
    "nicht vor",
    "fragen sie",
    "fruhestens",
    "wiedervorlage",
    "recontacter",
    "recontactez",
    "recontacte",
    "recontactons",
    "revenez",
    "revenir",
    "reparler",
    "reparlons",
    "reparle",
    "relancez",
    "relancer",
    "relance",
    "a nouveau",
    "de nouveau",
    "ecrivez",
    "reprendre contact",
    "reprenons",
    "revoyons",
    "pas avant",
    "de nuevo",
    "otra vez",
    "nuevamente",
    "vuelva a",
    "vuelve a",
    "volver a",
    "volvamos a",
    "vuelvan a",
    "escribame",
    "escribeme",
    "contacteme",
    "contactame",
    "retomar",
    "retomamos",
    "retomemos",
    "no antes",
    "recuerdeme",
    "opnieuw",
    "nog eens",
    "nog een keer",
    "nogmaals",
    "kom terug",
    "terugkomen",
    "contact op",
    "weer",
    "benader",
    "niet voor",
    "novamente",
    "de novo",
    "outra vez",
    "voltar a",
    "volte a",
    "volta a",
    "voltem a",
    "voltamos a",
    "volte",
    "retomar",
    "retomamos",
    "contacte",
    "contate",
    "em contato",
    "em contacto",
    "escreva",
    "nao antes",
];

/// Words of those that say nothing of another time.
pub(super) const NOT_AGAIN: &[&str] = &[
    "thanks again",
    "thank you again",
    "once again",
    "never again",
    "weer bedankt",
    "wieder bedankt",
];

/// What speaks of another time where the date is weeks away.
pub(super) const BROAD: &[&str] = &[
    "call me",
    "call us",
    "call back",
    "a call",
    "talk",
    "speak",
    "chat",
    "email me",
    "mail me",
    "message me",
    "discuss",
    "look at",
    "look into",
    "anrufen",
    "rufen sie",
    "ruf",
    "telefonieren",
    "sprechen",
    "reden",
    "appelez",
    "appeler",
    "rappelez",
    "rappeler",
    "parler",
    "discuter",
    "contactez",
    "llame",
    "llamame",
    "llameme",
    "hablar",
    "hablamos",
    "hablemos",
    "bel",
    "bellen",
    "praten",
    "spreken",
    "ligue",
    "ligar",
    "falar",
    "falamos",
    "conversar",
    "conversamos",
];

/// Prepositions before what lasts as long, which need not be when somebody wants to hear from us.
pub(super) const UNTIL: &[&str] =
    &["until", "till", "til", "through", "bis", "jusqu'en", "jusqu'au", "hasta", "tot", "ate"];

/// What says that another date is meant, counted from the one that is named.
pub(super) const ANOTHER: &[&str] = &[
    "week before",
    "weeks before",
    "month before",
    "months before",
    "woche vorher",
    "woche davor",
    "wochen vorher",
    "semaine avant",
    "semana antes",
    "week ervoor",
];
