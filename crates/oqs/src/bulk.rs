//! 同意済資格情報一括取得: all consents of some days, asked for in one file, fetched with its number in another.

use base::{Date, Timestamp};

use crate::{
    BulkNumber, InquiryNumber, MedicalTreatment, ProcessingResult, QualificationResult, QualificationValidity,
    ReceptionConsents, SearchEcho, Unreadable,
    layout::{
        ReadContext, flat_optional, inner, inner_optional, list, optional, record, repeated, required, unwrapped_list,
    },
    xml::Element,
};

record! {
    /// 同意済資格情報一括取得要求
    pub struct BulkSearchRequest {
        /// Which
        search: BulkSearch = inner "QualificationConfirmSearchInfo",
    }
}

record! {
    /// Which consents are asked for.
    pub struct BulkSearch {
        /// From which days
        period: Period = period "ConsentDateFrom",
        /// 診療区分: 訪問診療等 or オンライン診療等
        treatment: MedicalTreatment = required "MedicalTreatmentFlag",
    }
}

/// The days that are asked for, first and last. 訪問診療等 have only the days of consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// 同意年月日
    Consent {
        /// The first day
        from: Date,
        /// The last day
        to: Date,
    },
    /// 受診年月日
    Examination {
        /// The first day
        from: Date,
        /// The last day
        to: Date,
    },
}

mod period {
    use super::{Element, Period, ReadContext, Unreadable, required};

    const CONSENT: [&str; 2] = ["ConsentDateFrom", "ConsentDateTo"];
    const EXAMINATION: [&str; 2] = ["ExaminationDateFrom", "ExaminationDateTo"];

    pub(super) fn read(parent: &Element, name: &str, trail: &mut ReadContext) -> Result<Period, Unreadable> {
        let mut said = [false, false];
        for (names, said) in [CONSENT, EXAMINATION].iter().zip(&mut said) {
            for name in names {
                *said |= trail.single_child(parent, name)?.is_some();
            }
        }
        let mut dates = |[from, to]: [&str; 2]| -> Result<_, Unreadable> {
            Ok((required::read(parent, from, trail)?, required::read(parent, to, trail)?))
        };
        match said {
            [true, false] => dates(CONSENT).map(|(from, to)| Period::Consent { from, to }),
            [false, true] => dates(EXAMINATION).map(|(from, to)| Period::Examination { from, to }),
            [false, false] => Err(trail.missing(name)),
            [true, true] => {
                let expected = "alone: the days are those of consent or those of examination";
                Err(Unreadable::InvalidValue { element: trail.path_to("ExaminationDateFrom"), expected })
            }
        }
    }

    pub(super) fn write(period: &Period, parent: &mut Element, _: &str) {
        let ([first, last], from, to) = match period {
            Period::Consent { from, to } => (CONSENT, from, to),
            Period::Examination { from, to } => (EXAMINATION, from, to),
        };
        required::write(from, parent, first);
        required::write(to, parent, last);
    }
}

record! {
    /// 同意済資格情報一括取得アップロード結果. The number to fetch with stands in the body of the file; here it is
    /// [`crate::ResponseHeader::bulk_number`], as in the other answers.
    pub struct BulkSearchResponse {
        /// 受付日時
        accepted_at: Option<Timestamp> = optional "ReceptionDateTime",
        /// What came of it, where it is said
        processing: Option<ProcessingResult> = flat_optional "ProcessingResultStatus",
    }
}

record! {
    /// 同意済資格情報一括取得ダウンロード要求
    pub struct BulkFetch {
        /// 受付番号, from the header of the answer to the search
        number: BulkNumber = required "ReceptionNumber",
    }
}

record! {
    /// 同意済資格情報一括取得結果
    pub struct BulkResult {
        /// What came of the whole, where it is said
        processing: Option<ProcessingResult> = flat_optional "ProcessingResultStatus",
        /// One a patient
        units: Vec<BulkUnit> = list "BulkConfirmUnit",
    }
}

record! {
    /// 一括照会結果: one patient.
    pub struct BulkUnit {
        /// The question, where it is given back
        search: Option<SearchEcho> = inner_optional "QualificationConfirmSearchInfo",
        /// What came of it
        processing: Option<ProcessingResult> = flat_optional "ProcessingResultStatus",
        /// 資格有効性
        validity: Option<QualificationValidity> = optional "QualificationValidity",
        /// Those found, without a list of their own; a list is read too.
        results: Vec<QualificationResult> = unwrapped_list "ResultList/ResultOfQualificationConfirmation",
        /// 照会番号 that the institution has registered for the patient
        inquiry_numbers: Vec<InquiryNumber> = repeated "ReferenceNumber",
        /// What became of the consents, where the reception has ended and there is no result
        ended_consents: Option<Box<ReceptionConsents>> = inner_optional "EndedConsentInfo",
    }
}
