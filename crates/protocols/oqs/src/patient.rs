//! An institution's messages about one patient: 照会番号登録, 閲覧同意取り消し.

use base::{Date, InsurerNumber};

use crate::{
    BranchNumber, CardNumber, CardSymbol, CheckedNumber, ConsentedInformation, InquiryNumber, ProcessingResult,
    layout::{flat, inner, inner_optional, optional, record, repeated, required},
};

record! {
    /// 照会番号登録要求: the layout written by programs of receipt computers.
    pub struct InquiryNumberRequest {
        /// The registration
        registration: InquiryNumberRegistration = inner "ReferenceNumberRegistrationInfo",
    }
}

record! {
    /// 照会番号登録情報
    pub struct InquiryNumberRegistration {
        /// 照会番号
        inquiry_number: InquiryNumber = required "ReferenceNumber",
        /// 保険者番号
        insurer: CheckedNumber<InsurerNumber> = required "InsurerNumber",
        /// 被保険者証等記号
        symbol: Option<CardSymbol> = optional "InsuredCardSymbol",
        /// 被保険者証等番号
        number: CardNumber = required "InsuredIdentificationNumber",
        /// 枝番
        branch: Option<BranchNumber> = optional "InsuredBranchNumber",
    }
}

record! {
    /// 照会番号登録結果: the registration repeated, as those programs expect it.
    pub struct InquiryNumberResponse {
        /// The repeated registration
        registration: Option<InquiryNumberRegistration> = inner_optional "ReferenceNumberRegistrationInfo",
        /// 処理結果
        processing: ProcessingResult = flat "",
    }
}

record! {
    /// 閲覧同意取り消し要求 (訪問診療等). The layout is assumed: the interface has the message, but no source has its elements.
    pub struct WithdrawalRequest {
        /// The consent
        consent: WithdrawnConsent = inner "ConsentCancelInfo",
    }
}

record! {
    /// 閲覧同意取り消し情報 (assumed)
    pub struct WithdrawnConsent {
        /// 保険者番号
        insurer: CheckedNumber<InsurerNumber> = required "InsurerNumber",
        /// 被保険者証等記号
        symbol: Option<CardSymbol> = optional "InsuredCardSymbol",
        /// 被保険者証等番号
        number: CardNumber = required "InsuredIdentificationNumber",
        /// 枝番
        branch: Option<BranchNumber> = optional "InsuredBranchNumber",
        /// 生年月日
        birthdate: Date = required "Birthdate",
        /// 閲覧同意情報種別: the kinds to withdraw; empty for all
        kinds: Vec<ConsentedInformation> = repeated "ConsentInfoClassification",
    }
}

record! {
    /// 閲覧同意取り消し結果 (assumed)
    pub struct WithdrawalResponse {
        /// 処理結果
        processing: ProcessingResult = flat "",
    }
}
