//! Machine-readable reports: delivery reports (RFC 3464), complaints (RFC 5965).

use super::Reading;
use crate::mail::message::mailboxes;
use crate::mail::parts::Part;

/// Lines of a report at most.
const LINES_MAX: usize = 5000;

/// Fields of a report: names in lower case.
#[derive(Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The value of the first field of a name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The address in a field such as `rfc822; ann@a.example`.
    pub fn address(&self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        let address = value.split_once(';').map_or(value, |(_, address)| address);
        address_in(address)
    }
}

/// An address without what stands around it.
pub fn address_in(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['<', '>', '"']).trim();
    let is_one = text.contains('@') && text.len() <= 320 && !text.contains(char::is_whitespace);
    is_one.then(|| text.to_owned())
}

/// The groups of fields of a report, which blank lines part.
pub fn groups(text: &str) -> Vec<Fields> {
    let mut groups = vec![Fields::default()];
    for line in text.lines().take(LINES_MAX) {
        let Some(group) = groups.last_mut() else { continue };
        if line.trim().is_empty() {
            if !group.0.is_empty() {
                groups.push(Fields::default());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.0.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.0.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    groups.retain(|group| !group.0.is_empty());
    groups
}

/// The part of one of these types in a report; what a person attached is in none.
pub fn part_of<'p, 'a>(root: &'p Part<'a>, media: &[&str]) -> Option<&'p Part<'a>> {
    let reports = root.all().into_iter().filter(|part| part.is("multipart/report"));
    reports.flat_map(|report| &report.children).find(|part| media.contains(&part.media()))
}

/// A complaint, if the message is one.
pub fn feedback(root: &Part<'_>) -> Option<Reading> {
    let report = part_of(root, &["message/feedback-report"])?;
    let named = groups(&report.text()).into_iter().find_map(|fields| {
        fields.address("original-rcpt-to").or_else(|| fields.address("removal-recipient"))
    });
    let recipient = named.or_else(|| {
        let original = part_of(root, &["message/rfc822", "text/rfc822-headers"])?;
        let to = mailboxes(&original.nested(), "To").into_iter().next()?;
        address_in(&to.address)
    });
    Some(Reading::Feedback { recipient })
}
