//! 資格確認: one person's eligibility and consents, requests and responses.

use base::{Date, InsurerNumber, Timestamp};

use crate::{
    BranchNumber, CardNumber, CardSymbol, CheckedNumber, ConsentFlag, ExpiryReason, FullName, Identifier,
    InquiryNumber, InsuredCardClassification, KanaName, LimitCertificateClassification, LimitChanged, LimitClass,
    LimitConsentFlag, MedicalTicket, PersonalFamily, Preschool, PrescriptionForm, ProcessingStatus,
    QualificationValidity, ReasonOfLoss, Sex, Share, SpecificDisease, Unreadable,
    layout::{ReadContext, Value, flat, inner, inner_optional, list, optional, record, required},
    xml::Element,
};

record! {
    /// 資格確認要求: by the data on the insured person's document, not by card.
    pub struct QualificationRequest {
        /// The person
        search: QualificationSearch = inner "QualificationConfirmSearchInfo",
    }
}

record! {
    /// 資格確認照会用情報
    pub struct QualificationSearch {
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
        /// 限度額適用認定証提供同意フラグ: the patient's consent, given at the desk
        limit_consent: Option<LimitConsentFlag> = optional "LimitApplicationCertificateRelatedConsFlg",
        /// 受診年月日, in the online interface: the visit of the consent. The element is assumed: the layout of `OQSsionq` is not
        /// public, and the bulk request has this name.
        examination_date: Option<Date> = optional "ExaminationDate",
        /// 任意の識別子, repeated in the response
        identifier: Option<Identifier> = optional "ArbitraryIdentifier",
    }
}

record! {
    /// The request as repeated in a response. By card, most of it is missing.
    pub struct SearchEcho {
        /// 保険者番号
        insurer: Option<CheckedNumber<InsurerNumber>> = optional "InsurerNumber",
        /// 被保険者証等記号
        symbol: Option<CardSymbol> = optional "InsuredCardSymbol",
        /// 被保険者証等番号
        number: Option<CardNumber> = optional "InsuredIdentificationNumber",
        /// 枝番
        branch: Option<BranchNumber> = optional "InsuredBranchNumber",
        /// 生年月日
        birthdate: Option<Date> = optional "Birthdate",
        /// 限度額適用認定証提供同意フラグ
        limit_consent: Option<LimitConsentFlag> = optional "LimitApplicationCertificateRelatedConsFlg",
        /// 受診年月日 (assumed, see [`QualificationSearch::examination_date`])
        examination_date: Option<Date> = optional "ExaminationDate",
        /// 任意の識別子
        identifier: Option<Identifier> = optional "ArbitraryIdentifier",
    }
}

impl From<&QualificationSearch> for SearchEcho {
    fn from(search: &QualificationSearch) -> Self {
        Self {
            insurer: Some(search.insurer.clone()),
            symbol: search.symbol.clone(),
            number: Some(search.number.clone()),
            branch: search.branch,
            birthdate: Some(search.birthdate),
            // Readers expect the flag in the echo, whether or not the request had it.
            limit_consent: search.limit_consent.or(Some(LimitConsentFlag::NotGiven)),
            examination_date: search.examination_date,
            identifier: search.identifier.clone(),
        }
    }
}

record! {
    /// 処理結果 of one request.
    pub struct ProcessingResult {
        /// 処理結果状況
        status: ProcessingStatus = required "ProcessingResultStatus",
        /// 処理結果コード, of an error or a note (such as that the certificate ends within three months)
        code: Option<String> = optional "ProcessingResultCode",
        /// 処理結果メッセージ, displayed unchanged
        message: Option<String> = optional "ProcessingResultMessage",
    }
}

impl ProcessingResult {
    /// Success, without a note.
    pub fn normal() -> Self {
        Self { status: ProcessingStatus::Normal, code: None, message: None }
    }

    /// An error with its code and message.
    pub fn error(code: &str, message: &str) -> Self {
        Self { status: ProcessingStatus::Error, code: Some(code.to_owned()), message: Some(message.to_owned()) }
    }
}

