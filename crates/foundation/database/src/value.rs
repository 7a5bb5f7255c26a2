use std::borrow::Cow;

use base::{Date, Digest, Id, InstitutionCode, InsurerNumber, ReceptionNumber, Timestamp};

/// A column's value. Only these types are common to both engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    /// `BIGINT`
    Integer(i64),
    /// `TEXT`
    Text(Cow<'a, str>),
    /// `BYTEA`
    Bytes(Cow<'a, [u8]>),
}

/// A text with U+0000 in it. PostgreSQL's `TEXT` cannot hold one, so it is rejected for both engines: a failure on one shows
/// on the other. Texts from outside are parsed before they reach a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a text holds U+0000")]
pub(crate) struct Unstorable;

impl Value<'_> {
    /// Whether both engines can hold it.
    pub(crate) fn check_storable(&self) -> Result<&Self, Unstorable> {
        match self {
            Self::Text(text) if text.contains('\0') => Err(Unstorable),
            value => Ok(value),
        }
    }

    /// The value without borrows.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(number),
            Self::Text(text) => Value::Text(text.into_owned().into()),
            Self::Bytes(bytes) => Value::Bytes(bytes.into_owned().into()),
        }
    }
}

/// A type that can be bound to a statement.
pub trait ToColumn: Sync {
    /// The value as stored.
    fn to_column(&self) -> Value<'_>;
}

/// A type that can be read from a row.
pub trait FromColumn: Sized {
    /// The value from storage.
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue>;
}

/// A stored value that is not of the requested type. It never contains the value itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WrongValue(pub String);

impl WrongValue {
    fn for_expected(expected: &str) -> Self {
        Self(format!("expected {expected}"))
    }
}

impl ToColumn for i64 {
    fn to_column(&self) -> Value<'_> {
        Value::Integer(*self)
    }
}

impl FromColumn for i64 {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        if let Value::Integer(number) = value { Ok(number) } else { Err(WrongValue::for_expected("a whole number")) }
    }
}

impl ToColumn for u32 {
    fn to_column(&self) -> Value<'_> {
        Value::Integer(i64::from(*self))
    }
}

impl FromColumn for u32 {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        i64::from_column(value)?.try_into().map_err(|_| WrongValue::for_expected("a whole number from 0 to 4294967295"))
    }
}

impl ToColumn for bool {
    fn to_column(&self) -> Value<'_> {
        Value::Integer(i64::from(*self))
    }
}

impl FromColumn for bool {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        match value {
            Value::Integer(0) => Ok(false),
            Value::Integer(1) => Ok(true),
            _ => Err(WrongValue::for_expected("0 or 1")),
        }
    }
}

impl ToColumn for str {
    fn to_column(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }
}

impl ToColumn for String {
    fn to_column(&self) -> Value<'_> {
        self.as_str().to_column()
    }
}

impl FromColumn for String {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        if let Value::Text(text) = value { Ok(text.into_owned()) } else { Err(WrongValue::for_expected("a text")) }
    }
}

impl ToColumn for [u8] {
    fn to_column(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }
}

impl ToColumn for Vec<u8> {
    fn to_column(&self) -> Value<'_> {
        self.as_slice().to_column()
    }
}

impl FromColumn for Vec<u8> {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        if let Value::Bytes(bytes) = value { Ok(bytes.into_owned()) } else { Err(WrongValue::for_expected("bytes")) }
    }
}

impl<const N: usize> ToColumn for [u8; N] {
    fn to_column(&self) -> Value<'_> {
        self.as_slice().to_column()
    }
}

impl<const N: usize> FromColumn for [u8; N] {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        Vec::from_column(value)?.try_into().map_err(|_| WrongValue(format!("expected {N} bytes")))
    }
}

impl<T: ToColumn + ?Sized> ToColumn for &T {
    fn to_column(&self) -> Value<'_> {
        (**self).to_column()
    }
}

impl<T: ToColumn> ToColumn for Option<T> {
    fn to_column(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, ToColumn::to_column)
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        if value == Value::Null { Ok(None) } else { T::from_column(value).map(Some) }
    }
}

/// A point in time is stored as milliseconds since 1970, UTC.
impl ToColumn for Timestamp {
    fn to_column(&self) -> Value<'_> {
        Value::Integer(self.milliseconds())
    }
}

impl FromColumn for Timestamp {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        i64::from_column(value).map(Self::from_milliseconds)
    }
}

/// A date is stored as `YYYY-MM-DD`, which sorts chronologically.
impl ToColumn for Date {
    fn to_column(&self) -> Value<'_> {
        Value::Text(self.to_string().into())
    }
}

impl FromColumn for Date {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        base::parse_date(&String::from_column(value)?).map_err(|_| WrongValue::for_expected("a date as YYYY-MM-DD"))
    }
}

impl ToColumn for Digest {
    fn to_column(&self) -> Value<'_> {
        self.as_bytes().as_slice().to_column()
    }
}

impl FromColumn for Digest {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        <[u8; 32]>::from_column(value).map(Self::from_bytes)
    }
}

impl<Kind> ToColumn for Id<Kind> {
    fn to_column(&self) -> Value<'_> {
        Value::Text(self.to_string().into())
    }
}

impl<Kind> FromColumn for Id<Kind> {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        String::from_column(value)?.parse().map_err(|_| WrongValue::for_expected("an id"))
    }
}

/// Makes types with `Display` and `FromStr` storable as their text.
#[macro_export]
macro_rules! text_column {
    ($($text_type:ty),+ $(,)?) => {$(
        impl $crate::ToColumn for $text_type {
            fn to_column(&self) -> $crate::Value<'_> {
                $crate::Value::Text(self.to_string().into())
            }
        }

        impl $crate::FromColumn for $text_type {
            fn from_column(value: $crate::Value<'_>) -> Result<Self, $crate::WrongValue> {
                <String as $crate::FromColumn>::from_column(value)?
                    .parse()
                    .map_err(|_| $crate::WrongValue(concat!("expected a ", stringify!($text_type)).to_owned()))
            }
        }
    )+};
}

crate::text_column!(InstitutionCode, InsurerNumber, ReceptionNumber);
