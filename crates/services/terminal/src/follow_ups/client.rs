//! The failures of the eligibility system, as reasons to ask again.

use super::rules::{FailedLookup, LookupFailure};
use crate::client::EligibilityError;

impl From<&EligibilityError> for FailedLookup {
    fn from(error: &EligibilityError) -> Self {
        let failure = match error {
            EligibilityError::Unreachable(_) => LookupFailure::Unreachable,
            EligibilityError::Timeout(_) => LookupFailure::Timeout,
            EligibilityError::Closed { .. } => LookupFailure::Closed,
            EligibilityError::CutOff(_) => LookupFailure::CutOff,
            EligibilityError::UntrustedServer(_)
            | EligibilityError::CertificateRefused(_)
            | EligibilityError::Status(_)
            | EligibilityError::TooLarge(_)
            | EligibilityError::Archive(_)
            | EligibilityError::Unreadable(_)
            | EligibilityError::UnexpectedMessage
            | EligibilityError::MismatchedResponse
            | EligibilityError::Refused(_) => LookupFailure::Other,
        };
        Self { failure, retry_at: error.retry_at() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_is_a_trouble() {
        let failures: Vec<_> =
            EligibilityError::examples().iter().map(|error| FailedLookup::from(error).failure).collect();
        // A list in progress is no error of the client.
        for failure in LookupFailure::ALL.into_iter().filter(|failure| *failure != LookupFailure::InProgress) {
            assert!(failures.contains(&failure), "{failure:?}");
        }
    }
}
