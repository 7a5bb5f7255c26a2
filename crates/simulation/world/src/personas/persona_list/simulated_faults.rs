//! Personas whose insurers report wrong or late data.

use base::Date;
use eligibility::SimulatedFault;
use jiff::civil::date;
use oqs::{ReasonOfLoss, Sex};

use super::offices;
use crate::{
    calendar::days_before,
    coverages::{self, assistance_coverage, lost_coverage},
    personas::persona::{InsuranceData, Persona, PersonaSketch, insurance_data},
    records::{self, CareProviders},
};

/// Personas with an ordinary card whose insurers report wrong or late data.
#[expect(clippy::too_many_lines, reason = "a list, one entry a person")]
pub(super) fn personas_with_simulated_faults(today: Date) -> [Persona; 4] {
    let changed = days_before(today, 3);
    [
        PersonaSketch {
            key: "kamiya-sota",
            name: "神谷　颯太",
            kana: "カミヤ　ソウタ",
            latin: "KAMIYA Sota",
            birth_date: date(2001, 1, 25),
            sex: Sex::Male,
            postcode: "464-0000",
            address: "愛知県名古屋市千種区若苗町六丁目93番14号",
            office: offices::CHIKUSA,
            pin: "1462",
            password: "SOTA010125",
            label: ("該当資格なし", "No insurance found"),
            note: (
                "就職したばかりで、保険の届け出がまだ済んでいません。「該当資格なし」と出ます。",
                "Has just begun to work, and no insurer has told anything of him yet: the answer is 該当資格なし (not found).",
            ),
        }
        .into_persona(
            days_before(today, 440),
            insurance_data(coverages::ASSOCIATION_AICHI.coverage("92030088", "73", days_before(today, 12)), Vec::new()),
        )
        .with_fault(SimulatedFault::NotInsured),
        PersonaSketch {
            key: "muroi-saori",
            name: "室井　沙織",
            kana: "ムロイ　サオリ",
            latin: "MUROI Saori",
            birth_date: date(1983, 5, 23),
            sex: Sex::Female,
            postcode: "530-0000",
            address: "大阪府大阪市北区凪浜町七丁目85番3-1104号",
            office: offices::KITA_OSAKA,
            pin: "7059",
            password: "SAORI830523",
            label: ("資格情報の遅れ", "Insurers' data is late"),
            note: (
                "3日前に保険が変わりましたが、届け出は5日遅れて届きます。はじめの2日間は、前の保険で「有効」と出ます。",
                "Changed her insurer three days ago, of which one hears after five: for two days the old insurance still answers.",
            ),
        }
        .into_persona(
            days_before(today, 590),
            InsuranceData {
                coverages: vec![
                    lost_coverage(
                        coverages::ASSOCIATION_OSAKA.coverage("90880031", "1204", date(2010, 4, 1)),
                        changed,
                        ReasonOfLoss::OtherInsurance,
                    ),
                    coverages::SOCIETY_HOSHIZORA.coverage("3104", "61187", changed),
                ],
                ..InsuranceData::default()
            },
        )
        .with_fault(SimulatedFault::Late(5)),
        PersonaSketch {
            key: "wakamiya-mei",
            name: "若宮　芽衣",
            kana: "ワカミヤ　メイ",
            latin: "WAKAMIYA Mei",
            birth_date: date(1995, 2, 17),
            sex: Sex::Female,
            postcode: "166-0000",
            address: "東京都杉並区雲雀台六丁目88番2-205号",
            office: offices::SUGINAMI,
            pin: "3381",
            password: "MEI950217",
            label: ("名前が合わない（旧姓）", "Former name at the insurer"),
            note: (
                "結婚して姓が変わり、保険の届け出は前の姓のままです。資格情報では「旧姓　芽衣」と出ます。",
                "Her family name changed, and the insurer still has the former one: eligibility says 旧姓　芽衣.",
            ),
        }
        .into_persona(
            days_before(today, 70),
            insurance_data(coverages::ASSOCIATION_TOKYO.coverage("91030057", "62", date(2018, 4, 1)), Vec::new()),
        )
        .with_fault(SimulatedFault::FormerName),
        PersonaSketch {
            key: "koga-yohei",
            name: "古賀　洋平",
            kana: "コガ　ヨウヘイ",
            latin: "KOGA Yohei",
            birth_date: date(1971, 7, 8),
            sex: Sex::Male,
            postcode: "530-0000",
            address: "大阪府大阪市北区千早町五丁目81番9号",
            office: offices::KITA_OSAKA,
            pin: "6520",
            password: "YOHEI0708KG",
            label: ("医療扶助", "Public assistance"),
            note: (
                "保険ではなく、医療扶助を受けている方です。保険者番号のところに公費負担者番号（12で始まります）が出ます。",
                "Not insured, but on public assistance (医療扶助), whose number begins with 12 and stands where an insurer's does.",
            ),
        }
        .into_persona(
            days_before(today, 350),
            insurance_data(
                // 受給者番号: six digits and their check digit.
                assistance_coverage("1045293", date(2023, 10, 1)),
                CareProviders::new(today, 27, "千早橋診療所", "千早橋薬局").dispensed_medicines(&[21, 49], 28, &[records::AMLODIPINE]),
            ),
        ),
    ]
}
