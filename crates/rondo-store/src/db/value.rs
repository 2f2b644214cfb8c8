//! A value of a column.

use std::borrow::Cow;

/// What a column holds; everything that Rondo stores is one of these.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Value<'v> {
    Null,
    Integer(i64),
    Text(Cow<'v, str>),
    /// 16 bytes: ids and the keys of addresses, which most values are.
    Id([u8; 16]),
    Bytes(Cow<'v, [u8]>),
}

/// Tells the kind alone: drivers log the values of statements, and those are names and addresses.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Integer(_) => "a number",
            Self::Text(_) => "a text",
            Self::Id(_) => "an id",
            Self::Bytes(_) => "bytes",
        })
    }
}

impl<'v> Value<'v> {
    /// Bytes of any length.
    pub(crate) fn of_bytes(bytes: &'v [u8]) -> Self {
        match bytes.try_into() {
            Ok(id) => Self::Id(id),
            Err(_) => Self::Bytes(Cow::Borrowed(bytes)),
        }
    }

    /// The same, borrowing nothing.
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(integer) => Value::Integer(integer),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Id(id) => Value::Id(id),
            Self::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
        }
    }

    /// The bytes of a value that is bytes.
    pub(crate) fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Id(id) => Some(id),
            Self::Bytes(bytes) => Some(bytes),
            Self::Null | Self::Integer(_) | Self::Text(_) => None,
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<[u8; 16]> for Value<'_> {
    fn from(id: [u8; 16]) -> Self {
        Self::Id(id)
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'v> From<Cow<'v, str>> for Value<'v> {
    fn from(text: Cow<'v, str>) -> Self {
        Self::Text(text)
    }
}

impl<'v> From<&'v [u8]> for Value<'v> {
    fn from(bytes: &'v [u8]) -> Self {
        Self::of_bytes(bytes)
    }
}

impl<'v, T: Into<Value<'v>>> From<Option<T>> for Value<'v> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_value_holds_is_never_shown() {
        let values = [Value::Text("rosa@kiln.example".into()), Value::Bytes(b"rosa"[..].into())];
        assert_eq!(format!("{values:?}"), "[a text, bytes]");
    }
}
