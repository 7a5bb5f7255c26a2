//! Personas of special ages.

use base::Date;
use eligibility::Coverage;
use jiff::civil::date;
use oqs::{LimitClass, Sex};

use super::offices;
use crate::{
    calendar::{days_before, insurance_years},
    coverages::{
        self, elderly_certificate, family_coverage, late_elderly_coverage, limit_certificate, mother_coverage,
    },
    personas::persona::{InsuranceData, Persona, PersonaSketch, insurance_data},
    records::{self, CareProviders, check_up_record},
};

/// The youngest and the oldest personas.
#[expect(clippy::too_many_lines, reason = "a list, one entry a person")]
pub(super) fn oldest_and_youngest(today: Date) -> [Persona; 3] {
    let years = insurance_years(today);
    let certificates = (years[0].0, years[1].1);
    let seventy_five = |birth: Date| date(birth.year() + 75, birth.month(), birth.day());
    let old = date(today.year() - 81, 11, 3);
    let retired = date(today.year() - 72, 3, 8);
    let (matsumoto, suginami) = (
        CareProviders::new(today, 20, "杜鵑草医院", "杜鵑草薬局"),
        CareProviders::new(today, 13, "ふくろう坂医院", "ふくろう坂薬局"),
    );
    [
        PersonaSketch {
            key: "segawa-tomi",
            name: "瀬川　トミ",
            kana: "セガワ　トミ",
            latin: "SEGAWA Tomi",
            birth_date: old,
            sex: Sex::Female,
            postcode: "390-0000",
            address: "長野県松本市里山九丁目99番12号",
            office: offices::MATSUMOTO,
            pin: "2047",
            password: "TOMI1103SG",
            label: ("後期高齢者（1割）", "75 and older, share of 10%"),
            note: (
                "後期高齢者医療の方で、窓口での負担は1割です。薬や健診の記録がたくさんあります。",
                "Insured as 75 or older and pays 10%. Has many records of medicines and check-ups.",
            ),
        }
        .into_persona(
            days_before(today, 560),
            InsuranceData {
                coverages: vec![late_elderly_coverage("00918273", 1, seventy_five(old), certificates.1)],
                limits: years.map(|year| limit_certificate(LimitClass::General1, year)).to_vec(),
                records: [
                    matsumoto.dispensed_medicines(
                        &[15, 43, 71, 99, 127],
                        28,
                        &[records::AMLODIPINE, records::TELMISARTAN, records::LIMAPROST],
                    ),
                    matsumoto.treatments(&[15, 43, 71, 99, 127], &["再診料", "外来管理加算"]),
                    vec![
                        matsumoto.day_operation(405, "水晶体再建術（眼内レンズを挿入する場合）"),
                        check_up_record(
                            days_before(today, 120),
                            ["148.6", "46.9", "78.0", "142", "74", "98", "62", "109", "15", "14", "5.7"],
                        ),
                        check_up_record(
                            days_before(today, 488),
                            ["149.0", "47.5", "78.5", "146", "78", "101", "60", "113", "16", "15", "5.7"],
                        ),
                    ],
                ]
                .concat(),
                ..InsuranceData::default()
            },
        ),
        PersonaSketch {
            key: "moriwaki-toshio",
            name: "森脇　敏夫",
            kana: "モリワキ　トシオ",
            latin: "MORIWAKI Toshio",
            birth_date: retired,
            sex: Sex::Male,
            postcode: "658-0000",
            address: "兵庫県神戸市東灘区凪浜町八丁目80番5号",
            office: offices::HIGASHINADA,
            pin: "3816",
            password: "TOSHIO0308",
            label: ("特例退職（70〜74歳）", "Retired, 70 to 74"),
            note: (
                "退職後も健康保険組合に残っている方で、高齢受給者証の負担は2割です。",
                "Stayed with the company's society after retiring; pays 20% by the certificate of those from 70 to 74.",
            ),
        }
        .into_persona(
            days_before(today, 440),
            InsuranceData {
                coverages: vec![Coverage {
                    classification: oqs::InsuredCardClassification::SpecialRetired,
                    elderly: Some(elderly_certificate(2, certificates)),
                    ..coverages::SPECIAL_RETIRED.coverage("特７０１", "11480", date(today.year() - 10, 4, 1))
                }],
                limits: years.map(|year| limit_certificate(LimitClass::General70, year)).to_vec(),
                records: CareProviders::new(today, 28, "帆船内科医院", "帆船薬局").dispensed_medicines(
                    &[22, 50, 78],
                    28,
                    &[records::ROSUVASTATIN],
                ),
                ..InsuranceData::default()
            },
        ),
        PersonaSketch {
            key: "hayama-koharu",
            name: "葉山　こはる",
            kana: "ハヤマ　コハル",
            latin: "HAYAMA Koharu",
            birth_date: date(today.year() - 4, 5, 20),
            sex: Sex::Female,
            postcode: "166-0000",
            address: "東京都杉並区若苗町九丁目91番5-302号",
            office: offices::SUGINAMI,
            pin: "0520",
            password: "",
            label: ("未就学のお子さん", "A small child"),
            note: (
                "葉山 美咲さんのお子さんで、お母さんの保険の家族です。暗証番号は保護者が入力します。",
                "The child of Hayama Misaki, insured with her mother. A parent enters the PIN.",
            ),
        }
        .into_persona(
            days_before(today, 200),
            insurance_data(
                Coverage {
                    preschool: Some(oqs::Preschool::Preschool),
                    issued: Some(date(today.year() - 4, 6, 1)),
                    valid_from: Some(date(today.year() - 4, 5, 20)),
                    qualified_on: date(today.year() - 4, 5, 20),
                    ..family_coverage(mother_coverage(), 1, "葉山　美咲")
                },
                [
                    suginami.dispensed_medicines(
                        &[18],
                        5,
                        &[records::ACETAMINOPHEN_POWDER, records::CARBOCISTEINE_SYRUP],
                    ),
                    suginami.treatments(&[18], &["小児科外来診療料"]),
                ]
                .concat(),
            ),
        )
        .without_signature(),
    ]
}
