//! What became of one reception, as the desk acts on it.

use std::{fmt, str::FromStr};

use oqs::{ProcessingResult, ProcessingStatus, QualificationValidity, ResultCode};
use serde::{Deserialize, Serialize};

/// What the system answered about one reception, one thing for the desk to do for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Finding {
    /// 有効
    Valid,
    /// 無効
    Invalid,
    /// 無効（新しい資格あり）
    InvalidWithNewer,
    /// 該当資格なし
    NotFound,
    /// 複数該当
    Several,
    /// 有効（未登録）, which only 医療扶助 has
    ValidUnregistered,
    /// Nothing is shown, and why.
    Hidden(HiddenReason),
    /// The answer does not say.
    #[serde(rename = "unsaid")]
    NotStated,
}

/// Why something is not shown.
///
/// Told by the codes of [`ResultCode`]; any other is shown with its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HiddenReason {
    /// The patient did not agree.
    Declined,
    /// The patient withdrew.
    WithdrawnByPatient,
    /// The institution withdrew.
    WithdrawnByInstitution,
    /// The visit day is over.
    Expired,
    /// The card's certificate had ended: insurance yes, health no.
    Grace,
    /// There is no such reception, or a newer one took its place.
    #[serde(rename = "not-there")]
    NotFound,
    /// Several persons are meant by the same data.
    SeveralPersons,
    /// The institution's settings have the function off.
    FunctionOff,
    /// Another, which its own words tell.
    Other,
}

impl HiddenReason {
    /// The reason that a result code tells.
    pub(crate) fn from_code(code: Option<&str>) -> Self {
        match code.and_then(ResultCode::from_code) {
            Some(ResultCode::ReceptionNotFound) => Self::NotFound,
            Some(ResultCode::SeveralPersons) => Self::SeveralPersons,
            Some(ResultCode::Declined) => Self::Declined,
            Some(ResultCode::WithdrawnByPatient) => Self::WithdrawnByPatient,
            Some(ResultCode::WithdrawnByInstitution) => Self::WithdrawnByInstitution,
            Some(ResultCode::Expired) => Self::Expired,
            Some(ResultCode::Grace) => Self::Grace,
            Some(ResultCode::FunctionOff) => Self::FunctionOff,
            _ => Self::Other,
        }
    }

    /// All, for records, samples and tests.
    pub(crate) const ALL: [Self; 9] = [
        Self::Declined,
        Self::WithdrawnByPatient,
        Self::WithdrawnByInstitution,
        Self::Expired,
        Self::Grace,
        Self::NotFound,
        Self::SeveralPersons,
        Self::FunctionOff,
        Self::Other,
    ];
}

impl Finding {
    /// What an answer says.
    pub(crate) fn from_processing(
        processing: Option<&ProcessingResult>,
        validity: Option<QualificationValidity>,
    ) -> Self {
        let failed = processing.filter(|processing| processing.status == ProcessingStatus::Error);
        match (failed, validity) {
            // 複数該当 beside this code is about several persons; alone it is about several insurances of one.
            (Some(failed), _) if HiddenReason::from_code(failed.code.as_deref()) == HiddenReason::SeveralPersons => {
                Self::Hidden(HiddenReason::SeveralPersons)
            }
            (_, Some(QualificationValidity::Several)) => Self::Several,
            // "Not found" beside a code that we know is about the reception, not about the insurance.
            (Some(failed), Some(QualificationValidity::NotFound)) => {
                match HiddenReason::from_code(failed.code.as_deref()) {
                    HiddenReason::Other => Self::NotFound,
                    known => Self::Hidden(known),
                }
            }
            (Some(failed), _) => Self::Hidden(HiddenReason::from_code(failed.code.as_deref())),
            (None, Some(QualificationValidity::Valid)) => Self::Valid,
            (None, Some(QualificationValidity::Invalid)) => Self::Invalid,
            (None, Some(QualificationValidity::InvalidWithNewer)) => Self::InvalidWithNewer,
            (None, Some(QualificationValidity::NotFound)) => Self::NotFound,
            (None, Some(QualificationValidity::ValidUnregistered)) => Self::ValidUnregistered,
            (None, None) => Self::NotStated,
        }
    }

    /// Whether the desk is done, or how it comes back to it.
    pub(crate) fn next_action(self) -> NextAction {
        match self {
            Self::Valid => NextAction::Done,
            // Nothing that is asked again brings a consent back that has ended.
            Self::Hidden(
                HiddenReason::WithdrawnByPatient | HiddenReason::WithdrawnByInstitution | HiddenReason::Expired,
            ) => NextAction::RegisterAgain,
            Self::Hidden(HiddenReason::FunctionOff) => NextAction::ChangeSettings,
            _ => NextAction::CheckAgain,
        }
    }

