//! The validity, exact to the second at both ends.

use base::Timestamp;
use jpki::Grace;

use super::{Row, last_second};
use crate::world::{Attempt, issued_at, seconds, timestamp};

pub fn rows() -> Vec<Row> {
    let row = |name, expected_code, expected_openssl, grace, time: Timestamp| {
        Row::new(name, expected_code, expected_openssl, Attempt::valid().certificate).shown_at(time, grace)
    };
    let (first, last, grace) = (issued_at(), last_second(), timestamp("2029-09-15T23:59:59+09:00"));
    let second = seconds(1);
    let in_grace = "a certificate in its months of grace shows who somebody is, which is our rule and not X.509's";
    vec![
        row("in its first second", "accepted", "OK", Grace::Refused, first),
        row(
            "a second early",
            "jpki.validity.not_yet_valid",
            "certificate is not yet valid",
            Grace::Granted,
            first.minus(second),
        ),
        row("a second before its last", "accepted", "OK", Grace::Refused, last.minus(second)),
        row("in its last second", "accepted", "certificate has expired", Grace::Refused, last)
            .with_explanation("RFC 5280 §4.1.2.5 counts the last second as valid, and so do we; OpenSSL does not"),
        row("a second late", "jpki.validity.in_grace", "certificate has expired", Grace::Refused, last.plus(second)),
        row("a second late, with grace", "accepted", "certificate has expired", Grace::Granted, last.plus(second))
            .with_explanation(in_grace),
        row("in the last second of grace", "accepted", "certificate has expired", Grace::Granted, grace)
            .with_explanation(in_grace),
        row(
            "a second after grace",
            "jpki.validity.expired",
            "certificate has expired",
            Grace::Granted,
            grace.plus(second),
        ),
        row(
            "after grace, where none is granted",
            "jpki.validity.expired",
            "certificate has expired",
            Grace::Refused,
            grace.plus(second),
        ),
        Row::with_changed_draft("ends before it begins", "jpki.validity.empty", "certificate has expired", |draft| {
            draft.not_after = draft.not_before.minus(seconds(1));
        }),
    ]
}
