//! The list itself.

mod offices;

use base::Date;
use eligibility::{Coverage, Record};
use jiff::civil::date;
use oqs::{LimitClass, ReasonOfLoss, Sex};

use super::{Insured, Persona, Who};
use crate::demo::world::{
    calendar::{day_of_month, days_before, issued_to_end},
    coverages::{self, dialysis, elderly_certificate, family, late_elderly, limit, lost},
    records::{self, Care, check_up},
};
use offices as office;

/// Certificates of insurers run from August to July: this year's, and the next one's, which is out already.
fn insurance_years(today: Date) -> [(Date, Date); 2] {
    let first = if today.month() >= 8 { today.year() } else { today.year() - 1 };
    [first, first + 1].map(|year| (date(year, 8, 1), date(year + 1, 7, 31)))
}

/// Insured by one insurer, with these records.
fn insured(coverage: Coverage, records: Vec<Record>) -> Insured {
    Insured { coverages: vec![coverage], records, ..Insured::default() }
}

pub(super) fn listed(today: Date) -> Vec<Persona> {
    let mut people = Vec::from(ordinary(today));
    people.extend(cards_with_something(today));
    people.extend(insurance_with_something(today));
    people.extend(old_and_young(today));
    people
}

/// Four with whom nothing is the matter, each with an insurer of another kind.
fn ordinary(today: Date) -> [Persona; 4] {
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

fn mother_of_a_child() -> Coverage {
    coverages::ASSOCIATION_TOKYO.insures("91030022", "187", date(2014, 4, 1))
}

/// Those whose insurance is in order, and their cards are not quite.
fn cards_with_something(today: Date) -> [Persona; 7] {
    let month = |months: i32| day_of_month(today, months, 12);
    let born = |year: i16, end: Date| date(year, end.month(), end.day());
    let (in_grace, expired, soon) = (month(-1), month(-5), month(1));
    [
        Who {
            key: "toyama-takumi",
            name: "遠山　拓海",
            kana: "トオヤマ　タクミ",
            latin: "TOYAMA Takumi",
            birth: date(1996, 6, 30),
            sex: Sex::Male,
            postcode: "658-0000",
            address: "兵庫県神戸市東灘区汐入町八丁目82番1号",
            office: office::HIGASHINADA,
            pin: "8617",
            password: "TAKUMI0630",
            label: ("暗証番号ロック", "PIN locked"),
            note: (
                "暗証番号を3回まちがえ、カードがロックされています。正しい番号でも使えません。",
                "Three wrong PINs have locked the card; even the right one no longer works.",
            ),
        }
        .with_card_of(
            days_before(today, 520),
            insured(coverages::SEAMEN.insures("神戸４７", "20931", date(2018, 10, 1)), Vec::new()),
        )
        .with_tries_left(0),
        Who {
            key: "mizuki-aya",
            name: "水城　彩",
            kana: "ミズキ　アヤ",
            latin: "MIZUKI Aya",
            birth: date(1988, 10, 11),
            sex: Sex::Female,
            postcode: "060-0000",
            address: "北海道札幌市中央区南九十五条西九十二丁目",
            office: office::CHUO_SAPPORO,
            pin: "3950",
            password: "AYA881011",
            label: ("暗証番号の残り1回", "One try left"),
            note: (
                "暗証番号を2回まちがえています。あと1回まちがえるとロックされます。",
                "Two wrong PINs were entered; one more locks the card.",
            ),
        }
        .with_card_of(
            days_before(today, 260),
            insured(
                Coverage {
                    classification: oqs::InsuredCardClassification::SelfDefence,
                    ..coverages::SELF_DEFENCE.insures("陸模９１２", "604418", date(2011, 4, 1))
                },
                Vec::new(),
            ),
        )
        .with_tries_left(1),
        Who {
            key: "narumi-masaru",
            name: "鳴海　勝",
            kana: "ナルミ　マサル",
            latin: "NARUMI Masaru",
            birth: born(1969, expired),
            sex: Sex::Male,
            postcode: "530-0000",
            address: "大阪府大阪市北区雲居通九丁目97番3号",
            office: office::KITA_OSAKA,
            pin: "6274",
            password: "MASARU69NM",
            label: ("証明書の期限切れ", "Certificate expired"),
            note: (
                "電子証明書の期限が切れて3か月を過ぎています。マイナ保険証としては使えません。",
                "The certificate ended more than three months ago and no longer serves as insurance card.",
            ),
        }
        .with_card_of(
            issued_to_end(expired),
            insured(coverages::ASSOCIATION_OSAKA.insures("90210045", "33", date(2002, 9, 1)), Vec::new()),
        ),
        Who {
            key: "shinoda-yoko",
            name: "篠田　葉子",
            kana: "シノダ　ヨウコ",
            latin: "SHINODA Yoko",
            birth: born(1964, in_grace),
            sex: Sex::Female,
            postcode: "390-0000",
            address: "長野県松本市里山九丁目93番4号",
            office: office::MATSUMOTO,
            pin: "1408",
            password: "YOKO1964SN",
            label: ("期限切れから3か月以内", "Within the three months of grace"),
            note: (
                "電子証明書の期限が切れて3か月以内です。資格の確認はできますが、薬や健診の情報は提供されません。",
                "The certificate ended less than three months ago: it still confirms insurance, but shows no medical information.",
            ),
        }
        .with_card_of(
            issued_to_end(in_grace),
            insured(
                coverages::MUTUAL_AID_OFFICES.insures("信職０９", "7715", date(1987, 4, 1)),
                Care::at(today, 20, "杜鵑草医院", "杜鵑草薬局").dispensed(&[17, 45], 28, &[records::TELMISARTAN]),
            ),
        ),
        Who {
            key: "hayase-jun",
            name: "早瀬　潤",
            kana: "ハヤセ　ジュン",
            latin: "HAYASE Jun",
            birth: born(1983, soon),
            sex: Sex::Male,
            postcode: "810-0000",
            address: "福岡県福岡市中央区水面町八丁目86番9号",
            office: office::CHUO_FUKUOKA,
            pin: "9531",
            password: "HAYASE1983",
            label: ("証明書の期限が近い", "Certificate ends soon"),
            note: (
                "電子証明書の期限が近づいています。今は使えますが、更新の案内が出ます。",
                "The certificate ends soon. It works today, and renewal is suggested.",
            ),
        }
        .with_card_of(
            issued_to_end(soon),
            insured(coverages::SOCIETY_ASAGIRI.insures("2207", "90114", date(2006, 4, 1)), Vec::new()),
        ),
        Who {
            key: "kuramoto-daichi",
            name: "蔵本　大地",
            kana: "クラモト　ダイチ",
            latin: "KURAMOTO Daichi",
            birth: date(2001, 1, 27),
            sex: Sex::Male,
            postcode: "810-0000",
            address: "福岡県福岡市中央区水面町九丁目98番1-805号",
            office: office::CHUO_FUKUOKA,
            pin: "7729",
            password: "DAICHI0127",
            label: ("保険証の利用登録なし", "Not registered as insurance card"),
            note: (
                "カードは有効ですが、健康保険証としての利用登録をしていません。",
                "The card is valid but was never registered as insurance card.",
            ),
        }
        .with_card_of(
            days_before(today, 640),
            insured(coverages::SOCIETY_ASAGIRI.insures("2207", "91362", date(2023, 4, 1)), Vec::new()),
        )
        .not_registered_as_insurance_card(),
        Who {
            key: "togawa-toru",
            name: "戸川　徹",
            kana: "トガワ　トオル",
            latin: "TOGAWA Toru",
            birth: date(1976, 8, 14),
            sex: Sex::Male,
            postcode: "225-0000",
            address: "神奈川県横浜市青葉区ことりが谷七丁目71番3号",
            office: office::AOBA_YOKOHAMA,
            pin: "6083",
            password: "TORU760814",
            label: ("失効したカード", "Revoked"),
            note: (
                "紛失の届け出をして、電子証明書が失効しています。あとで見つかったカードです。",
                "Reported lost, so its certificates are revoked; the card was found again later.",
            ),
        }
        .with_card_of(
            days_before(today, 850),
            insured(coverages::DAY_LABOURERS.insures("横日９３", "5120", date(2022, 7, 1)), Vec::new()),
        )
        .reported_lost(),
    ]
}

/// Those whose cards are in order, and something is to be known of their insurance.
fn insurance_with_something(today: Date) -> [Persona; 5] {
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

/// The youngest and the oldest.
fn old_and_young(today: Date) -> [Persona; 3] {
    let years = insurance_years(today);
    let certificates = (years[0].0, years[1].1);
    let seventy_five = |birth: Date| date(birth.year() + 75, birth.month(), birth.day());
    let old = date(today.year() - 81, 11, 3);
    let retired = date(today.year() - 72, 3, 8);
    let (matsumoto, suginami) =
        (Care::at(today, 20, "杜鵑草医院", "杜鵑草薬局"), Care::at(today, 13, "ふくろう坂医院", "ふくろう坂薬局"));
    [
        Who {
            key: "segawa-tomi",
            name: "瀬川　トミ",
            kana: "セガワ　トミ",
            latin: "SEGAWA Tomi",
            birth: old,
            sex: Sex::Female,
            postcode: "390-0000",
            address: "長野県松本市里山九丁目99番12号",
            office: office::MATSUMOTO,
            pin: "2047",
            password: "TOMI1103SG",
            label: ("後期高齢者（1割）", "75 and older, share of 10%"),
            note: (
                "後期高齢者医療の方で、窓口での負担は1割です。薬や健診の記録がたくさんあります。",
                "Insured as 75 or older and pays 10%. Has many records of medicines and check-ups.",
            ),
        }
        .with_card_of(
            days_before(today, 560),
            Insured {
                coverages: vec![late_elderly("00918273", 1, seventy_five(old), certificates.1)],
                limits: years.map(|year| limit(LimitClass::General1, year)).to_vec(),
                records: [
                    matsumoto.dispensed(
                        &[15, 43, 71, 99, 127],
                        28,
                        &[records::AMLODIPINE, records::TELMISARTAN, records::LIMAPROST],
                    ),
                    matsumoto.treated(&[15, 43, 71, 99, 127], &["再診料", "外来管理加算"]),
                    vec![
                        matsumoto.day_operation(405, "水晶体再建術（眼内レンズを挿入する場合）"),
                        check_up(
                            days_before(today, 120),
                            ["148.6", "46.9", "78.0", "142", "74", "98", "62", "109", "15", "14", "5.7"],
                        ),
                        check_up(
                            days_before(today, 488),
                            ["149.0", "47.5", "78.5", "146", "78", "101", "60", "113", "16", "15", "5.7"],
                        ),
                    ],
                ]
                .concat(),
                ..Insured::default()
            },
        ),
        Who {
            key: "moriwaki-toshio",
            name: "森脇　敏夫",
            kana: "モリワキ　トシオ",
            latin: "MORIWAKI Toshio",
            birth: retired,
            sex: Sex::Male,
            postcode: "658-0000",
            address: "兵庫県神戸市東灘区凪浜町八丁目80番5号",
            office: office::HIGASHINADA,
            pin: "3816",
            password: "TOSHIO0308",
            label: ("特例退職（70〜74歳）", "Retired, 70 to 74"),
            note: (
                "退職後も健康保険組合に残っている方で、高齢受給者証の負担は2割です。",
                "Stayed with the company's society after retiring; pays 20% by the certificate of those from 70 to 74.",
            ),
        }
        .with_card_of(
            days_before(today, 440),
            Insured {
                coverages: vec![Coverage {
                    classification: oqs::InsuredCardClassification::SpecialRetired,
                    elderly: Some(elderly_certificate(2, certificates)),
                    ..coverages::SPECIAL_RETIRED.insures("特７０１", "11480", date(today.year() - 10, 4, 1))
                }],
                limits: years.map(|year| limit(LimitClass::General70, year)).to_vec(),
                records: Care::at(today, 28, "帆船内科医院", "帆船薬局").dispensed(
                    &[22, 50, 78],
                    28,
                    &[records::ROSUVASTATIN],
                ),
                ..Insured::default()
            },
        ),
        Who {
            key: "hayama-koharu",
            name: "葉山　こはる",
            kana: "ハヤマ　コハル",
            latin: "HAYAMA Koharu",
            birth: date(today.year() - 4, 5, 20),
            sex: Sex::Female,
            postcode: "166-0000",
            address: "東京都杉並区若苗町九丁目91番5-302号",
            office: office::SUGINAMI,
            pin: "0520",
            password: "",
            label: ("未就学のお子さん", "A small child"),
            note: (
                "葉山 美咲さんのお子さんで、お母さんの保険の家族です。暗証番号は保護者が入力します。",
                "The child of Hayama Misaki, insured with her mother. A parent enters the PIN.",
            ),
        }
        .with_card_of(
            days_before(today, 200),
            insured(
                Coverage {
                    preschool: Some(oqs::Preschool::Preschool),
                    issued: Some(date(today.year() - 4, 6, 1)),
                    valid_from: Some(date(today.year() - 4, 5, 20)),
                    from: date(today.year() - 4, 5, 20),
                    ..family(mother_of_a_child(), 1, "葉山　美咲")
                },
                [
                    suginami.dispensed(&[18], 5, &[records::ACETAMINOPHEN_POWDER, records::CARBOCISTEINE_SYRUP]),
                    suginami.treated(&[18], &["小児科外来診療料"]),
                ]
                .concat(),
            ),
        )
        .without_signature(),
    ]
}
