//! Personas without a special property.

use base::Date;
use jiff::civil::date;
use oqs::Sex;

use super::offices;
use crate::{
    calendar::days_before,
    coverages::{self, mother_coverage},
    personas::persona::{Persona, PersonaSketch, insurance_data},
    records::{self, CareProviders, check_up_record},
};

/// Four personas without a special property, each with another kind of insurer.
#[expect(clippy::too_many_lines, reason = "a list, one entry a person")]
pub(super) fn ordinary_personas(today: Date) -> [Persona; 4] {
    let suginami = CareProviders::new(today, 13, "ふくろう坂医院", "ふくろう坂薬局");
    let chikusa = CareProviders::new(today, 23, "朝顔通りクリニック", "朝顔通り薬局");
    let kobe = CareProviders::new(today, 28, "帆船内科医院", "帆船薬局");
    let at_clinic = |care: CareProviders, ago: &[i64]| care.treatments(ago, &["再診料", "外来管理加算"]);
    [
        PersonaSketch {
            key: "hayama-misaki",
            name: "葉山　美咲",
            kana: "ハヤマ　ミサキ",
            latin: "HAYAMA Misaki",
            birth_date: date(1991, 4, 18),
            sex: Sex::Female,
            postcode: "166-0000",
            address: "東京都杉並区若苗町九丁目91番5-302号",
            office: offices::SUGINAMI,
            pin: "4186",
            password: "MISAKI0418",
            label: ("協会けんぽ", "Employees' insurance"),
            note: (
                "会社員の方です。カードも保険も有効で、すべての手続きがそのまま進みます。",
                "An employee. Card and insurance are in order, and everything goes straight through.",
            ),
        }
        .into_persona(
            days_before(today, 700),
            insurance_data(
                mother_coverage(),
                [
                    suginami.dispensed_medicines(&[24, 52], 14, &[records::FEXOFENADINE]),
                    suginami.dispensed_medicines(&[110], 5, &[records::ACETAMINOPHEN]),
                    at_clinic(suginami, &[24, 52, 110]),
                ]
                .concat(),
            ),
        ),
        PersonaSketch {
            key: "kashiwagi-koji",
            name: "柏木　浩二",
            kana: "カシワギ　コウジ",
            latin: "KASHIWAGI Koji",
            birth_date: date(1978, 9, 3),
            sex: Sex::Male,
            postcode: "225-0000",
            address: "神奈川県横浜市青葉区雲雀台八丁目84番11号",
            office: offices::AOBA_YOKOHAMA,
            pin: "7302",
            password: "KOJI1978KW",
            label: ("健康保険組合", "Company's insurance society"),
            note: (
                "健康保険組合に加入している方です。薬、診療、健診の記録がそろっています。",
                "Insured by a company's society, with records of medicines, treatment and check-ups.",
            ),
        }
        .into_persona(
            days_before(today, 410),
            insurance_data(
                coverages::SOCIETY_HOSHIZORA.coverage("3104", "52871", date(2003, 4, 1)),
                [
                    suginami.dispensed_medicines(
                        &[20, 48, 76, 104, 132],
                        28,
                        &[records::AMLODIPINE, records::ROSUVASTATIN],
                    ),
                    suginami.treatments(&[20, 48, 76, 104, 132], &["再診料", "生活習慣病管理料（２）"]),
                    suginami.treatments(&[76], &["血液化学検査（10項目以上）"]),
                    vec![
                        check_up_record(
                            days_before(today, 160),
                            ["172.4", "76.8", "88.5", "138", "86", "168", "49", "141", "38", "61", "5.8"],
                        ),
                        check_up_record(
                            days_before(today, 525),
                            ["172.4", "78.1", "90.0", "144", "90", "182", "47", "152", "42", "70", "5.9"],
                        ),
                    ],
                ]
                .concat(),
            ),
        ),
        PersonaSketch {
            key: "saegusa-yukari",
            name: "三枝　由香里",
            kana: "サエグサ　ユカリ",
            latin: "SAEGUSA Yukari",
            birth_date: date(1985, 12, 21),
            sex: Sex::Female,
            postcode: "464-0000",
            address: "愛知県名古屋市千種区朝顔町九丁目95番2号",
            office: offices::CHIKUSA,
            pin: "2915",
            password: "YUKARI1221",
            label: ("共済組合", "Mutual aid association"),
            note: (
                "学校に勤め、共済組合に加入している方です。手術の記録があります。",
                "Works at a school and is insured by a mutual aid association. Has a record of an operation.",
            ),
        }
        .into_persona(
            days_before(today, 980),
            insurance_data(
                coverages::MUTUAL_AID_SCHOOLS.coverage("公学愛９１", "0048213", date(2009, 4, 1)),
                [
                    chikusa.dispensed_medicines(&[33], 7, &[records::LOXOPROFEN, records::HEPARINOID]),
                    at_clinic(chikusa, &[33]),
                    vec![
                        chikusa.operation(870, "腹腔鏡下胆嚢摘出術"),
                        check_up_record(
                            days_before(today, 210),
                            ["158.0", "51.2", "71.5", "112", "70", "64", "78", "104", "14", "16", "5.3"],
                        ),
                    ],
                ]
                .concat(),
            ),
        ),
        PersonaSketch {
            key: "karita-makoto",
            name: "苅田　誠",
            kana: "カリタ　マコト",
            latin: "KARITA Makoto",
            birth_date: date(1973, 2, 9),
            sex: Sex::Male,
            postcode: "658-0000",
            address: "兵庫県神戸市東灘区帆船町七丁目78番6号",
            office: offices::HIGASHINADA,
            pin: "5043",
            password: "KARITA73MK",
            label: ("国保（自営業）", "National health insurance, self-employed"),
            note: (
                "自営業で、市の国民健康保険に加入している方です。保険者番号は6桁です。",
                "Self-employed and insured by the city (国民健康保険), whose insurer number has six digits.",
            ),
        }
        .into_persona(
            days_before(today, 330),
            insurance_data(
                coverages::NATIONAL_KOBE.coverage("神東", "1183046", date(2012, 6, 1)),
                [
                    kobe.dispensed_medicines(&[12, 42, 73], 30, &[records::METFORMIN]),
                    kobe.treatments(&[12, 42, 73], &["再診料", "ＨｂＡ１ｃ"]),
                    vec![check_up_record(
                        days_before(today, 95),
                        ["168.9", "70.3", "86.0", "126", "80", "131", "55", "118", "27", "33", "6.7"],
                    )],
                ]
                .concat(),
            ),
        ),
    ]
}