record! {
    /// 資格確認結果
    pub struct QualificationResponse {
        /// 処理結果
        processing: ProcessingResult = flat "",
        /// 資格有効性
        validity: Option<QualificationValidity> = optional "QualificationValidity",
        /// 処方箋発行形態: the patient's choice. Sources differ on its position; it is read in both.
        prescription: Option<PrescriptionForm> = prescription "PrescriptionIssueSelect",
        /// The request
        search: Option<SearchEcho> = inner_optional "QualificationConfirmSearchInfo",
        /// The results, usually one
        results: Vec<QualificationResult> = list "ResultList/ResultOfQualificationConfirmation",
        /// The consents, where the reception has ended and there is no result
        ended_consents: Option<Box<ReceptionConsents>> = inner_optional "EndedConsentInfo",
    }
}

record! {
    /// The consents of a reception that has ended: flags and reasons as in a result, without the person. Their separate element
    /// `EndedConsentInfo` is assumed: a result names the person, which an institution that may no longer see the insurance must
    /// not receive with the flags.
    pub struct ReceptionConsents {
        /// 限度額適用認定証
        limit: Option<Consent<LimitConsentFlag>> = consent "LimitApplicationCertificateRelated",
        /// 特定疾病療養受療証
        diseases: Option<Consent<ConsentFlag>> = consent "SpecificDiseasesCertificateRelated",
        /// 特定健診情報
        check_ups: Option<ViewingConsent> = viewing "SpecificHealthCheckupsInfo",
        /// 薬剤情報
        medicines: Option<ViewingConsent> = viewing "PharmacistsInfo",
        /// 診療情報
        diagnoses: Option<ViewingConsent> = viewing "DiagnosisInfo",
        /// 手術情報
        operations: Option<ViewingConsent> = viewing "OperationInfo",
    }
}

record! {
    /// 資格確認結果情報: one person with one insurer.
    pub struct QualificationResult {
        /// 被保険者証区分
        card: Option<InsuredCardClassification> = optional "InsuredCardClassification",
        /// 保険者番号, 公費負担者番号 for 医療扶助
        insurer: CheckedNumber<InsurerNumber> = required "InsurerNumber",
        /// 被保険者証等記号
        symbol: Option<CardSymbol> = optional "InsuredCardSymbol",
        /// 被保険者証等番号
        number: CardNumber = required "InsuredIdentificationNumber",
        /// 枝番
        branch: Option<BranchNumber> = optional "InsuredBranchNumber",
        /// 本人・家族区分
        person: Option<PersonalFamily> = optional "PersonalFamilyClassification",
        /// 被保険者氏名 (世帯主氏名)
        insured_name: Option<FullName> = optional "InsuredName",
        /// 氏名
        name: FullName = required "Name",
        /// 氏名 (その他)
        other_name: Option<FullName> = optional "NameOfOther",
        /// 氏名カナ
        kana: Option<KanaName> = optional "NameKana",
        /// 氏名カナ (その他)
        other_kana: Option<KanaName> = optional "NameOfOtherKana",
        /// 性別1
        sex: Option<Sex> = optional "Sex1",
        /// 性別2
        other_sex: Option<Sex> = optional "Sex2",
        /// 生年月日
        birthdate: Date = required "Birthdate",
        /// 住所, as registered with the insurer
        address: Option<String> = optional "Address",
        /// 郵便番号
        post_number: Option<String> = optional "PostNumber",
        /// 資格取得年月日
        qualified_on: Option<Date> = optional "QualificationDate",
        /// 資格喪失年月日
        disqualified_on: Option<Date> = optional "DisqualificationDate",
        /// 被保険者証等交付年月日
        card_issued_on: Option<Date> = optional "InsuredCertificateIssuanceDate",
        /// 被保険者証等有効開始年月日
        card_valid_from: Option<Date> = optional "InsuredCardValidDate",
        /// 被保険者証等有効終了年月日
        card_valid_to: Option<Date> = optional "InsuredCardExpirationDate",
        /// 被保険者証等一部負担金割合, of 後期高齢者
        share: Option<Share> = optional "InsuredPartialContributionRatio",
        /// 未就学区分
        preschool: Option<Preschool> = optional "PreschoolClassification",
        /// 資格喪失事由
        reason_of_loss: Option<ReasonOfLoss> = optional "ReasonOfLoss",
        /// 保険者名称
        insurer_name: Option<String> = optional "InsurerName",
        /// 高齢受給者証情報
        elderly: Option<ElderlyCertificate> = inner_optional "ElderlyRecipientCertificateInfo",
        /// 限度額適用認定証: consent
        limit_consent: Option<Consent<LimitConsentFlag>> = consent "LimitApplicationCertificateRelated",
        /// 限度額適用認定証関連情報
        limit: Option<LimitCertificate> = inner_optional "LimitApplicationCertificateRelatedInfo",
        /// 限度額適用認定証情報変更有無
        limit_changed: Option<LimitChanged> = optional "LimitApplicationCertificateChanged",
        /// 特定疾病療養受療証: consent
        diseases_consent: Option<Consent<ConsentFlag>> = consent "SpecificDiseasesCertificateRelated",
        /// 特定疾病療養受療証情報
        diseases: Vec<SpecificDiseaseCertificate> =
            list "SpecificDiseasesCertificateList/SpecificDiseasesCertificateInfo",
        /// 医療扶助: tickets
        tickets: Vec<MedicalTicket> = list "PublicExpenseResultList/MedicalTicketInfo",
        /// 特定健診情報: consent
        check_ups: Option<ViewingConsent> = viewing "SpecificHealthCheckupsInfo",
        /// 薬剤情報: consent
        medicines: Option<ViewingConsent> = viewing "PharmacistsInfo",
        /// 診療情報: consent
        diagnoses: Option<ViewingConsent> = viewing "DiagnosisInfo",
        /// 手術情報: consent
        operations: Option<ViewingConsent> = viewing "OperationInfo",
        /// 任意の識別子 of the request
        identifier: Option<Identifier> = optional "ArbitraryIdentifier",
        /// 照会番号
        inquiry_number: Option<InquiryNumber> = optional "ReferenceNumber",
        /// 資格確認キー of a card's reception at a reader. Its form is not public, and no reader of it is known.
        key: Option<String> = optional "QualificationConfirmationKey",
    }
}

