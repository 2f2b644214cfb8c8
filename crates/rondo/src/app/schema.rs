//! How the words of the domain look in the OpenAPI document: formats, patterns and limits, each said once.
//!
//! The types here are never made. Fields of requests and views name them (`#[schema(value_type = …)]`), because the
//! types of the rules know nothing of OpenAPI.

use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type,
};

use rondo_core::text::{EMAIL_BYTES_MAX, NAME_CHARS_MAX, NOTE_CHARS_MAX};

use crate::app::leads::ATTRIBUTES_MAX;
use crate::app::mailboxes::{IMAP_PORTS, SMTP_PORTS};
use crate::app::messages::LABELS;
use crate::app::qualifier::THRESHOLD_MIN;
use crate::app::text::{
    FREE_PORT_MIN, HOST_CHARS_MAX, LETTER_CHARS_MAX, LINK_CHARS_MAX, LINK_PATTERN, PHONE_CHARS_MAX,
    PUBLIC_LINK_PATTERN, SECRET_BYTES_MAX, time_zones,
};

/// Characters that no name may hold: control characters, and those that reorder or hide what stands around them.
const UNSEEN: &str = r"\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF";

/// Texts of several lines: tabs and line ends are kept.
const NOTE_PATTERN: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]*$";
/// The same with something in it.
const LETTER_PATTERN: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]*[^\s\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF][^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]*$";
/// Years from that of this release on: no earlier one is to come.
const TO_COME_PATTERN: &str = "^(202[6-9]|20[3-9][0-9]|2[1-9][0-9]{2}|[3-9][0-9]{3})-";

macro_rules! schemas {
    ($($(#[$doc:meta])* $name:ident => $build:expr;)*) => {$(
        $(#[$doc])*
        pub enum $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $build.into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )*};
}

schemas! {
    /// A team's id.
    TeamId => id("team");
    /// A rep's id.
    RepId => id("rep");
    /// A group's id.
    GroupId => id("grp");
    /// A campaign's id.
    CampaignId => id("cmp");
    /// A lead's id.
    LeadId => id("lead");
    /// A conversation's id.
    ConversationId => id("conv");
    /// An assignment's id.
    AssignmentId => id("asg");
    /// An absence's id.
    AbsenceId => id("abs");
    /// A key's id.
    KeyId => id("key");
    /// A user's id.
    UserId => id("usr");
    /// A webhook's id.
    WebhookId => id("hook");
    /// A delivery's id.
    DeliveryId => id("dlv");
    /// A mailbox's id.
    MailboxId => id("mbx");
    /// A message's id.
    MessageId => id("msg");
    /// A suppression's id.
    SuppressionId => id("sup");

    /// A name as it is given.
    Name => line(NAME_CHARS_MAX);
    /// A text of one line, a lead's name for instance, that may be empty.
    Line => text()
        .max_length(Some(NAME_CHARS_MAX))
        .pattern(Some(format!("^[^{UNSEEN}]*$")));
    /// An address.
    Email => text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
        .max_length(Some(EMAIL_BYTES_MAX))
        .description(Some("An email address, `name@domain`."));
    /// A password or a key.
    Secret => text()
        .min_length(Some(1))
        .max_length(Some(SECRET_BYTES_MAX))
        .write_only(true)
        .description(Some("A password or a key, at most 8 KB. It is kept encrypted and never shown."));
    /// A host.
    Host => text()
        .min_length(Some(1))
        .max_length(Some(HOST_CHARS_MAX))
        .description(Some("A host by its name, or an address by number. Where it may lead is seen when it is called."));
    /// A port for handing over mail.
    SmtpPort => port(SMTP_PORTS);
    /// A port for fetching mail.
    ImapPort => port(IMAP_PORTS);
    /// A time of day.
    TimeOfDay => text()
        .pattern(Some("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))
        .examples(["09:00"])
        .description(Some("A time of day, `24:00` for its end."));
    /// What a person writes to another.
    Letter => text()
        .min_length(Some(1))
        .max_length(Some(LETTER_CHARS_MAX))
        .pattern(Some(LETTER_PATTERN));
    /// A template.
    Template => text()
        .description(Some("A template: docs/templates.md says what it can do."));
    /// A lead's id, or the lead.
    LeadToPreview => Schema::AnyOf(
        AnyOfBuilder::new()
            .item(id("lead"))
            .item(utoipa::openapi::Ref::from_schema_name("NewLead"))
            .description(Some("A lead's id, or a lead that need not be known."))
            .build(),
    );
    /// Probabilities by label.
    Thresholds => ObjectBuilder::new()
        .property_names(Some(text().enum_values(Some(LABELS.map(|(name, _)| name)))))
        .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(Schema::Object(
            ObjectBuilder::new()
                .schema_type(Type::Number)
                .minimum(Some(THRESHOLD_MIN))
                .maximum(Some(1.0))
                .build(),
        )))))
        .description(Some("For each label, the probability from which on it is acted on without a person; 1 for never."));
    /// A note.
    Note => text()
        .max_length(Some(NOTE_CHARS_MAX))
        .pattern(Some(NOTE_PATTERN))
        .description(Some("A note: lines and tabs are kept, other control characters are refused."));
    /// A phone number.
    Phone => line(PHONE_CHARS_MAX)
        .pattern(Some(format!("^[^{UNSEEN}]*[0-9][^{UNSEEN}]*$")))
        .description(Some("A phone number as people write it, with at least one digit."));
    /// A link.
    Link => text()
        .max_length(Some(LINK_CHARS_MAX))
        .pattern(Some(LINK_PATTERN))
        .description(Some("An `http` or `https` link; anything unusual in it is percent-encoded."));
    /// A link to a host on the public internet.
    PublicLink => text()
        .max_length(Some(LINK_CHARS_MAX))
        .pattern(Some(PUBLIC_LINK_PATTERN))
        .description(Some(
            "An `http` or `https` URL of a host on the public internet, by its name, on port 80, 443, or one from 1024 on. \
             Addresses by number, and hosts of the same network, are taken where the server's settings allow to call them.",
        ));
    /// An address on the web.
    Url => text().format(Some(SchemaFormat::Custom("uri".to_owned())));
    /// A time zone.
    TimeZone => text()
        .enum_values(Some(time_zones()))
        .examples(["Europe/Berlin"])
        .description(Some("A name of the IANA time zone database; capital and small letters are the same."));
    /// An instant.
    Instant => instant()
        .description(Some("RFC 3339. Any offset is taken; answers are in UTC and end in `Z`."));
    /// An instant to come.
    InstantToCome => instant()
        .pattern(Some(TO_COME_PATTERN))
        .description(Some("An instant to come (RFC 3339)."));
    /// A day.
    Day => day()
        .description(Some("A day, `YYYY-MM-DD`."));
    /// A day or an instant.
    DayOrInstant => Schema::AnyOf(
        AnyOfBuilder::new()
            .item(instant())
            .item(day())
            .description(Some("An instant (RFC 3339), or a day (`YYYY-MM-DD`) in the rep's own time zone."))
            .build(),
    );
    /// A day or an instant to come.
    DayOrInstantToCome => Schema::AnyOf(
        AnyOfBuilder::new()
            .item(instant().pattern(Some(TO_COME_PATTERN)))
            .item(day().pattern(Some(TO_COME_PATTERN)))
            .description(Some("An instant to come (RFC 3339), or a day (`YYYY-MM-DD`) in the rep's own time zone."))
            .build(),
    );
    /// A rep's id or address.
    OwnerRef => text()
        .max_length(Some(EMAIL_BYTES_MAX))
        .description(Some(
            "A rep's id or email address. Somebody who is no rep of the team is left out, with the warning `unknown-owner`.",
        ));
    /// Attributes by name.
    Attributes => ObjectBuilder::new()
        .property_names(Some(ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(NAME_CHARS_MAX)).pattern(Some(format!(r"^[^\s{UNSEEN}]([^{UNSEEN}]*[^\s{UNSEEN}])?$")))))
        .max_properties(Some(ATTRIBUTES_MAX))
        .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(attribute()))))
        .description(Some("Whatever else is known, by name: texts, numbers, `true` or `false`."));
    /// A rep's id, or whoever is next.
    ReassignTo => Schema::AnyOf(
        AnyOfBuilder::new()
            .item(text().enum_values(Some(["next"])))
            .item(id("rep"))
            .description(Some("A rep's id, or `next` for whoever is next after the cursor."))
            .build(),
    );
    /// Nothing: null, or left out.
    Nothing => ObjectBuilder::new().schema_type(Type::Null);
    /// Any object.
    AnyObject => ObjectBuilder::new().schema_type(Type::Object);
    /// Anything at all.
    Anything => ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::SchemaType::AnyValue);
}

