//! The verdict on one reception, by what the desk does next.

use oqs::{ProcessingResult, ProcessingStatus, QualificationValidity, ResultCode};
use serde::{Deserialize, Serialize};

/// The system's verdict on one reception; the desk does something else for each.
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
    /// 有効（未登録）, only for 医療扶助
    ValidUnregistered,
    Hidden(HiddenReason),
    /// The response has no verdict.
    #[serde(rename = "unsaid")]
    NotStated,
}

/// Why something is not shown, by the codes of [`ResultCode`]. For other codes the system's message is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HiddenReason {
    /// The patient did not agree.
    Declined,
    /// The patient withdrew the consent.
    WithdrawnByPatient,
    /// The institution withdrew the consent.
    WithdrawnByInstitution,
    /// The visit day is over.
    Expired,
    /// The card's certificate had expired: eligibility is shown, medical information is not.
    Grace,
    /// There is no such reception, or a newer one replaced it.
    #[serde(rename = "not-there")]
    NotFound,
    /// Several persons match the same data.
    SeveralPersons,
    /// The function is off in the institution's settings.
    FunctionOff,
    /// Any other code, explained by the system's message.
    Other,
}

impl HiddenReason {
    /// The reason of a 処理結果コード.
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
}

impl Finding {
    /// The finding of 処理結果 and 資格有効性.
    pub(crate) fn from_processing(
        processing: Option<&ProcessingResult>,
        validity: Option<QualificationValidity>,
    ) -> Self {
        let error = processing.filter(|processing| processing.status == ProcessingStatus::Error);
        match (error, validity) {
            // 複数該当 with this code means several persons; alone it means several insurances of one person.
            (Some(error), _) if HiddenReason::from_code(error.code.as_deref()) == HiddenReason::SeveralPersons => {
                Self::Hidden(HiddenReason::SeveralPersons)
            }
            (_, Some(QualificationValidity::Several)) => Self::Several,
            // 該当資格なし with a known code concerns the reception, not the insurance.
            (Some(error), Some(QualificationValidity::NotFound)) => {
                match HiddenReason::from_code(error.code.as_deref()) {
                    HiddenReason::Other => Self::NotFound,
                    reason => Self::Hidden(reason),
                }
            }
            (Some(error), _) => Self::Hidden(HiddenReason::from_code(error.code.as_deref())),
            (None, Some(QualificationValidity::Valid)) => Self::Valid,
            (None, Some(QualificationValidity::Invalid)) => Self::Invalid,
            (None, Some(QualificationValidity::InvalidWithNewer)) => Self::InvalidWithNewer,
            (None, Some(QualificationValidity::NotFound)) => Self::NotFound,
            (None, Some(QualificationValidity::ValidUnregistered)) => Self::ValidUnregistered,
            (None, None) => Self::NotStated,
        }
    }

    /// What the desk does next.
    pub(crate) fn next_action(self) -> NextAction {
        match self {
            Self::Valid => NextAction::Done,
            // Checking again does not renew a consent that has ended.
            Self::Hidden(
                HiddenReason::WithdrawnByPatient | HiddenReason::WithdrawnByInstitution | HiddenReason::Expired,
            ) => NextAction::RegisterAgain,
            Self::Hidden(HiddenReason::FunctionOff) => NextAction::ChangeSettings,
            _ => NextAction::CheckAgain,
        }
    }
}

// The codes in the database.
base::text_enum! {
    impl Finding {
        Valid = "valid",
        Invalid = "invalid",
        InvalidWithNewer = "invalid-with-newer",
        NotFound = "not-found",
        Several = "several",
        ValidUnregistered = "valid-unregistered",
        NotStated = "unsaid",
        Hidden(HiddenReason::Declined) = "hidden-declined",
        Hidden(HiddenReason::WithdrawnByPatient) = "hidden-withdrawn-by-patient",
        Hidden(HiddenReason::WithdrawnByInstitution) = "hidden-withdrawn-by-institution",
        Hidden(HiddenReason::Expired) = "hidden-expired",
        Hidden(HiddenReason::Grace) = "hidden-grace",
        Hidden(HiddenReason::NotFound) = "hidden-not-there",
        Hidden(HiddenReason::SeveralPersons) = "hidden-several-persons",
        Hidden(HiddenReason::FunctionOff) = "hidden-function-off",
        // Rows from before the reasons had codes have this code for every reason.
        Hidden(HiddenReason::Other) = "hidden",
    }
}

database::text_column!(Finding);

/// What the desk does next with a reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextAction {
    /// Insurance is proven.
    Done,
    /// To be checked again later.
    CheckAgain,
    /// The patient has to register again; checking again does not help.
    RegisterAgain,
    /// 管理者 has to change the settings first.
    ChangeSettings,
}

/// 処理結果コード and 処理結果メッセージ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SystemMessage {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
}

impl SystemMessage {
    pub(crate) fn from_processing(processing: Option<&ProcessingResult>) -> Self {
        processing.map_or_else(Self::default, |processing| Self {
            code: processing.code.clone(),
            message: processing.message.clone(),
        })
    }
}

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
        let processing = ProcessingResult { code: Some("U205".to_owned()), ..ProcessingResult::normal() };
        assert_eq!(Finding::from_processing(Some(&processing), Some(QualificationValidity::Valid)), Finding::Valid);
        assert_eq!(HiddenReason::from_code(processing.code.as_deref()), HiddenReason::Grace);
    }

    #[test]
    fn only_proven_insurance_settles() {
        let done: Vec<_> =
            Finding::ALL.into_iter().filter(|finding| finding.next_action() == NextAction::Done).collect();
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
        for finding in Finding::ALL {
            assert_eq!(finding.to_string().parse(), Ok(finding));
        }
        // The code of older rows.
        assert_eq!("hidden".parse(), Ok(Finding::Hidden(HiddenReason::Other)));
        assert!("hidden-nothing".parse::<Finding>().is_err());
    }
}
