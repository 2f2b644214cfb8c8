//! Named and numbered characters of HTML, as mail programs write them.

use unicode_normalization::UnicodeNormalization as _;

/// Characters that are named after what they are.
const NAMED: &[(&str, &str)] = &[
    ("nbsp", " "),
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("szlig", "ß"),
    ("aelig", "æ"),
    ("AElig", "Æ"),
    ("oelig", "œ"),
    ("OElig", "Œ"),
    ("oslash", "ø"),
    ("Oslash", "Ø"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("bdquo", "„"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("sbquo", "‚"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("bull", "•"),
    ("middot", "·"),
    ("euro", "€"),
    ("pound", "£"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("deg", "°"),
    ("ordm", "º"),
    ("ordf", "ª"),
    ("iexcl", "¡"),
    ("iquest", "¿"),
    ("rarr", "→"),
    ("larr", "←"),
    ("ensp", " "),
    ("emsp", " "),
    ("thinsp", " "),
    ("shy", ""),
    ("zwnj", ""),
    ("zwj", ""),
];

/// Accents by the end of a name, as combining characters: `eacute` is `e` with the acute one.
const ACCENTS: &[(&str, char)] = &[
    ("grave", '\u{300}'),
    ("acute", '\u{301}'),
    ("circ", '\u{302}'),
    ("tilde", '\u{303}'),
    ("uml", '\u{308}'),
    ("ring", '\u{30a}'),
    ("caron", '\u{30c}'),
    ("cedil", '\u{327}'),
];

/// Characters of a name at most, with the `#` of a number.
const NAME_BYTES_MAX: usize = 10;

/// The character at the start of `text`, which begins with `&`, and the bytes that it takes; none for a bare `&`.
pub fn first(text: &str) -> Option<(String, usize)> {
    let rest = text.strip_prefix('&')?;
    let end = rest.bytes().take(NAME_BYTES_MAX).position(|byte| byte == b';')?;
    let name = &rest[..end];
    let character = match name.strip_prefix('#') {
        Some(number) => numbered(number)?,
        None => named(name)?,
    };
    Some((character, end + 2))
}

fn numbered(number: &str) -> Option<String> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    let character = char::from_u32(code)?;
    let is_shown = !character.is_control() || matches!(character, '\n' | '\t');
    Some(if is_shown { character.to_string() } else { String::new() })
}

fn named(name: &str) -> Option<String> {
    if let Some((_, character)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some((*character).to_owned());
    }
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let (_, accent) = ACCENTS.iter().find(|(ending, _)| name[1..] == **ending)?;
    Some([letter, *accent].into_iter().nfc().collect())
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn characters_by_name_and_number() {
        let cases = [("&eacute;x", "é"), ("&Uuml;", "Ü"), ("&#233;", "é"), ("&#xE9;", "é")];
        for (text, character) in cases {
            assert_eq!(first(text).map(|(found, _)| found).as_deref(), Some(character), "{text}");
        }
        for text in ["&", "& so on;", "&;", "&#xD800;", "&unknown;", "&é;"] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
