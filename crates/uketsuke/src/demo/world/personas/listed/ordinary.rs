//! Those with whom nothing is the matter.

use base::Date;
use jiff::civil::date;
use oqs::Sex;

use super::{Persona, Who, insured, mother_of_a_child, office};
use crate::demo::world::{
    calendar::days_before,
    coverages,
    records::{self, Care, check_up},
};

/// Four with whom nothing is the matter, each with an insurer of another kind.
#[expect(clippy::too_many_lines, reason = "a list, one entry a person")]
pub(super) fn ordinary(today: Date) -> [Persona; 4] {
    let suginami = Care::at(today, 13, "ふくろう坂医院", "ふくろう坂薬局");
    let chikusa = Care::at(today, 23, "朝顔通りクリニック", "朝顔通り薬局");
    let kobe = Care::at(today, 28, "帆船内科医院", "帆船薬局");
    let at_clinic = |care: Care, ago: &[i64]| care.treated(ago, &["再診料", "外来管理加算"]);
    [
        Who {
            key: "hayama-misaki",
            name: "葉山　美咲",
            kana: "ハヤマ　ミサキ",
            latin: "HAYAMA Misaki",
            birth: date(1991, 4, 18),
            sex: Sex::Female,
            postcode: "166-0000",
            address: "東京都杉並区若苗町九丁目91番5-302号",
            office: office::SUGINAMI,
            pin: "4186",
            password: "MISAKI0418",
            label: ("協会けんぽ", "Employees' insurance"),
            note: (
                "会社員の方です。カードも保険も有効で、すべての手続きがそのまま進みます。",
                "An employee. Card and insurance are in order, and everything goes straight through.",
            ),
        }
        .with_card_of(
            days_before(today, 700),
            insured(
                mother_of_a_child(),
                [
                    suginami.dispensed(&[24, 52], 14, &[records::FEXOFENADINE]),
                    suginami.dispensed(&[110], 5, &[records::ACETAMINOPHEN]),
                    at_clinic(suginami, &[24, 52, 110]),
                ]
                .concat(),
            ),
        ),
        Who {
            key: "kashiwagi-koji",
            name: "柏木　浩二",
            kana: "カシワギ　コウジ",
            latin: "KASHIWAGI Koji",
            birth: date(1978, 9, 3),
            sex: Sex::Male,
            postcode: "225-0000",
            address: "神奈川県横浜市青葉区雲雀台八丁目84番11号",
            office: office::AOBA_YOKOHAMA,
            pin: "7302",
            password: "KOJI1978KW",
            label: ("健康保険組合", "Company's insurance society"),
            note: (
                "健康保険組合に加入している方です。薬、診療、健診の記録がそろっています。",
                "Insured by a company's society, with records of medicines, treatment and check-ups.",
            ),
        }
        .with_card_of(
            days_before(today, 410),
            insured(
                coverages::SOCIETY_HOSHIZORA.insures("3104", "52871", date(2003, 4, 1)),
                [
                    suginami.dispensed(&[20, 48, 76, 104, 132], 28, &[records::AMLODIPINE, records::ROSUVASTATIN]),
                    suginami.treated(&[20, 48, 76, 104, 132], &["再診料", "生活習慣病管理料（２）"]),
                    suginami.treated(&[76], &["血液化学検査（10項目以上）"]),
                    vec![
                        check_up(
                            days_before(today, 160),
                            ["172.4", "76.8", "88.5", "138", "86", "168", "49", "141", "38", "61", "5.8"],
                        ),
                        check_up(
                            days_before(today, 525),
                            ["172.4", "78.1", "90.0", "144", "90", "182", "47", "152", "42", "70", "5.9"],
                        ),
                    ],
                ]
                .concat(),
            ),
        ),
        Who {
            key: "saegusa-yukari",
            name: "三枝　由香里",
            kana: "サエグサ　ユカリ",
            latin: "SAEGUSA Yukari",
            birth: date(1985, 12, 21),
            sex: Sex::Female,
            postcode: "464-0000",
            address: "愛知県名古屋市千種区朝顔町九丁目95番2号",
            office: office::CHIKUSA,
            pin: "2915",
            password: "YUKARI1221",
            label: ("共済組合", "Mutual aid association"),
            note: (
                "学校に勤め、共済組合に加入している方です。手術の記録があります。",
                "Works at a school and is insured by a mutual aid association. Has a record of an operation.",
            ),
        }
        .with_card_of(
            days_before(today, 980),
            insured(
                coverages::MUTUAL_AID_SCHOOLS.insures("公学愛９１", "0048213", date(2009, 4, 1)),
                [
                    chikusa.dispensed(&[33], 7, &[records::LOXOPROFEN, records::HEPARINOID]),
                    at_clinic(chikusa, &[33]),
                    vec![
                        chikusa.operated(870, "腹腔鏡下胆嚢摘出術"),
                        check_up(
                            days_before(today, 210),
                            ["158.0", "51.2", "71.5", "112", "70", "64", "78", "104", "14", "16", "5.3"],
                        ),
                    ],
                ]
                .concat(),
            ),
        ),
        Who {
            key: "karita-makoto",
            name: "苅田　誠",
            kana: "カリタ　マコト",
            latin: "KARITA Makoto",
            birth: date(1973, 2, 9),
            sex: Sex::Male,
            postcode: "658-0000",
            address: "兵庫県神戸市東灘区帆船町七丁目78番6号",
            office: office::HIGASHINADA,
            pin: "5043",
            password: "KARITA73MK",
            label: ("国保（自営業）", "National health insurance, self-employed"),
            note: (
                "自営業で、市の国民健康保険に加入している方です。保険者番号は6桁です。",
                "Self-employed and insured by the city (国民健康保険), whose insurer number has six digits.",
            ),
        }
        .with_card_of(
            days_before(today, 330),
            insured(
                coverages::NATIONAL_KOBE.insures("神東", "1183046", date(2012, 6, 1)),
                [
                    kobe.dispensed(&[12, 42, 73], 30, &[records::METFORMIN]),
                    kobe.treated(&[12, 42, 73], &["再診料", "ＨｂＡ１ｃ"]),
                    vec![check_up(
                        days_before(today, 95),
                        ["168.9", "70.3", "86.0", "126", "80", "131", "55", "118", "27", "33", "6.7"],
                    )],
                ]
                .concat(),
            ),
        ),
    ]
}
