//! 薬剤情報, 診療情報, 手術情報, 特定健診情報: the medical information that patients consent to, requests and responses.
//!
//! Requests and the responses `YZK` and `TKK` have the elements that clients of the real interface read. Assumed are: the day
//! of the visit in requests, the messages `SRJ` and `SHJ` (treatments and operations have the layout of `YZK`, which has
//! treatments), the list around check-ups, and that all responses contain the institution and identifier of the request. The
//! electronic prescriptions that `YZK` responses may contain (`ShPrInf`, `CzDiInf`) are not read.

use base::{Date, InstitutionCode, InsurerNumber, Timestamp};

use crate::{
    AdministrativeGender, BranchNumber, CardNumber, CardSymbol, CheckedNumber, FileCategory, FullName, Identifier,
    InOut, KanaName, MedicalTreatment, Month, PrescriptionInformation, Unreadable,
    layout::{ReadContext, Record, list, optional, record, required},
    xml::Element,
};

record! {
    /// `MessageHeader` of a request for medical information. Its element names differ from those of 資格確認.
    pub struct MedicalRequestHeader {
        /// 医療機関コード
        institution: CheckedNumber<InstitutionCode> = required "MedicalInstitutionCode",
        /// 保険者番号
        insurer: CheckedNumber<InsurerNumber> = required "InsurerNumber",
        /// 被保険者証等記号
        symbol: Option<CardSymbol> = optional "InsuranceCardSymbol",
        /// 被保険者証等番号
        number: CardNumber = required "InsuredPersonIdentificationNumber",
        /// 枝番
        branch: Option<BranchNumber> = optional "BranchNumber",
        /// 任意のファイル識別子
        identifier: Option<Identifier> = optional "ArbitraryFileIdentifier",
    }
}

record! {
    /// 薬剤情報要求, 特定健診情報要求
    pub struct MedicalRequest {
        /// 診療年月 (自); not for check-ups
        from: Option<Month> = optional "StartDate",
        /// 診療年月 (至); not for check-ups
        to: Option<Month> = optional "EndDate",
        /// ファイル区分
        file: Option<FileCategory> = optional "FileCategory",
        /// 調剤・処方情報区分
        prescriptions: Option<PrescriptionInformation> = optional "PrDiInfClassification",
        /// 診療区分: the kind of consent
        treatment: MedicalTreatment = required "MedicalTreatmentFlag",
        /// 受診年月日, in the online interface: the visit of the consent. The element is assumed, as in
        /// [`crate::QualificationSearch::examination_date`]; other implementations ignore it.
        examination_date: Option<Date> = optional "ExaminationDate",
    }
}

/// A response with medical information.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MedicalResponse<Body> {
    /// The institution and the person.
    pub header: MedicalResponseHeader,
    /// The information, or why there is none.
    pub outcome: MedicalOutcome<Body>,
}

/// `MessageHeader` of a response with medical information.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MedicalResponseHeader {
    /// 処理実行日時
    pub processed_at: Option<Timestamp>,
    /// 医療機関コード
    pub institution: Option<CheckedNumber<InstitutionCode>>,
    /// 任意のファイル識別子 of the request
    pub identifier: Option<Identifier>,
    /// The person; `None` if there is no information
    pub person: Option<MedicalPerson>,
}

/// The person that the information is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MedicalPerson {
    /// 氏名
    pub name: FullName,
    /// 氏名カナ
    pub kana: Option<KanaName>,
    /// 生年月日
    pub birthdate: Date,
    /// 性別
    pub sex: Option<AdministrativeGender>,
}

/// `ResultCode` and `MessageContents`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MedicalOutcome<Body> {
    /// `1`: the information
    Normal(Body),
    /// Any other code: the reason why there is no information
    Refused(MedicalRefusal),
}

/// Why there is no information.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MedicalRefusal {
    code: String,
    message: Option<String>,
}

const NORMAL: &str = "1";

impl MedicalRefusal {
    /// From a `ResultCode`, which is neither blank nor `1`, and `MessageContents`.
    pub fn new(code: &str, message: Option<String>) -> Option<Self> {
        let code = code.trim();
        (!code.is_empty() && code != NORMAL).then(|| Self { code: code.to_owned(), message })
    }

