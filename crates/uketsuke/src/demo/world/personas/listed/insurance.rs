//! Those of whose insurance something is to be known.

use base::Date;
use jiff::civil::date;
use oqs::{LimitClass, ReasonOfLoss, Sex};

use super::{Insured, Persona, Who, insurance_years, insured, office};
use crate::demo::world::{
    calendar::{day_of_month, days_before},
    coverages::{self, dialysis, limit, lost},
    records::{self, Care, check_up},
};

/// Those whose cards are in order, and something is to be known of their insurance.
#[expect(clippy::too_many_lines, reason = "a list, one entry a person")]
pub(super) fn insurance_with_something(today: Date) -> [Persona; 5] {
    let month = |months: i32| day_of_month(today, months, 1);
    let years = insurance_years(today);
    let omiya = Care::at(today, 11, "月見橋腎クリニック", "月見橋薬局");
    let dialysis_days: Vec<i64> = (0..13).map(|week| 2 + 7 * week).collect();
    [
        Who {
            key: "kajitani-ryosuke",
            name: "梶谷　亮介",
            kana: "カジタニ　リョウスケ",
            latin: "KAJITANI Ryosuke",
            birth: date(1990, 3, 5),
            sex: Sex::Male,
            postcode: "464-0000",
            address: "愛知県名古屋市千種区七草町九丁目96番8号",
            office: office::CHIKUSA,
            pin: "2468",
            password: "RYO900305",
            label: ("資格が無効", "No longer insured"),
            note: (
                "退職して資格を失い、次の保険にまだ入っていません。資格は「無効」と出ます。",
                "Left the employer and its insurer, and has no new one yet: the answer is 無効 (invalid).",
            ),
        }
        .with_card_of(
            days_before(today, 480),
            insured(
                lost(
                    coverages::ASSOCIATION_AICHI.insures("92030071", "412", date(2013, 4, 1)),
                    month(-1),
                    ReasonOfLoss::Other,
                ),
                Vec::new(),
            ),
        ),
        Who {
            key: "hidaka-chihiro",
            name: "日高　千尋",
            kana: "ヒダカ　チヒロ",
            latin: "HIDAKA Chihiro",
            birth: date(1994, 7, 16),
            sex: Sex::Female,
            postcode: "166-0000",
            address: "東京都杉並区星凪町九丁目94番2-101号",
            office: office::SUGINAMI,
            pin: "5390",
            password: "CHIHIRO0716",
            label: ("無効（新しい資格あり）", "Invalid, with newer insurance"),
            note: (
                "転職の途中です。前の資格は終わり、次の資格はこれから始まります。「無効（新しい資格あり）」と出ます。",
                "Between two employers: the old insurance is over, the next is known but has not begun.",
            ),
        }
        .with_card_of(
            days_before(today, 610),
            Insured {
                coverages: vec![
                    lost(
                        coverages::ASSOCIATION_TOKYO.insures("91170009", "56", date(2017, 4, 1)),
                        month(0),
                        ReasonOfLoss::OtherInsurance,
                    ),
                    coverages::SOCIETY_HOSHIZORA.insures("3104", "60233", month(2)),
                ],
                ..Insured::default()
            },
        ),
        Who {
            key: "anzai-rei",
            name: "安西　れい",
            kana: "アンザイ　レイ",
            latin: "ANZAI Rei",
            birth: date(1998, 11, 29),
            sex: Sex::Female,
            postcode: "530-0000",
            address: "大阪府大阪市北区千早町八丁目89番7号",
            office: office::KITA_OSAKA,
            pin: "1937",
            password: "REI981129",
            label: ("複数該当", "Several insurances at once"),
            note: (
                "前の保険の届け出が終わらないまま、次の保険に入っています。「複数該当」と出ます。",
                "The old insurance was not ended when the next began, so both answer.",
            ),
        }
        .with_card_of(
            days_before(today, 365),
            Insured {
                coverages: vec![
                    coverages::ASSOCIATION_OSAKA.insures("90880012", "701", date(2021, 4, 1)),
                    coverages::NATIONAL_OSAKA.insures("北０９", "4407198", month(-2)),
                ],
                ..Insured::default()
            },
        ),
        Who {
            key: "ishiwata-masao",
            name: "石渡　正夫",
            kana: "イシワタ　マサオ",
            latin: "ISHIWATA Masao",
            birth: date(1962, 5, 2),
            sex: Sex::Male,
            postcode: "330-0000",
            address: "埼玉県さいたま市大宮区明星町九丁目92番6号",
            office: office::OMIYA,
            pin: "8052",
            password: "MASAO620502",
            label: ("特定疾病・限度額", "Specific disease and limit"),
            note: (
                "特定疾病療養受療証と限度額適用認定証をお持ちの方です。",
                "Holds a certificate for a specific disease and one that limits what is paid in a month.",
            ),
        }
        .with_card_of(
            days_before(today, 300),
            Insured {
                coverages: vec![coverages::ASSOCIATION_TOKYO.insures("91440030", "9", date(1985, 4, 1))],
                limits: years.map(|year| limit(LimitClass::U, year)).to_vec(),
                specific_diseases: years.map(dialysis).to_vec(),
                records: [
                    omiya.administered(&dialysis_days, &[records::DARBEPOETIN]),
                    omiya.dispensed(&[9, 37, 65], 28, &[records::PRECIPITATED_CALCIUM, records::TELMISARTAN]),
                    omiya.treated(&dialysis_days, &["人工腎臓（慢性維持透析）"]),
                    vec![
                        omiya.operated(1510, "内シャント設置術"),
                        check_up(
                            days_before(today, 140),
                            ["165.2", "61.0", "82.5", "148", "82", "120", "44", "96", "12", "19", "5.6"],
                        ),
                    ],
                ]
                .concat(),
                ..Insured::default()
            },
        ),
        Who {
            key: "hashimoto-kozue",
            // U+23E3A, a form of 橋 that neither JIS X 0208 nor 0212 has.
            name: "𣘺本　梢",
            kana: "ハシモト　コズエ",
            latin: "HASHIMOTO Kozue",
            birth: date(1980, 10, 8),
            sex: Sex::Female,
            postcode: "060-0000",
            address: "北海道札幌市中央区南九十一条西九十四丁目",
            office: office::CHUO_SAPPORO,
            pin: "4761",
            password: "KOZUE1008",
            label: ("氏名に●", "● in the name"),
            note: (
                "氏名の漢字を機械で表せず、資格情報では「●本　梢」と出ます。",
                "Files cannot write the first character of the name: eligibility says ●本　梢.",
            ),
        }
        .with_card_of(
            days_before(today, 770),
            Insured {
                name_in_files: Some("●本　梢"),
                ..insured(
                    coverages::NATIONAL_SAPPORO.insures("札中", "0092815", date(2016, 5, 1)),
                    Care::at(today, 1, "雪見窓医院", "雪見窓薬局").dispensed(&[29], 14, &[records::HEPARINOID]),
                )
            },
        ),
    ]
}
