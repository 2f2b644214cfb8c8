//! The names under which exports and lists keep what Rondo knows, in the languages of the people who keep them.
//!
//! Names stand here as [`normalised`] leaves them: lower case, without accents, punctuation as a space. Within a field,
//! earlier names are the surer ones.

use rondo_core::text::folded;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::mapping::Field;

/// How sure a name is: less is surer.
pub type Rank = usize;

/// What is added to the rank of a name that fits only after something was left out of it.
const LOOSE: Rank = 1000;

/// Words in front of a name that say whose field it is, as in `Lead Owner` or `Contact: Email`.
const PREFIXES: &[&str] =
    &["contact", "lead", "person", "kontakt", "contacto", "contatto", "contato"];

/// The fields that a column of this name may stand for, each with how sure that is.
pub fn fields_named(header: &str) -> Vec<(Field, Rank)> {
    let whole = normalised(header);
    let mut forms = vec![(whole.clone(), 0)];
    if let Some((outside, _)) = header.split_once(['(', '[']) {
        forms.push((normalised(outside), LOOSE));
    }
    for prefix in PREFIXES {
        if let Some(rest) = whole.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(' ')) {
            forms.push((rest.to_owned(), LOOSE));
        }
    }
    NAMES
        .iter()
        .filter_map(|(field, names)| {
            let rank_of = |(form, base): &(String, Rank)| {
                names.split(", ").position(|name| name == form).map(|rank| rank + base)
            };
            forms.iter().filter_map(rank_of).min().map(|rank| (*field, rank))
        })
        .collect()
}

/// Whether a name stands for a full name in some places, and for a part of one beside a column with the other part.
pub fn may_be_part_of_a_name(header: &str) -> bool {
    const SHORT: &[&str] = &[
        "name", "nom", "nombre", "nome", "naam", "namn", "navn", "imie", "jmeno", "nimi", "ad",
        "名前",
    ];
    SHORT.contains(&normalised(header).as_str())
}

