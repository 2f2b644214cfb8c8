//! The phrases by which people ask to be removed, in plain letters, parted by commas.

use std::sync::LazyLock;

/// Messages that are nothing else.
pub static WHOLE: LazyLock<Vec<&str>> = LazyLock::new(|| listed(&[WHOLE_MESSAGES]));
/// What may come before an imperative.
pub static OPENINGS: LazyLock<Vec<&str>> = LazyLock::new(|| listed(&[OPENING_WORDS]));
/// Imperatives that mean it, whatever follows.
pub static ALWAYS: LazyLock<Vec<&str>> =
    LazyLock::new(|| listed(&[ENGLISH, GERMAN, FRENCH, SPANISH, DUTCH, PORTUGUESE]));
/// Imperatives that mean it where the sentence ends, or goes on with weight alone.
pub static ENDING: LazyLock<Vec<&str>> = LazyLock::new(|| listed(&[BARE]));
/// Imperatives that mean it where a list or the like is named behind them.
pub static FROM: LazyLock<Vec<&str>> = LazyLock::new(|| listed(&[FROM_WHERE]));
/// What people forbid, if it is for good: `do not write again`.
pub static FORBIDDING: LazyLock<Vec<&str>> = LazyLock::new(|| listed(&[FORBIDDEN]));
/// Words by which it is forbidden for good.
pub static FOR_GOOD: LazyLock<Vec<&str>> = LazyLock::new(|| listed(&[AGAIN]));
/// Words by which it is forbidden for a while, or in part.
pub static FOR_A_WHILE: LazyLock<Vec<&str>> = LazyLock::new(|| listed(&[LATER]));
/// What people are on that want to be removed.
pub static LISTS: LazyLock<Vec<&str>> = LazyLock::new(|| listed(&[PLACES]));
/// Words that may stand anywhere in a request.
pub static FILLERS: LazyLock<Vec<&str>> = LazyLock::new(|| listed(&[POLITE]));
/// Words behind an imperative that only add weight.
pub static WEIGHT: LazyLock<Vec<&str>> = LazyLock::new(|| listed(&[HEAVY]));