    /// `ResultCode`
    pub fn code(&self) -> &str {
        &self.code
    }

    /// `MessageContents`, displayed unchanged
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

/// The refusal of a response, from header or body: sources place it in either.
pub(crate) fn read_refusal(root: &Element, context: &mut ReadContext) -> Result<Option<MedicalRefusal>, Unreadable> {
    let mut code: Option<String> = None;
    let mut message = None;
    for part in &root.children {
        code = code.or(optional::read(part, "ResultCode", context)?);
        message = message.or(optional::read(part, "MessageContents", context)?);
    }
    let code = code.ok_or_else(|| context.missing("MessageHeader/ResultCode"))?;
    Ok(MedicalRefusal::new(&code, message))
}

fn write_refusal(refusal: Option<&MedicalRefusal>, header: &mut Element) {
    let code = refusal.map_or_else(|| NORMAL.to_owned(), |refusal| refusal.code.clone());
    required::write(&code, header, "ResultCode");
    if let Some(refusal) = refusal {
        optional::write(&refusal.message, header, "MessageContents");
    }
}

/// The body of a response. The two layouts have different element names for the person.
pub(crate) trait MedicalBody: Record {
    const PERSON: PersonElements;
}

/// The names of the elements about the person.
pub(crate) struct PersonElements {
    element: &'static str,
    name: &'static str,
    kana: &'static str,
    birthdate: &'static str,
    sex: &'static str,
}

impl MedicalBody for MedicineRecords {
    const PERSON: PersonElements =
        PersonElements { element: "QuaInf", name: "Name", kana: "KanaName", birthdate: "Birth", sex: "AdmGendCode" };
}

impl MedicalBody for CheckUps {
    const PERSON: PersonElements = PersonElements {
        element: "QualificationsInfo",
        name: "Name",
        kana: "KanasName",
        birthdate: "Birthday",
        sex: "AdministrativeGenderCode",
    };
}

impl PersonElements {
    fn read(&self, parent: &Element, context: &mut ReadContext) -> Result<Option<MedicalPerson>, Unreadable> {
        let Some(element) = context.single_child(parent, self.element)? else { return Ok(None) };
        context.in_element(self.element, |context| {
            Ok(Some(MedicalPerson {
                name: required::read(element, self.name, context)?,
                kana: optional::read(element, self.kana, context)?,
                birthdate: required::read(element, self.birthdate, context)?,
                sex: optional::read(element, self.sex, context)?,
            }))
        })
    }