impl QualificationResult {
    /// A result with only the required values.
    pub fn new(insurer: CheckedNumber<InsurerNumber>, number: CardNumber, name: FullName, birthdate: Date) -> Self {
        Self {
            card: None,
            insurer,
            symbol: None,
            number,
            branch: None,
            person: None,
            insured_name: None,
            name,
            other_name: None,
            kana: None,
            other_kana: None,
            sex: None,
            other_sex: None,
            birthdate,
            address: None,
            post_number: None,
            qualified_on: None,
            disqualified_on: None,
            card_issued_on: None,
            card_valid_from: None,
            card_valid_to: None,
            share: None,
            preschool: None,
            reason_of_loss: None,
            insurer_name: None,
            elderly: None,
            limit_consent: None,
            limit: None,
            limit_changed: None,
            diseases_consent: None,
            diseases: Vec::new(),
            tickets: Vec::new(),
            check_ups: None,
            medicines: None,
            diagnoses: None,
            operations: None,
            identifier: None,
            inquiry_number: None,
            key: None,
        }
    }
}

record! {
    /// 高齢受給者証情報, of those from 70 to 74
    pub struct ElderlyCertificate {
        /// 交付年月日
        issued_on: Option<Date> = optional "ElderlyRecipientCertificateDate",
        /// 有効開始年月日
        valid_from: Option<Date> = optional "ElderlyRecipientValidStartDate",
        /// 有効終了年月日
        valid_to: Option<Date> = optional "ElderlyRecipientValidEndDate",
        /// 一部負担金割合
        share: Option<Share> = optional "ElderlyRecipientContributionRatio",
    }
}

record! {
    /// 限度額適用認定証関連情報
    pub struct LimitCertificate {
        /// 限度額適用認定証区分
        classification: Option<LimitCertificateClassification> = optional "LimitApplicationCertificateClassification",
        /// 限度額適用認定証適用区分
        class: Option<LimitClass> = optional "LimitApplicationCertificateClassificationFlag",
        /// 交付年月日
        issued_on: Option<Date> = optional "LimitApplicationCertificateDate",
        /// 有効開始年月日
        valid_from: Option<Date> = optional "LimitApplicationCertificateValidStartDate",
        /// 有効終了年月日
        valid_to: Option<Date> = optional "LimitApplicationCertificateValidEndDate",
        /// 長期入院該当年月日
        long_term_from: Option<Date> = optional "LimitApplicationCertificateLongTermDate",
    }
}

