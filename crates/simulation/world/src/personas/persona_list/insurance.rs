//! Personas with unusual insurance.

use base::Date;
use jiff::civil::date;
use oqs::{LimitClass, ReasonOfLoss, Sex};

use super::offices;
use crate::{
    calendar::{day_of_month, days_before, insurance_years},
    coverages::{self, dialysis_certificate, limit_certificate, lost_coverage},
    personas::persona::{InsuranceData, Persona, PersonaSketch, insurance_data},
    records::{self, CareProviders, check_up_record},
};

/// Personas with an ordinary card and unusual insurance.
#[expect(clippy::too_many_lines, reason = "a list, one entry a person")]
pub(super) fn personas_with_unusual_insurance(today: Date) -> [Persona; 5] {
    let month = |months: i32| day_of_month(today, months, 1);
    let years = insurance_years(today);
    let omiya = CareProviders::new(today, 11, "月見橋腎クリニック", "月見橋薬局");
    let dialysis_days: Vec<i64> = (0..13).map(|week| 2 + 7 * week).collect();
    [
        PersonaSketch {
            key: "kajitani-ryosuke",
            name: "梶谷　亮介",
            kana: "カジタニ　リョウスケ",
            latin: "KAJITANI Ryosuke",
            birth_date: date(1990, 3, 5),
            sex: Sex::Male,
            postcode: "464-0000",
            address: "愛知県名古屋市千種区七草町九丁目96番8号",
            office: offices::CHIKUSA,
            pin: "2468",
            password: "RYO900305",
            label: ("資格が無効", "No longer insured"),
            note: (
                "退職して資格を失い、次の保険にまだ入っていません。資格は「無効」と出ます。",
                "Left the employer and its insurer, and has no new one yet: the answer is 無効 (invalid).",
            ),
        }
        .into_persona(
            days_before(today, 480),
            insurance_data(
                lost_coverage(
                    coverages::ASSOCIATION_AICHI.coverage("92030071", "412", date(2013, 4, 1)),
                    month(-1),
                    ReasonOfLoss::Other,
                ),
                Vec::new(),
            ),
        ),
        PersonaSketch {
            key: "hidaka-chihiro",
            name: "日高　千尋",
            kana: "ヒダカ　チヒロ",
            latin: "HIDAKA Chihiro",
            birth_date: date(1994, 7, 16),
            sex: Sex::Female,
            postcode: "166-0000",
            address: "東京都杉並区星凪町九丁目94番2-101号",
            office: offices::SUGINAMI,
            pin: "5390",
            password: "CHIHIRO0716",
            label: ("無効（新しい資格あり）", "Invalid, with newer insurance"),
            note: (
                "転職の途中です。前の資格は終わり、次の資格はこれから始まります。「無効（新しい資格あり）」と出ます。",
                "Between two employers: the old insurance is over, the next is known but has not begun.",
            ),
        }
        .into_persona(
            days_before(today, 610),
            InsuranceData {
                coverages: vec![
                    lost_coverage(
                        coverages::ASSOCIATION_TOKYO.coverage("91170009", "56", date(2017, 4, 1)),
                        month(0),
                        ReasonOfLoss::OtherInsurance,
                    ),
                    coverages::SOCIETY_HOSHIZORA.coverage("3104", "60233", month(2)),
                ],
                ..InsuranceData::default()
            },
        ),
        PersonaSketch {
            key: "anzai-rei",
            name: "安西　れい",
            kana: "アンザイ　レイ",
            latin: "ANZAI Rei",
            birth_date: date(1998, 11, 29),
            sex: Sex::Female,
            postcode: "530-0000",
            address: "大阪府大阪市北区千早町八丁目89番7号",
            office: offices::KITA_OSAKA,
            pin: "1937",
            password: "REI981129",
            label: ("複数該当", "Several insurances at once"),
            note: (
                "前の保険の届け出が終わらないまま、次の保険に入っています。「複数該当」と出ます。",
                "The old insurance was not ended when the next began, so both answer.",
            ),
        }
        .into_persona(
            days_before(today, 365),
            InsuranceData {
                coverages: vec![
                    coverages::ASSOCIATION_OSAKA.coverage("90880012", "701", date(2021, 4, 1)),
                    coverages::NATIONAL_OSAKA.coverage("北０９", "4407198", month(-2)),
                ],
                ..InsuranceData::default()
            },
        ),
        PersonaSketch {
            key: "ishiwata-masao",
            name: "石渡　正夫",
            kana: "イシワタ　マサオ",
            latin: "ISHIWATA Masao",
            birth_date: date(1962, 5, 2),
            sex: Sex::Male,
            postcode: "330-0000",
            address: "埼玉県さいたま市大宮区明星町九丁目92番6号",
            office: offices::OMIYA,
            pin: "8052",
            password: "MASAO620502",
            label: ("特定疾病・限度額", "Specific disease and limit"),
            note: (
                "特定疾病療養受療証と限度額適用認定証をお持ちの方です。",
                "Holds a certificate for a specific disease and one that limits what is paid in a month.",
            ),
        }
        .into_persona(
            days_before(today, 300),
            InsuranceData {
                coverages: vec![coverages::ASSOCIATION_TOKYO.coverage("91440030", "9", date(1985, 4, 1))],
                limits: years.map(|year| limit_certificate(LimitClass::U, year)).to_vec(),
                specific_diseases: years.map(dialysis_certificate).to_vec(),
                records: [
                    omiya.administered_medicines(&dialysis_days, &[records::DARBEPOETIN]),
                    omiya.dispensed_medicines(&[9, 37, 65], 28, &[records::PRECIPITATED_CALCIUM, records::TELMISARTAN]),
                    omiya.treatments(&dialysis_days, &["人工腎臓（慢性維持透析）"]),
                    vec![
                        omiya.operation(1510, "内シャント設置術"),
                        check_up_record(
                            days_before(today, 140),
                            ["165.2", "61.0", "82.5", "148", "82", "120", "44", "96", "12", "19", "5.6"],
                        ),
                    ],
                ]
                .concat(),
                ..InsuranceData::default()
            },
        ),
        PersonaSketch {
            key: "hashimoto-kozue",
            // U+23E3A, a variant of 橋 that neither JIS X 0208 nor 0212 contains.
            name: "𣘺本　梢",
            kana: "ハシモト　コズエ",
            latin: "HASHIMOTO Kozue",
            birth_date: date(1980, 10, 8),
            sex: Sex::Female,
            postcode: "060-0000",
            address: "北海道札幌市中央区南九十一条西九十四丁目",
            office: offices::CHUO_SAPPORO,
            pin: "4761",
            password: "KOZUE1008",
            label: ("氏名に●", "● in the name"),
            note: (
                "氏名の漢字を機械で表せず、資格情報では「●本　梢」と出ます。",
                "Files cannot write the first character of the name: eligibility says ●本　梢.",
            ),
        }
        .into_persona(
            days_before(today, 770),
            InsuranceData {
                name_in_files: Some("●本　梢"),
                ..insurance_data(
                    coverages::NATIONAL_SAPPORO.coverage("札中", "0092815", date(2016, 5, 1)),
                    CareProviders::new(today, 1, "雪見窓医院", "雪見窓薬局").dispensed_medicines(
                        &[29],
                        14,
                        &[records::HEPARINOID],
                    ),
                )
            },
        ),
    ]
}
