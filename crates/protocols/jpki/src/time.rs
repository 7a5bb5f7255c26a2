use std::time::Duration;

use base::Timestamp;
use der::{
    DateTime, ErrorKind,
    asn1::{GeneralizedTime, UtcTime},
};
use x509_cert::time::Time;

/// RFC 5280 §4.1.2.5: two digits of the year up to 2049, four from then on.
pub(crate) fn write(time: Timestamp) -> der::Result<Time> {
    let time = date_time(time)?;
    Ok(UtcTime::from_date_time(time).map_or(Time::GeneralTime(time.into()), Time::UtcTime))
}

pub(crate) fn read(time: Time) -> Timestamp {
    from_unix_time(time.to_unix_duration())
}

/// The form of times in OCSP, always with four digits of the year.
pub(crate) fn write_general(time: Timestamp) -> der::Result<GeneralizedTime> {
    date_time(time).map(GeneralizedTime::from)
}

pub(crate) fn read_general(time: GeneralizedTime) -> Timestamp {
    from_unix_time(time.to_unix_duration())
}

fn from_unix_time(since_1970: Duration) -> Timestamp {
    Timestamp::from_seconds(i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX))
}

fn date_time(time: Timestamp) -> der::Result<DateTime> {
    let seconds = u64::try_from(time.seconds()).map_err(|_| ErrorKind::DateTime)?;
    DateTime::from_unix_duration(Duration::from_secs(seconds))
}
