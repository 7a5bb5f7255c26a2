//! The medical records of the demo's people, which are stored on the national side alone.

use base::{Date, InstitutionCode, Prefecture, ScoreTable};
use eligibility::{CheckUp, Finding, Medicine, MedicineSupply, Procedure, Provider, Record, RecordContent, Stay};

use crate::calendar::days_before;

/// The clinic and the pharmacy of a persona.
#[derive(Clone, Copy)]
pub(super) struct CareProviders {
    today: Date,
    prefecture: u8,
    clinic: &'static str,
    pharmacy: &'static str,
}

/// A medicine in records: name, ingredient, dose and unit, usage.
#[derive(Clone, Copy)]
pub(super) struct Drug(&'static str, &'static str, (&'static str, &'static str), &'static str);

pub(super) const AMLODIPINE: Drug =
    Drug("アムロジピン錠５ｍｇ", "アムロジピンベシル酸塩", ("1", "錠"), "１日１回朝食後服用");
pub(super) const TELMISARTAN: Drug =
    Drug("テルミサルタン錠４０ｍｇ", "テルミサルタン", ("1", "錠"), "１日１回朝食後服用");
pub(super) const METFORMIN: Drug =
    Drug("メトホルミン塩酸塩錠５００ｍｇ", "メトホルミン塩酸塩", ("2", "錠"), "１日２回朝夕食後服用");
pub(super) const ROSUVASTATIN: Drug =
    Drug("ロスバスタチン錠２．５ｍｇ", "ロスバスタチンカルシウム", ("1", "錠"), "１日１回夕食後服用");
pub(super) const FEXOFENADINE: Drug =
    Drug("フェキソフェナジン塩酸塩錠６０ｍｇ", "フェキソフェナジン塩酸塩", ("2", "錠"), "１日２回朝夕食後服用");
pub(super) const HEPARINOID: Drug =
    Drug("ヘパリン類似物質油性クリーム０．３％", "ヘパリン類似物質", ("50", "ｇ"), "１日２回塗布");
pub(super) const ACETAMINOPHEN: Drug =
    Drug("アセトアミノフェン錠５００ｍｇ", "アセトアミノフェン", ("1", "錠"), "発熱・疼痛時服用");
pub(super) const ACETAMINOPHEN_POWDER: Drug =
    Drug("アセトアミノフェン細粒２０％", "アセトアミノフェン", ("0.8", "ｇ"), "発熱時服用");
pub(super) const CARBOCISTEINE_SYRUP: Drug =
    Drug("カルボシステインシロップ５％", "Ｌ－カルボシステイン", ("9", "ｍＬ"), "１日３回毎食後服用");
pub(super) const LIMAPROST: Drug =
    Drug("リマプロストアルファデクス錠５μｇ", "リマプロストアルファデクス", ("3", "錠"), "１日３回毎食後服用");
pub(super) const PRECIPITATED_CALCIUM: Drug =
    Drug("沈降炭酸カルシウム錠５００ｍｇ", "沈降炭酸カルシウム", ("6", "錠"), "１日３回食直後服用");
pub(super) const DARBEPOETIN: Drug =
    Drug("ダルベポエチンアルファ注シリンジ２０μｇ", "ダルベポエチン　アルファ", ("1", "筒"), "透析終了時注射");
pub(super) const LOXOPROFEN: Drug =
    Drug("ロキソプロフェンＮａ錠６０ｍｇ", "ロキソプロフェンナトリウム水和物", ("1", "錠"), "疼痛時服用");

impl CareProviders {
    /// A clinic and a pharmacy in one prefecture; days of records are relative to `today`.
    pub(super) fn new(today: Date, prefecture: u8, clinic: &'static str, pharmacy: &'static str) -> Self {
        Self { today, prefecture, clinic, pharmacy }
    }

    fn provider(self, table: ScoreTable, name: &str) -> Provider {
        // The list of personas has valid prefectures.
        let prefecture = Prefecture::from_code(self.prefecture).expect("the list has valid prefectures");
        Provider { code: Some(InstitutionCode::from_parts(prefecture, table, 980_001)), name: name.to_owned() }
    }

    /// Medicines that the pharmacy dispensed on the clinic's prescription, on each of these days.
    pub(super) fn dispensed_medicines(self, days_ago: &[i64], days: u32, drugs: &[Drug]) -> Vec<Record> {
        let prescriber = Some(self.provider(ScoreTable::Medical, self.clinic));
        let supply = MedicineSupply::Dispensed { prescriber };
        self.medicine_records(days_ago, days, drugs, &supply, &self.provider(ScoreTable::Pharmacy, self.pharmacy))
    }

    /// Medicines that the clinic administered.
    pub(super) fn administered_medicines(self, days_ago: &[i64], drugs: &[Drug]) -> Vec<Record> {
        self.medicine_records(
            days_ago,
            1,
            drugs,
            &MedicineSupply::Administered,
            &self.provider(ScoreTable::Medical, self.clinic),
        )
    }

    fn medicine_records(
        self,
        days_ago: &[i64],
        days: u32,
        drugs: &[Drug],
        supply: &MedicineSupply,
        provider: &Provider,
    ) -> Vec<Record> {
        let medicine = |days_before_today: i64, Drug(name, ingredient, (dose, unit), usage): Drug| Record {
            day: days_before(self.today, days_before_today),
            content: RecordContent::Medicine(Medicine {
                name: name.to_owned(),
                ingredient: Some(ingredient.to_owned()),
                dose: Some(dose.to_owned()),
                unit: Some(unit.to_owned()),
                usage: Some(usage.to_owned()),
                days,
                supply: supply.clone(),
                provider: provider.clone(),
            }),
        };
        days_ago
            .iter()
            .flat_map(|days_before_today| drugs.iter().map(|drug| medicine(*days_before_today, *drug)))
            .collect()
    }

    /// Treatments at the clinic, on each of these days.
    pub(super) fn treatments(self, days_ago: &[i64], names: &[&str]) -> Vec<Record> {
        let treatment = |days_before_today: i64, name: &str| Record {
            day: days_before(self.today, days_before_today),
            content: RecordContent::Treatment(self.procedure(name, Stay::Outpatient)),
        };
        days_ago
            .iter()
            .flat_map(|days_before_today| names.iter().map(|name| treatment(*days_before_today, name)))
            .collect()
    }

    /// An operation as an inpatient of the clinic.
    pub(super) fn operation(self, days_ago: i64, name: &str) -> Record {
        let day = days_before(self.today, days_ago);
        Record { day, content: RecordContent::Operation(self.procedure(name, Stay::Inpatient)) }
    }

    /// An operation as an outpatient of the clinic.
    pub(super) fn day_operation(self, days_ago: i64, name: &str) -> Record {
        let day = days_before(self.today, days_ago);
        Record { day, content: RecordContent::Operation(self.procedure(name, Stay::Outpatient)) }
    }

    fn procedure(self, name: &str, stay: Stay) -> Procedure {
        Procedure { name: name.to_owned(), times: 1, provider: self.provider(ScoreTable::Medical, self.clinic), stay }
    }
}

/// What a check-up measures, in the order of the values of [`check_up_record`]: JLAC10 code, name, unit.
const CHECK_UP_ITEMS: [(&str, &str, &str); 11] = [
    ("9N001000000000001", "身長", "cm"),
    ("9N006000000000001", "体重", "kg"),
    ("9N016160100000001", "腹囲（実測）", "cm"),
    ("9A755000000000001", "収縮期血圧", "mmHg"),
    ("9A765000000000001", "拡張期血圧", "mmHg"),
    ("3F015000002327101", "中性脂肪", "mg/dL"),
    ("3F070000002327101", "HDLコレステロール", "mg/dL"),
    ("3F077000002327101", "LDLコレステロール", "mg/dL"),
    ("3B045000002327201", "ALT（GPT）", "U/L"),
    ("3B090000002327101", "γ-GT（γ-GTP）", "U/L"),
    ("3D046000001906202", "HbA1c（NGSP）", "%"),
];

/// 特定健診: one check-up with these values.
pub(super) fn check_up_record(day: Date, values: [&str; 11]) -> Record {
    let finding = |((code, name, unit), value): (&(&str, &str, &str), &str)| Finding {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        value: value.to_owned(),
        unit: Some((*unit).to_owned()),
    };
    let findings = CHECK_UP_ITEMS.iter().zip(values).map(finding).collect();
    Record { day, content: RecordContent::CheckUp(CheckUp { findings }) }
}
