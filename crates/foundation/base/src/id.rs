use std::{fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Randomness, Timestamp};

/// An id of one kind of thing: an `Id<Appointment>` cannot be used as an `Id<Patient>`.
///
/// A UUID version 7 (RFC 9562 §5.7): sorted by the time of its creation, with 74 random bits.
pub struct Id<Kind>(Uuid, PhantomData<fn() -> Kind>);

impl<Kind> Id<Kind> {
    /// A new id, made at `now`.
    pub fn new(now: Timestamp, randomness: &Randomness) -> Self {
        let milliseconds = u64::try_from(now.milliseconds()).unwrap_or(0);
        let bytes = randomness.bytes::<10>();
        Self(uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid(), PhantomData)
    }
}

impl<Kind> Clone for Id<Kind> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<Kind> Copy for Id<Kind> {}
impl<Kind> PartialEq for Id<Kind> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<Kind> Eq for Id<Kind> {}
impl<Kind> PartialOrd for Id<Kind> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<Kind> Ord for Id<Kind> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<Kind> hash::Hash for Id<Kind> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<Kind> fmt::Display for Id<Kind> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}
impl<Kind> fmt::Debug for Id<Kind> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// A text that is no UUID in the canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct UnreadableId;

impl<Kind> FromStr for Id<Kind> {
    type Err = UnreadableId;

    fn from_str(text: &str) -> Result<Self, UnreadableId> {
        // Only the canonical form is accepted: one thing has one address.
        let id = Uuid::try_parse(text).map_err(|_| UnreadableId)?;
        if id.to_string() == text { Ok(Self(id, PhantomData)) } else { Err(UnreadableId) }
    }
}

impl<Kind> Serialize for Id<Kind> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, Kind> Deserialize<'de> for Id<Kind> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
