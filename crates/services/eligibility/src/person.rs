//! What the insurers know of a person.

use std::fmt;

use base::{Date, InstitutionCode};
use database::{FromColumn, ToColumn, Value, WrongValue};
use serde::{Deserialize, Serialize};

use crate::rules::{consent_registration::InsuranceCard, coverage::Coverage, item::ConsentItem};

/// 加入者: the id of an insured person. It never leaves the national side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub(crate) i64);

/// The id of the first person that is loaded. Persons added one by one have ids below it.
const FIRST_LOADED: i64 = 1_000_000_000;

impl PersonId {
    /// The id of a loaded person, by the number that the person has in the [`PersonSource`](crate::PersonSource).
    pub fn from_load(number: u64) -> Self {
        Self(FIRST_LOADED.saturating_add_unsigned(number))
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl ToColumn for PersonId {
    fn to_column(&self) -> Value<'_> {
        self.0.to_column()
    }
}

impl FromColumn for PersonId {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        i64::from_column(value).map(Self)
    }
}

/// A person, as known to the insurers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// 氏名, with ● for what files cannot write
    pub name: oqs::FullName,
    /// 氏名カナ
    pub kana: oqs::KanaName,
    /// 氏名（その他）: another name the person goes by
    pub other_name: Option<oqs::FullName>,
    /// 氏名カナ（その他）
    pub other_kana: Option<oqs::KanaName>,
    /// 性別
    pub sex: oqs::Sex,
    /// 生年月日
    pub birth: Date,
    /// 郵便番号
    pub postcode: String,
    /// 住所
    pub address: String,
    /// Whether the card is registered as insurance card
    pub card: InsuranceCard,
}

/// A person with coverages and records, as loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    pub person: Person,
    /// The present and past coverages.
    pub coverages: Vec<Coverage>,
    /// 限度額適用認定証等
    pub limits: Vec<LimitCertificate>,
    /// 特定疾病療養受療証
    pub specific_diseases: Vec<SpecificDiseaseCertificate>,
    /// Health records.
    pub records: Vec<Record>,
}

/// 限度額適用認定証 and similar certificates: the most that is paid in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitCertificate {
    /// 認定証区分
    pub classification: oqs::LimitCertificateClassification,
    /// 適用区分
    pub class: oqs::LimitClass,
    /// 交付年月日
    pub issued: Option<Date>,
    /// 有効開始年月日
    pub valid_from: Date,
    /// 有効終了年月日
    pub valid_to: Date,
    /// 長期入院該当年月日
    pub long_term_from: Option<Date>,
}

/// 特定疾病療養受療証
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecificDiseaseCertificate {
    /// 認定疾病区分
    pub disease: oqs::SpecificDisease,
    /// 交付年月日
    pub issued: Option<Date>,
    /// 有効開始年月日
    pub valid_from: Date,
    /// 有効終了年月日
    pub valid_to: Date,
    /// 自己負担限度額, yen a month
    pub self_pay: u32,
}

/// One dated record of a person's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub day: Date,
    pub content: RecordContent,
}

/// The content of a health record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordContent {
    /// 薬剤情報
    Medicine(Medicine),
    /// 診療情報
    Treatment(Procedure),
    /// 手術情報
    Operation(Procedure),
    /// 特定健診等情報
    CheckUp(CheckUp),
}

/// An institution or pharmacy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Provider {
    /// 医療機関コード of the institution or pharmacy
    pub code: Option<InstitutionCode>,
    /// Its name
    pub name: String,
}

/// 薬剤: one medicine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Medicine {
    /// 医薬品名
    pub name: String,
    /// 一般名
    #[serde(default)]
    pub ingredient: Option<String>,
    /// 使用量, a decimal number: the dose
    #[serde(default)]
    pub dose: Option<String>,
    /// 単位 of the dose
    #[serde(default)]
    pub unit: Option<String>,
    /// 用法
    #[serde(default)]
    pub usage: Option<String>,
    /// 日数 or times
    pub days: u32,
    /// How the person got it.
    #[serde(rename = "given")]
    pub supply: MedicineSupply,
    /// Who dispensed or administered it.
    #[serde(rename = "place")]
    pub provider: Provider,
}

/// How the person got a medicine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MedicineSupply {
    /// 調剤: by a pharmacy, on a prescription
    Dispensed {
        #[serde(default)]
        prescriber: Option<Provider>,
    },
    /// 院内: by the institution itself
    Administered,
}

/// 診療行為: one treatment, or one operation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Procedure {
    /// 診療行為名
    pub name: String,
    /// 回数
    pub times: u32,
    /// Who did it
    #[serde(rename = "place")]
    pub provider: Provider,
    /// 入院・入院外別
    pub stay: Stay,
}

/// 入院・入院外別
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stay {
    /// 入院
    Inpatient,
    /// 入院外
    Outpatient,
}

/// One examination.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CheckUp {
    pub findings: Vec<Finding>,
}

/// One measurement of an examination, or one response to its questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// 項目コード (JLAC10)
    pub code: String,
    /// 項目名
    pub name: String,
    /// データ値
    pub value: String,
    /// 単位
    #[serde(default)]
    pub unit: Option<String>,
}

impl RecordContent {
    /// The consent item under which it is shown.
    pub fn item(&self) -> ConsentItem {
        match self {
            Self::Medicine(_) => ConsentItem::Medicines,
            Self::Treatment(_) => ConsentItem::Treatments,
            Self::Operation(_) => ConsentItem::Operations,
            Self::CheckUp(_) => ConsentItem::CheckUps,
        }
    }
}