record! {
    /// 特定疾病療養受療証情報
    pub struct SpecificDiseaseCertificate {
        /// 認定疾病区分
        disease: Option<SpecificDisease> = optional "SpecificDiseasesDiseaseCategory",
        /// 交付年月日
        issued_on: Option<Date> = optional "SpecificDiseasesCertificateDate",
        /// 有効開始年月日
        valid_from: Option<Date> = optional "SpecificDiseasesValidStartDate",
        /// 有効終了年月日
        valid_to: Option<Date> = optional "SpecificDiseasesValidEndDate",
        /// 自己負担限度額, yen a month
        self_pay: Option<u32> = optional "SpecificDiseasesSelfPay",
    }
}

/// 提供同意: the patient's consent to the transfer of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent<Flag> {
    /// `…ConsFlg`
    pub flag: Flag,
    /// `…ConsTime`
    pub changed_at: Option<Timestamp>,
    /// The reason for its end (同意有効期限切れ理由). The list is the interface's; the element `…ConsExpiryReason` is assumed,
    /// as no source contains its name.
    pub expiry_reason: Option<ExpiryReason>,
}

/// 閲覧同意: the patient's consent to viewing medical information, and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewingConsent {
    /// The consent and the time of its last change
    pub consent: Consent<ConsentFlag>,
    /// `…AvailableTime`: the end of the viewing period
    pub available_until: Option<Timestamp>,
}

/// A consent: three elements with a common prefix. Without the flag there is none.
mod consent {
    use super::{Consent, Element, ReadContext, Unreadable, Value, optional};

    pub(super) fn read<Flag: Value>(
        parent: &Element,
        name: &str,
        context: &mut ReadContext,
    ) -> Result<Option<Consent<Flag>>, Unreadable> {
        let changed_at = optional::read(parent, &format!("{name}ConsTime"), context)?;
        let expiry_reason = optional::read(parent, &format!("{name}ConsExpiryReason"), context)?;
        let flag: Option<Flag> = optional::read(parent, &format!("{name}ConsFlg"), context)?;
        Ok(flag.map(|flag| Consent { flag, changed_at, expiry_reason }))
    }

    #[expect(clippy::ref_option, reason = "all layouts have the same signature")]
    pub(super) fn write<Flag: Value>(consent: &Option<Consent<Flag>>, parent: &mut Element, name: &str) {
        if let Some(consent) = consent {
            super::required::write(&consent.flag, parent, &format!("{name}ConsFlg"));
            optional::write(&consent.changed_at, parent, &format!("{name}ConsTime"));
            optional::write(&consent.expiry_reason, parent, &format!("{name}ConsExpiryReason"));
        }
    }
}

/// A viewing consent: a consent with the end of the viewing period.
mod viewing {
    use super::{Element, ReadContext, Unreadable, ViewingConsent, consent, optional};

    pub(super) fn read(
        parent: &Element,
        name: &str,
        context: &mut ReadContext,
    ) -> Result<Option<ViewingConsent>, Unreadable> {
        let available_until = optional::read(parent, &format!("{name}AvailableTime"), context)?;
        Ok(consent::read(parent, name, context)?.map(|consent| ViewingConsent { consent, available_until }))
    }

    #[expect(clippy::ref_option, reason = "all layouts have the same signature")]
    pub(super) fn write(viewing: &Option<ViewingConsent>, parent: &mut Element, name: &str) {
        if let Some(viewing) = viewing {
            consent::write(&Some(viewing.consent), parent, name);
            optional::write(&viewing.available_until, parent, &format!("{name}AvailableTime"));
        }
    }
}

/// The form of the prescription: in the body, or in the first result that has it.
mod prescription {
    use super::{Element, PrescriptionForm, ReadContext, Unreadable, optional};

    pub(super) fn read(
        parent: &Element,
        name: &str,
        context: &mut ReadContext,
    ) -> Result<Option<PrescriptionForm>, Unreadable> {
        let results = parent
            .children_named("ResultList")
            .flat_map(|list| list.children_named("ResultOfQualificationConfirmation"));
        for element in std::iter::once(parent).chain(results) {
            let form = optional::read(element, name, context)?;
            if form.is_some() {
                return Ok(form);
            }
        }
        Ok(None)
    }

    #[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "all layouts have the same signature")]
    pub(super) fn write(form: &Option<PrescriptionForm>, parent: &mut Element, name: &str) {
        optional::write(form, parent, name);
    }
}