/// A name without what differs between spellings of it: case, accents, punctuation, repeated spaces.
pub fn normalised(header: &str) -> String {
    let plain: String = folded(header).nfkd().filter(|c| !is_combining_mark(*c)).collect();
    let spaced: String =
        plain.nfc().map(|c| if c.is_alphanumeric() || c == 'ー' { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

const NAMES: &[(Field, &str)] = &[
    (Field::Email, EMAIL),
    (Field::Name, NAME),
    (Field::FirstName, FIRST_NAME),
    (Field::LastName, LAST_NAME),
    (Field::Company, COMPANY),
    (Field::Owner, OWNER),
    (Field::ExternalId, EXTERNAL_ID),
    (Field::Phone, PHONE),
    (Field::TimeZone, TIME_ZONE),
    (Field::CalendarLink, CALENDAR_LINK),
];

const EMAIL: &str = "\
    email, e mail, email address, e mail address, work email, business email, primary email, \
    mail, email 1, e mail 1, e mail 1 value, email id, emailaddress, emailaddress1, email work, \
    company email, e mail adresse, email adresse, mailadresse, e mail geschaftlich, adresse e \
    mail, adresse email, adresse mail, courriel, adresse courriel, adresse electronique, mel, \
    correo electronico, correo, direccion de correo electronico, direccion de correo, indirizzo \
    e mail, indirizzo email, posta elettronica, endereco de e mail, endereco de email, correio \
    eletronico, correio electronico, e mailadres, emailadres, e post, epost, e postadress, e \
    postadresse, epostadress, epostadresse, e mailadresse, emailadresse, sahkoposti, \
    sahkopostiosoite, adres e mail, adres email, e mailova adresa, e posta, eposta, e posta \
    adresi, электронная почта, адрес электроннои почты, эл почта, почта, メールアトレス, eメール, メール, \
    电子邮件, 电子邮箱, 邮箱, 電子郵件, 이메일";

const NAME: &str = "\
    full name, name, contact name, lead name, contact, display name, person name, vollstandiger \
    name, ansprechpartner, ansprechpartnerin, vor und nachname, nom complet, nom et prenom, \
    prenom et nom, nom, nombre completo, nombre y apellidos, nombre, nome completo, nome e \
    cognome, nome, naam, volledige naam, contactpersoon, namn, navn, fullstandigt namn, fulde \
    navn, fullt navn, imie i nazwisko, nimi, koko nimi, jmeno a prijmeni, jmeno, ad soyad, adi \
    soyadi, фио, имя и фамилия, полное имя, 氏名, 名前, お名前, 姓名, 이름";

const FIRST_NAME: &str = "\
    first name, firstname, given name, forename, first, vorname, rufname, prenom, primer nombre, \
    nombre de pila, nome proprio, primeiro nome, voornaam, fornamn, fornavn, imie, etunimi, \
    krestni jmeno, имя, 名, 名字";

const LAST_NAME: &str = "\
    last name, lastname, surname, family name, last, nachname, familienname, zuname, nom de \
    famille, apellidos, apellido, cognome, sobrenome, apelido, achternaam, efternamn, efternavn, \
    etternavn, nazwisko, sukunimi, prijmeni, soyad, soyadi, фамилия, 姓, 성";

const COMPANY: &str = "\
    company, company name, company account, associated company, primary associated company, \
    account name, account, organization, organisation, organization name, organisation name, \
    employer, business name, firma, unternehmen, firmenname, name der firma, gesellschaft, \
    arbeitgeber, entreprise, societe, nom de l entreprise, raison sociale, compte, empresa, \
    nombre de la empresa, compania, organizacion, azienda, societa, ragione sociale, nome da \
    empresa, organizacao, bedrijf, bedrijfsnaam, organisatie, foretag, foretagsnamn, bolag, \
    virksomhed, virksomhet, firmanavn, bedrift, selskap, przedsiebiorstwo, nazwa firmy, spolka, \
    yritys, spolecnost, sirket, sirket adi, компания, организация, 会社, 会社名, 公司, 公司名称, 회사";

const OWNER: &str = "\
    owner email, lead owner email, contact owner email, owner e mail, sales rep email, lead \
    owner, contact owner, record owner, owner, owner name, owner full name, sales rep, sales \
    owner, sales representative, assigned to, assigned rep, assignee, account manager, account \
    executive, besitzer, inhaber, kontakt inhaber, zustandiger mitarbeiter, zustandig, betreuer, \
    betreuerin, verantwortlich, vertriebsmitarbeiter, proprietaire, proprietaire du contact, \
    responsable, commercial, propietario, propietario del contacto, comercial, proprietario, \
    proprietario del contatto, responsabile, proprietario do contato, vendedor, responsavel, \
    eigenaar, agare, kontaktagare, saljare, ansvarig, ejer, eier, ansvarlig, selger, saelger, \
    wlasciciel, opiekun, handlowiec, omistaja, vastuuhenkilo, vlastnik, sahibi, владелец, \
    ответственныи, менеджер, 担当者, 所有者, 负责人, 담당자";

const EXTERNAL_ID: &str = "\
    record id, record id contact, lead id, contact id, external id, hubspot contact id, vid, crm \
    id, 18 digit id, id, lead id 18, customer id, person id, datensatz id, objekt id, kontakt \
    id, kundennummer, id de fiche d informations, id du contact, id de registro, id del \
    contacto, id record, id do registro, record id kontakt";

const PHONE: &str = "\
    phone, phone number, work phone, business phone, telephone, mobile, mobile phone, mobile \
    phone number, cell, telefon, telefonnummer, handy, mobil, mobiltelefon, telephone portable, \
    numero de telephone, tel, telefono, numero de telefono, movil, cellulare, telefone, celular, \
    telefoon, telefoonnummer, puhelin, телефон, 電話, 电话";

const TIME_ZONE: &str = "\
    time zone, timezone, tz, zeitzone, fuseau horaire, zona horaria, fuso orario, fuso horario, \
    tijdzone, tidszon, tidszone, tidssone, strefa czasowa, aikavyohyke, часовои пояс";

const CALENDAR_LINK: &str = "\
    calendar link, calendar url, calendar, meeting link, meetings link, meetings url, scheduling \
    link, booking link, booking page, kalenderlink, kalender link, kalender, terminlink, \
    buchungslink, lien calendrier, lien du calendrier, lien de rendez vous, enlace de \
    calendario, enlace del calendario, link calendario, link do calendario, agenda link, link \
    kalendarza";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_as_it_is_compared_and_once_in_its_field() {
        for (field, names) in NAMES {
            let mut seen = std::collections::HashSet::new();
            for name in names.split(", ") {
                assert_eq!(normalised(name), name, "{field:?}");
                assert!(seen.insert(name), "{field:?}: `{name}` twice");
            }
        }
    }

    #[test]
    fn spelling_does_not_matter() {
        for header in ["E-Mail", "e_mail", " E-MAIL ", "Ｅ－Mail"] {
            assert_eq!(fields_named(header)[0].0, Field::Email, "{header}");
        }
        assert_eq!(fields_named("Prénom")[0].0, Field::FirstName);
        assert_eq!(fields_named("Società")[0].0, Field::Company);
        assert_eq!(fields_named("メールアドレス")[0].0, Field::Email);
    }

    #[test]
    fn a_word_in_front_or_in_brackets_is_passed_over() {
        assert_eq!(fields_named("Contact: Email")[0].0, Field::Email);
        assert_eq!(fields_named("Lead First Name")[0].0, Field::FirstName);
        assert_eq!(fields_named("Phone (work)")[0].0, Field::Phone);
        assert!(fields_named("Company owner").is_empty());
        assert!(fields_named("Lead Source").is_empty());
        assert!(fields_named("Email Opt Out").is_empty());
    }
}