fn listed(texts: &[&'static str]) -> Vec<&'static str> {
    texts.iter().flat_map(|text| text.split(", ")).collect()
}

const ENGLISH: &str = "\
    unsubscribe me, unsubscribe this, unsubscribe my, stop emailing me, stop emailing us, stop \
    e-mailing me, stop mailing me, stop contacting me, stop contacting us, stop messaging me, \
    stop writing to me, stop writing me, stop spamming, stop sending me emails, stop sending me \
    e-mails, stop sending me mail, stop sending me messages, stop sending me this, stop sending \
    me these, stop sending these, remove my address, remove my email, remove my e-mail, remove \
    my name from, remove my details, remove my data, take my name off, take my address off, stop \
    this spam, do not contact me again, do not contact us again, don't contact me again, don't \
    contact us again, do not email me again, do not write to me again, don't email me again, \
    don't write to me again, never contact me, never email me, never write to me, never write \
    me, leave me alone, delete my data, delete my details, delete my email, delete my e-mail, \
    delete my address, delete my contact, delete all my data, erase my data, opt me out, opt us \
    out, add me to your suppression list, add me to your do not contact, delete this contact, \
    delete this address, delete our details, delete our data, remove this contact, cross me off, \
    cease and desist, no more emails, no more e-mails, no more mails, no more messages, no more \
    reminders, erase all my, remove my mail id";

const GERMAN: &str = "\
    loschen sie meine, loschen sie mich, loschen sie unsere, meine daten loschen, meine daten zu \
    loschen, streichen sie mich, streichen sie uns, nehmen sie mich aus, nehmen sie uns aus, \
    tragen sie mich aus, tragen sie uns aus, mich aus dem verteiler, mich aus ihrem verteiler, \
    mich aus der liste, mich von der liste, mich von ihrer liste, mich aus ihrer liste, \
    schreiben sie mir nicht mehr, schreiben sie mir nie, schreiben sie mich nicht mehr an, \
    kontaktieren sie mich nicht, kontaktieren sie uns nicht, horen sie auf, unterlassen sie, \
    keine weiteren mails, keine weiteren e-mails, keine weiteren emails, keine mails mehr, keine \
    e-mails mehr, keine werbung mehr, senden sie mir keine, schicken sie mir keine, nehmen sie \
    mich raus, nehmen sie uns raus, mich rausnehmen, mich herausnehmen, uns rausnehmen, nehmen \
    sie die adresse aus, nehmen sie diese adresse aus, nehmen sie meine adresse aus, nehmen sie \
    unsere adresse aus, lassen sie mich in ruhe, lasst mich in ruhe, loscht mich, loscht meine, \
    streicht mich, nehmt mich aus, nehmt mich raus, schreibt mir nicht mehr, keine weiteren \
    nachrichten, keine weiteren anschreiben, mich nicht mehr anschreiben, mich nicht mehr \
    kontaktieren, uns nicht mehr anschreiben";

const FRENCH: &str = "\
    desinscrivez-moi, desabonnez-moi, desinscrivez-nous, me desinscrire, me desabonner, \
    retirez-moi, retirez mon adresse, retirez-nous, me retirer de, retirer mon adresse, \
    supprimez mon adresse, supprimez mes donnees, supprimez mes coordonnees, supprimer mon \
    adresse, supprimer mes donnees, supprimer mes coordonnees, ne me contactez plus, ne plus me \
    contacter, ne nous contactez plus, ne m'ecrivez plus, ne plus m'ecrire, ne m'envoyez plus, \
    ne plus m'envoyer, ne plus m'adresser, arretez de m', arretez de me, cessez de m', cessez de \
    me, cesser de m', effacez-moi, effacez mes donnees, effacez mon adresse, enlevez-moi, \
    enlevez mon adresse, laissez-moi tranquille, ne plus nous contacter, ne plus nous ecrire, \
    stop pub";

const SPANISH: &str = "\
    denme de baja, deme de baja, dame de baja, dadme de baja, darme de baja, me den de baja, me \
    de de baja, borreme, borrenme, borrame, borren mis datos, borre mis datos, eliminen mis \
    datos, elimine mis datos, eliminen mi, elimine mi, eliminenme, elimineme, eliminar mis \
    datos, quitenme, quiteme, saquenme, saqueme, no me escriban mas, no me escriba mas, no me \
    escribas mas, no me vuelvan a escribir, no me vuelva a escribir, no me vuelvan a contactar, \
    no me vuelva a contactar, no vuelvan a escribir, no vuelva a escribir, no vuelvan a \
    contactar, no me contacten mas, no me contacte mas, no me envien mas, no me envie mas, no me \
    manden mas, dejen de escribir, deje de escribir, dejen de enviar, deje de enviar, dejen de \
    contactar, dejen de escribirme, deje de escribirme, deja de escribirme, dejen de enviarme, \
    deje de enviarme, deja de enviarme, dejen de mandarme, deja de mandarme, dejen de \
    contactarme, no me mandes mas, no me envies mas, no me contactes mas, que no me mandes mas, \
    que no me manden mas, que no me escriban mas, no vuelvan a enviar, no vuelvas a escribir, \
    quitame de, quitenme de, sacame de, borren mi correo, borra mi correo, borren mi direccion, \
    dejenme en paz";

const DUTCH: &str = "\
    schrijf mij uit, schrijf me uit, schrijft u mij uit, meld mij af, meld me af, haal mij van, \
    haal me van, haal mij uit, haal me uit, verwijder mij, verwijder me, verwijder mijn, \
    verwijder ons, mij verwijderen, mij uitschrijven, mij afmelden, mail mij niet meer, mail me \
    niet meer, stuur mij geen, stuur me geen, stuur ons geen, schrijf mij niet meer, schrijf me \
    niet meer, benader mij niet, benader me niet, neem geen contact meer, stop met mailen, stop \
    met het sturen, geen mails meer, geen e-mails meer, laat me met rust, laat mij met rust, wis \
    mijn gegevens, verwijder onze, stuur me niets meer, stuur mij niets meer";

const PORTUGUESE: &str = "\
    removam-me, remova-me, remova meu, remova o meu, removam o meu, removam meu, me remova, me \
    removam, me remover, me retire da, me retirem da, retirem-me, retire-me, me tire da, me \
    tirem da, tirem-me, descadastre meu, descadastrem meu, me descadastre, me descadastrem, \
    apaguem os meus dados, apague os meus dados, apaguem meus dados, excluam meus dados, exclua \
    meus dados, eliminem os meus dados, elimine os meus dados, nao me escrevam mais, nao me \
    escreva mais, nao me contactem mais, nao me contacte mais, nao me contatem mais, nao me \
    contate mais, nao me enviem mais, nao me envie mais, nao me mandem mais, nao voltem a \
    escrever, nao volte a escrever, nao voltem a contactar, nao volte a contactar, nao voltem a \
    me, nao volte a me, nao voltem a enviar, parem de me, pare de me, parem de enviar, pare de \
    enviar, parem de mandar, retire o meu e-mail, retire o meu email, retirem o meu e-mail, \
    retirem o meu email, retire meu e-mail, retire meu email, me tira dessa, me tira da lista, \
    me tirem dessa, apaguem o meu, apague o meu, deixem-me em paz, me deixem em paz";

const WHOLE_MESSAGES: &str = "\
    stop, please stop, stop please, stop it, unsubscribe, unsubscribe me, remove, remove me, opt \
    out, opt-out, abmelden, abbestellen, austragen, desinscription, desabonnement, desinscrire, \
    baja, dar de baja, afmelden, uitschrijven, descadastrar, cancelar inscricao, remover, \
    cancelar subscricao, delete, delete me, remove from list, take me off, loschen";

const OPENING_WORDS: &str = "\
    please, kindly, pls, plz, just, so, and, then, also, now, again, hi, hello, dear sir, ok, \
    no, no thanks, no thank you, thanks, thanks but, not interested, i said, could you, can you, \
    would you, will you, i ask you to, i want you to, i would like you to, you must, bitte, also \
    bitte, und, nein, nein danke, kein interesse, konnen sie, konnten sie, konnen sie mich \
    bitte, wurden sie, merci de, merci de bien vouloir, veuillez, s'il vous plait, svp, je vous \
    prie de, je vous demande de, pouvez-vous, pourriez-vous, et, non, non merci, por favor, le \
    ruego que, les ruego que, le pido que, les pido que, ruego, solicito, y, no gracias, puede, \
    pueden, podria, podrian, alstublieft, gelieve, graag, wilt u, wil je, kunt u, kun je, en, \
    nee, nee bedankt, nee dank u, favor, peco que, solicito que, queiram, queira, podem, pode, \
    poderiam, poderia, e, nao obrigado, nao, hallo, bonjour, hola, ola, hoi, yes, ja, oui, si, \
    sim, well";

const BARE: &str = "\
    unsubscribe, remove me, remove us, take me off, opt out, do not contact me, do not contact \
    us, don't contact me, don't contact us, do not email me, do not email us, don't email me, \
    don't email us, do not write to me, don't write to me, stop emailing, stop contacting, \
    abmelden, no me escriban, no me contacten, delete me, delete us";

const FROM_WHERE: &str = "\
    remove me from, remove us from, remove this address, remove this email, take me off, take us \
    off, delete me from, delete us from, opt me out, unsubscribe from, entfernen sie mich, \
    entfernen sie uns, entfernen sie meine, entfernen sie unsere, remove from, take this \
    address, take this email, take our, delete us, delete me, entfernt mich";

const PLACES: &str = "\
    list, lists, mailing, mailings, mailinglist, database, db, distribution, records, system, \
    crm, emails, e-mails, campaign, campaigns, sequence, contacts, verteiler, liste, \
    verteilerliste, datenbank, mailingliste, adresse, mailadresse, e-mail-adresse, kontakte, \
    everything, mails, newsletter";

const POLITE: &str = "\
    please, kindly, immediately, bitte, sofort, umgehend, endlich, dringend, svp, immediatement, \
    inmediatamente, aub, alstublieft, direct, imediatamente";

const HEAVY: &str = "\
    please, thanks, thank you, again, anymore, any more, any longer, now, immediately, at all, \
    at once, asap, ever, bitte, danke, mehr, sofort, umgehend, merci, svp, immediatement, por \
    favor, gracias, mas, nunca, inmediatamente, alstublieft, aub, meer, direct, obrigado, \
    obrigada, mais, imediatamente, with immediate effect";

const FORBIDDEN: &str = "\
    do not contact, do not email, do not e-mail, do not mail, do not write, do not message, do \
    not reach out, do not bother, do not get in touch, don't contact, don't email, don't e-mail, \
    don't mail, don't write, don't message, don't reach out, don't bother, don't get in touch, \
    dont contact, dont email, dont e-mail, dont mail, dont write, dont message, dont reach out, \
    dont bother, dont get in touch, do not ever contact, do not ever email, do not ever e-mail, \
    do not ever mail, do not ever write, do not ever message, do not ever reach out, do not ever \
    bother, do not ever get in touch, don't ever contact, don't ever email, don't ever e-mail, \
    don't ever mail, don't ever write, don't ever message, don't ever reach out, don't ever \
    bother, don't ever get in touch, never contact, never email, never e-mail, never mail, never \
    write, never message, never reach out, never bother, never get in touch";

const AGAIN: &str = "again, anymore, any more, any longer";

const LATER: &str = "\
    before, until, till, unless, while, week, month, year, today, tomorrow, monday, tuesday, \
    wednesday, thursday, friday, about, if, without, the, that";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::words::plain;

    #[test]
    fn phrases_stand_as_they_are_compared() {
        for list in
            [&WHOLE, &OPENINGS, &ALWAYS, &ENDING, &FROM, &LISTS, &FILLERS, &WEIGHT, &FORBIDDING]
        {
            for phrase in list.iter() {
                assert_eq!(plain(phrase.trim()), **phrase);
            }
        }
    }
}