    /// Its word in records. It never changes.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::InvalidWithNewer => "invalid-with-newer",
            Self::NotFound => "not-found",
            Self::Several => "several",
            Self::ValidUnregistered => "valid-unregistered",
            Self::Hidden(HiddenReason::Declined) => "hidden-declined",
            Self::Hidden(HiddenReason::WithdrawnByPatient) => "hidden-withdrawn-by-patient",
            Self::Hidden(HiddenReason::WithdrawnByInstitution) => "hidden-withdrawn-by-institution",
            Self::Hidden(HiddenReason::Expired) => "hidden-expired",
            Self::Hidden(HiddenReason::Grace) => "hidden-grace",
            Self::Hidden(HiddenReason::NotFound) => "hidden-not-there",
            Self::Hidden(HiddenReason::SeveralPersons) => "hidden-several-persons",
            Self::Hidden(HiddenReason::FunctionOff) => "hidden-function-off",
            // Records from before the reasons had words say this of every reason.
            Self::Hidden(HiddenReason::Other) => "hidden",
            Self::NotStated => "unsaid",
        }
    }

    /// All, for records, samples and tests.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let seen = [
            Self::Valid,
            Self::Invalid,
            Self::InvalidWithNewer,
            Self::NotFound,
            Self::Several,
            Self::ValidUnregistered,
            Self::NotStated,
        ];
        seen.into_iter().chain(HiddenReason::ALL.map(Self::Hidden))
    }
}

/// Whether the desk is done with a reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextAction {
    /// Insurance is proven.
    Done,
    /// To be asked again later.
    CheckAgain,
    /// Asking again does not help: the patient registers anew.
    RegisterAgain,
    /// Asking again does not help before 管理者 has changed the settings.
    ChangeSettings,
}

/// A text that is no finding's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a finding")]
pub(crate) struct UnknownFinding;

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Finding {
    type Err = UnknownFinding;

    fn from_str(text: &str) -> Result<Self, UnknownFinding> {
        Self::all().find(|finding| finding.as_str() == text).ok_or(UnknownFinding)
    }
}

database::text_column!(Finding);

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: Option<&str>, validity: Option<QualificationValidity>, expected: Finding) {
        let processing = code.map_or_else(ProcessingResult::normal, |code| ProcessingResult::error(code, "words"));
        assert_eq!(Finding::from_processing(Some(&processing), validity), expected, "{code:?} {validity:?}");
    }

    #[test]
    fn an_answer_says_one_thing() {
        use QualificationValidity as V;
        check(None, Some(V::Valid), Finding::Valid);
        check(None, Some(V::Invalid), Finding::Invalid);
        check(None, Some(V::InvalidWithNewer), Finding::InvalidWithNewer);
        check(None, Some(V::NotFound), Finding::NotFound);
        check(None, Some(V::Several), Finding::Several);
        check(None, Some(V::ValidUnregistered), Finding::ValidUnregistered);
        check(None, None, Finding::NotStated);
        assert_eq!(Finding::from_processing(None, Some(V::Valid)), Finding::Valid);
    }

    #[test]
    fn an_error_hides_and_says_why() {
        use QualificationValidity as V;
        check(Some("U101"), Some(V::NotFound), Finding::Hidden(HiddenReason::NotFound));
        check(Some("U102"), Some(V::Several), Finding::Hidden(HiddenReason::SeveralPersons));
        check(Some("U102"), None, Finding::Hidden(HiddenReason::SeveralPersons));
        check(Some("E999"), Some(V::Several), Finding::Several);
        check(Some("U501"), None, Finding::Hidden(HiddenReason::FunctionOff));
        check(Some("U202"), None, Finding::Hidden(HiddenReason::WithdrawnByPatient));
        check(Some("U204"), None, Finding::Hidden(HiddenReason::Expired));
        check(Some("E999"), None, Finding::Hidden(HiddenReason::Other));
        check(Some("E999"), Some(V::NotFound), Finding::NotFound);
        check(Some("E999"), Some(V::Valid), Finding::Hidden(HiddenReason::Other));
    }

    #[test]
    fn a_certificate_in_its_grace_is_a_note_and_hides_nothing() {
        let noted = ProcessingResult { code: Some("U205".to_owned()), ..ProcessingResult::normal() };
        assert_eq!(Finding::from_processing(Some(&noted), Some(QualificationValidity::Valid)), Finding::Valid);
        assert_eq!(HiddenReason::from_code(noted.code.as_deref()), HiddenReason::Grace);
    }

    #[test]
    fn only_proven_insurance_settles() {
        let done: Vec<_> = Finding::all().filter(|finding| finding.next_action() == NextAction::Done).collect();
        assert_eq!(done, [Finding::Valid]);
        let check = |finding: Finding, expected| assert_eq!(finding.next_action(), expected, "{finding}");
        check(Finding::Several, NextAction::CheckAgain);
        check(Finding::ValidUnregistered, NextAction::CheckAgain);
        check(Finding::Hidden(HiddenReason::Other), NextAction::CheckAgain);
        check(Finding::Hidden(HiddenReason::WithdrawnByPatient), NextAction::RegisterAgain);
        check(Finding::Hidden(HiddenReason::WithdrawnByInstitution), NextAction::RegisterAgain);
        check(Finding::Hidden(HiddenReason::Expired), NextAction::RegisterAgain);
        check(Finding::Hidden(HiddenReason::FunctionOff), NextAction::ChangeSettings);
    }

    #[test]
    fn every_finding_is_kept_with_its_reason_and_reads_back() {
        for finding in Finding::all() {
            assert_eq!(finding.to_string().parse(), Ok(finding));
        }
        for reason in HiddenReason::ALL {
            assert!(Finding::Hidden(reason).as_str().starts_with("hidden"), "{reason:?}");
        }
        // As it was kept before.
        assert_eq!("hidden".parse(), Ok(Finding::Hidden(HiddenReason::Other)));
        assert_eq!("hidden-nothing".parse::<Finding>(), Err(UnknownFinding));
    }
}
