//! Whether the certificate on a card is due for renewal: shown to the person with the registration.

use base::{Date, Timestamp};
use serde::{Deserialize, Serialize};

use super::authentication::CertificateValidity;

/// Whether a certificate is due for renewal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// Not yet, or it is not known when it ends.
    #[default]
    NotDue,
    /// It ends soon.
    Soon {
        /// The last day on which it is valid.
        last_day: Date,
    },
    /// It has ended, and still identifies its holder: coverage is confirmed, medical information is not shown.
    Overdue {
        /// The last day on which it was valid.
        last_day: Date,
    },
}

impl Renewal {
    /// The renewal notice at `now` for a certificate with this last second, if it is known.
    pub fn for_certificate(certificate: CertificateValidity, ends: Option<Timestamp>, now: Timestamp) -> Self {
        let Some(ends) = ends else { return Self::NotDue };
        let last_day = ends.japan_date();
        match certificate {
            CertificateValidity::Grace => Self::Overdue { last_day },
            CertificateValidity::Valid if jpki::is_due_for_renewal(ends, now) => Self::Soon { last_day },
            CertificateValidity::Valid => Self::NotDue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timestamp(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn check(certificate: CertificateValidity, ends: Option<&str>, expected: Renewal) {
        let now = timestamp("2026-11-24T09:00:00+09:00");
        assert_eq!(Renewal::for_certificate(certificate, ends.map(timestamp), now), expected, "{ends:?}");
    }

    #[test]
    fn a_renewal_is_spoken_of_in_the_last_three_months_and_in_the_three_after() {
        let day = |text| base::parse_date(text).unwrap();
        check(CertificateValidity::Valid, Some("2027-02-22T23:59:59+09:00"), Renewal::NotDue);
        check(
            CertificateValidity::Valid,
            Some("2027-02-20T23:59:59+09:00"),
            Renewal::Soon { last_day: day("2027-02-20") },
        );
        check(
            CertificateValidity::Valid,
            Some("2026-11-24T23:59:59+09:00"),
            Renewal::Soon { last_day: day("2026-11-24") },
        );
        check(
            CertificateValidity::Grace,
            Some("2026-10-24T23:59:59+09:00"),
            Renewal::Overdue { last_day: day("2026-10-24") },
        );
        check(CertificateValidity::Valid, None, Renewal::NotDue);
    }
}