    fn write(&self, person: &MedicalPerson, parent: &mut Element) {
        let mut element = Element::new(self.element);
        required::write(&person.name, &mut element, self.name);
        optional::write(&person.kana, &mut element, self.kana);
        required::write(&person.birthdate, &mut element, self.birthdate);
        optional::write(&person.sex, &mut element, self.sex);
        parent.children.push(element);
    }
}

pub(crate) fn read_header<Body: MedicalBody>(
    element: &Element,
    context: &mut ReadContext,
) -> Result<MedicalResponseHeader, Unreadable> {
    Ok(MedicalResponseHeader {
        processed_at: optional::read(element, "ProcessExecutionTime", context)?,
        institution: optional::read(element, "MedicalInstitutionCode", context)?,
        identifier: optional::read(element, "ArbitraryFileIdentifier", context)?,
        person: Body::PERSON.read(element, context)?,
    })
}

pub(crate) fn write_header<Body: MedicalBody>(
    header: &MedicalResponseHeader,
    refusal: Option<&MedicalRefusal>,
) -> Element {
    let mut element = Element::new(crate::message::HEADER);
    optional::write(&header.processed_at, &mut element, "ProcessExecutionTime");
    optional::write(&header.institution, &mut element, "MedicalInstitutionCode");
    optional::write(&header.identifier, &mut element, "ArbitraryFileIdentifier");
    if let Some(person) = &header.person {
        Body::PERSON.write(person, &mut element);
    }
    write_refusal(refusal, &mut element);
    element
}

record! {
    /// 薬剤情報, 診療情報 or 手術情報, by institution and month.
    pub struct MedicineRecords {
        /// One per institution and month
        months: Vec<MonthRecord> = list "MeTrMonthInf",
    }
}

record! {
    /// One month at one institution.
    pub struct MonthRecord {
        /// 調剤元: a code whose list is not public
        dispensing_origin: Option<u32> = optional "DiOrg",
        /// 医療機関 (調剤では薬局) コード
        institution: Option<CheckedNumber<InstitutionCode>> = optional "MeTrDiHCd",
        /// 処方元医療機関コード
        prescriber: Option<CheckedNumber<InstitutionCode>> = optional "PrlsHCd",
        /// 医療機関 (薬局) 名
        institution_name: Option<String> = optional "MeTrDiHNm",
        /// 診療 (調剤) 年月
        month: Month = required "MeTrMonth",
        /// 処方元医療機関名
        prescriber_name: Option<String> = optional "PrlsHNm",
        /// 処方元: a code whose list is not public
        prescriber_origin: Option<u32> = optional "PrIsOrg",
        /// 入院・入院外別
        in_out: Option<InOut> = optional "InOut",
        /// One per day
        days: Vec<DayRecord> = list "DiDateInfs/DiDateInf",
    }
}

record! {
    /// One day.
    pub struct DayRecord {
        /// 診療 (調剤) 年月日
        day: Option<Date> = optional "DiDate",
        /// 処方年月日
        prescribed_on: Option<Date> = optional "PrDate",
        /// 薬剤
        medicines: Vec<Medicine> = list "DrugInfs/DrugInf",
        /// 診療行為; the operations in 手術情報
        treatments: Vec<Treatment> = list "MeTrInfs/MeTrInf",
    }
}

record! {
    /// 薬剤: one medicine of one day.
    pub struct Medicine {
        /// 医薬品コード
        code: Option<String> = optional "DrugC",
        /// 医薬品名
        name: String = required "DrugN",
        /// 一般名 (成分名)
        ingredient: Option<String> = optional "IngreN",
        /// 使用量, a decimal number
        quantity: Option<String> = optional "Qua1",
        /// 単位
        unit: Option<String> = optional "Unit",
        /// 用法
        usage: Option<String> = optional "UsageN",
        /// 特別指示
        instruction: Option<String> = optional "SpInst",
        /// 回数 (日数)
        times: Option<u32> = optional "Times",
        /// 診療識別: 21 内服 and so on, as in claims
        kind: Option<String> = optional "MeTrIdCl",
    }
}

record! {
    /// 診療行為: one treatment, or one operation.
    pub struct Treatment {
        /// 診療行為コード
        code: Option<String> = optional "SinInfCd",
        /// 診療行為名
        name: String = required "SinInfN",
        /// 診療識別, as in claims
        kind: Option<String> = optional "MeTrIdCl",
        /// 数量, a decimal number
        quantity: Option<String> = optional "Qua1",
        /// 回数
        times: Option<u32> = optional "Times",
        /// 単位
        unit: Option<String> = optional "Unit",
    }
}

record! {
    /// 特定健診情報
    pub struct CheckUps {
        /// One per examination
        check_ups: Vec<CheckUp> = list "SpecificHealthCheckupInfos/SpecificHealthCheckupInfo",
    }
}

record! {
    /// One examination.
    pub struct CheckUp {
        /// 実施年月日
        day: Date = required "EffectiveTime",
        /// 健診結果・質問票
        items: Vec<CheckUpItem> = list "HealthCheckupResultAndQuestionInfos/HealthCheckupResultAndQuestionInfo",
    }
}

record! {
    /// One measurement, or one answer of the questionnaire.
    pub struct CheckUpItem {
        /// 項目コード (JLAC10)
        code: String = required "ItemCode",
        /// 項目名
        name: Option<String> = optional "ItemName",
        /// データタイプ: PQ, CD, CO or ST, as in HL7
        kind: Option<String> = optional "DataType",
        /// データ値
        value: Option<String> = optional "DataValue",
        /// 単位
        unit: Option<String> = optional "Unit",
        /// The list of a coded value
        oid: Option<String> = optional "Oid",
        /// データ値の名称
        value_name: Option<String> = optional "DataValueName",
    }
}
