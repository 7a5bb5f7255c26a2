//! 同意済資格情報一括取得: all consents of a period, requested in one file and fetched by number in another.

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
        /// The search
        search: BulkSearch = inner "QualificationConfirmSearchInfo",
    }
}

record! {
    /// The search for consents.
    pub struct BulkSearch {
        /// The period
        period: Period = period "ConsentDateFrom",
        /// 診療区分: 訪問診療等 or オンライン診療等
        treatment: MedicalTreatment = required "MedicalTreatmentFlag",
    }
}

/// The requested period, both days included. 訪問診療等 support only days of consent.
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

    pub(super) fn read(parent: &Element, name: &str, context: &mut ReadContext) -> Result<Period, Unreadable> {
        let mut is_present = [false, false];
        for (names, is_present) in [CONSENT, EXAMINATION].iter().zip(&mut is_present) {
            for name in names {
                *is_present |= context.single_child(parent, name)?.is_some();
            }
        }
        let mut dates = |[from, to]: [&str; 2]| -> Result<_, Unreadable> {
            Ok((required::read(parent, from, context)?, required::read(parent, to, context)?))
        };
        match is_present {
            [true, false] => dates(CONSENT).map(|(from, to)| Period::Consent { from, to }),
            [false, true] => dates(EXAMINATION).map(|(from, to)| Period::Examination { from, to }),
            [false, false] => Err(context.missing(name)),
            [true, true] => {
                let expected = "alone: the days are those of consent or those of examination";
                Err(Unreadable::InvalidValue { element: context.path_to("ExaminationDateFrom"), expected })
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
    /// 同意済資格情報一括取得アップロード結果. The number for fetching is in the body of the file; here it is
    /// [`crate::ResponseHeader::bulk_number`], as in the other responses.
    pub struct BulkSearchResponse {
        /// 受付日時
        accepted_at: Option<Timestamp> = optional "ReceptionDateTime",
        /// 処理結果, if stated
        processing: Option<ProcessingResult> = flat_optional "ProcessingResultStatus",
    }
}

record! {
    /// 同意済資格情報一括取得ダウンロード要求
    pub struct BulkFetch {
        /// 受付番号, from the header of the response to the search
        number: BulkNumber = required "ReceptionNumber",
    }
}

record! {
    /// 同意済資格情報一括取得結果
    pub struct BulkResult {
        /// 処理結果 of the whole request, if stated
        processing: Option<ProcessingResult> = flat_optional "ProcessingResultStatus",
        /// One per patient
        units: Vec<BulkUnit> = list "BulkConfirmUnit",
    }
}

record! {
    /// 一括照会結果: one patient.
    pub struct BulkUnit {
        /// The request, if repeated
        search: Option<SearchEcho> = inner_optional "QualificationConfirmSearchInfo",
        /// 処理結果
        processing: Option<ProcessingResult> = flat_optional "ProcessingResultStatus",
        /// 資格有効性
        validity: Option<QualificationValidity> = optional "QualificationValidity",
        /// The results, written without a list element; a list is accepted too.
        results: Vec<QualificationResult> = unwrapped_list "ResultList/ResultOfQualificationConfirmation",
        /// The 照会番号 that the institution has registered for the patient
        inquiry_numbers: Vec<InquiryNumber> = repeated "ReferenceNumber",
        /// The consents, where the reception has ended and there is no result
        ended_consents: Option<Box<ReceptionConsents>> = inner_optional "EndedConsentInfo",
    }
}