/// One of several shapes of an object, told apart by their fields.
macro_rules! one_of {
    ($name:ty = $($shape:ty)|+) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::OneOfBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::Object)
                    $(.item(utoipa::openapi::Ref::from_schema_name(<$shape as utoipa::ToSchema>::name())))+
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn schemas(
                schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
            ) {
                $(
                    schemas.push((
                        <$shape as utoipa::ToSchema>::name().into_owned(),
                        <$shape as utoipa::PartialSchema>::schema(),
                    ));
                    <$shape as utoipa::ToSchema>::schemas(schemas);
                )+
            }
        }
    };
}
pub(crate) use one_of;

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn instant() -> ObjectBuilder {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .pattern(Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]"))
        .examples(["2030-12-03T09:00:00Z"])
}

fn day() -> ObjectBuilder {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        .pattern(Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))
        .examples(["2030-12-03"])
}

fn line(chars_max: usize) -> ObjectBuilder {
    text()
        .min_length(Some(1))
        .max_length(Some(chars_max))
        .pattern(Some(format!(r"^[^{UNSEEN}]*[^\s{UNSEEN}][^{UNSEEN}]*$")))
}

/// One of a few ports, or a free one.
fn port(usual: &[u16]) -> Schema {
    let number = || ObjectBuilder::new().schema_type(Type::Integer);
    let free = number().minimum(Some(FREE_PORT_MIN)).maximum(Some(u16::MAX));
    Schema::AnyOf(
        AnyOfBuilder::new().item(number().enum_values(Some(usual.to_vec()))).item(free).build(),
    )
}

fn id(prefix: &str) -> ObjectBuilder {
    text()
        .pattern(Some(format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$")))
        .description(Some("An id: keep it as it is, and read nothing into it."))
}

fn attribute() -> Schema {
    Schema::AnyOf(
        AnyOfBuilder::new()
            .item(text().max_length(Some(NOTE_CHARS_MAX)).pattern(Some(NOTE_PATTERN)))
            .item(ObjectBuilder::new().schema_type(Type::Number))
            .item(ObjectBuilder::new().schema_type(Type::Boolean))
            .build(),
    )
}
