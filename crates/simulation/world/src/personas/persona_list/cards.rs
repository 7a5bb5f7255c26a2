//! Personas with unusual cards.

use base::Date;
use eligibility::Coverage;
use jiff::civil::date;
use oqs::Sex;

use super::offices;
use crate::{
    calendar::{day_of_month, days_before, issue_date_for_expiry},
    coverages,
    personas::persona::{Persona, PersonaSketch, insurance_data},
    records::{self, CareProviders},
};

/// Personas with ordinary insurance and an unusual card.
#[expect(clippy::too_many_lines, reason = "a list, one entry a person")]
pub(super) fn personas_with_unusual_cards(today: Date) -> [Persona; 7] {
    let month = |months: i32| day_of_month(today, months, 12);
    let born = |year: i16, end: Date| date(year, end.month(), end.day());
    let (in_grace, expired, soon) = (month(-1), month(-5), month(1));
    [
        PersonaSketch {
            key: "toyama-takumi",
            name: "遠山　拓海",
            kana: "トオヤマ　タクミ",
            latin: "TOYAMA Takumi",
            birth_date: date(1996, 6, 30),
            sex: Sex::Male,
            postcode: "658-0000",
            address: "兵庫県神戸市東灘区汐入町八丁目82番1号",
            office: offices::HIGASHINADA,
            pin: "8617",
            password: "TAKUMI0630",
            label: ("暗証番号ロック", "PIN locked"),
            note: (
                "暗証番号を3回間違え、カードがロックされています。正しい番号でも使えません。",
                "Three wrong PINs have locked the card; even the right one no longer works.",
            ),
        }
        .into_persona(
            days_before(today, 520),
            insurance_data(coverages::SEAMEN.coverage("神戸４７", "20931", date(2018, 10, 1)), Vec::new()),
        )
        .with_tries_left(0),
        PersonaSketch {
            key: "mizuki-aya",
            name: "水城　彩",
            kana: "ミズキ　アヤ",
            latin: "MIZUKI Aya",
            birth_date: date(1988, 10, 11),
            sex: Sex::Female,
            postcode: "060-0000",
            address: "北海道札幌市中央区南九十五条西九十二丁目",
            office: offices::CHUO_SAPPORO,
            pin: "3950",
            password: "AYA881011",
            label: ("暗証番号の残り1回", "One try left"),
            note: (
                "暗証番号を2回間違えています。あと1回間違えるとロックされます。",
                "Two wrong PINs were entered; one more locks the card.",
            ),
        }
        .into_persona(
            days_before(today, 260),
            insurance_data(
                Coverage {
                    classification: oqs::InsuredCardClassification::SelfDefence,
                    ..coverages::SELF_DEFENCE.coverage("陸模９１２", "604418", date(2011, 4, 1))
                },
                Vec::new(),
            ),
        )
        .with_tries_left(1),
        PersonaSketch {
            key: "narumi-masaru",
            name: "鳴海　勝",
            kana: "ナルミ　マサル",
            latin: "NARUMI Masaru",
            birth_date: born(1969, expired),
            sex: Sex::Male,
            postcode: "530-0000",
            address: "大阪府大阪市北区雲居通九丁目97番3号",
            office: offices::KITA_OSAKA,
            pin: "6274",
            password: "MASARU69NM",
            label: ("証明書の期限切れ", "Certificate expired"),
            note: (
                "電子証明書の期限が切れて3か月を過ぎています。マイナ保険証としては使えません。",
                "The certificate ended more than three months ago and no longer serves as insurance card.",
            ),
        }
        .into_persona(
            issue_date_for_expiry(expired),
            insurance_data(coverages::ASSOCIATION_OSAKA.coverage("90210045", "33", date(2002, 9, 1)), Vec::new()),
        ),
        PersonaSketch {
            key: "shinoda-yoko",
            name: "篠田　葉子",
            kana: "シノダ　ヨウコ",
            latin: "SHINODA Yoko",
            birth_date: born(1964, in_grace),
            sex: Sex::Female,
            postcode: "390-0000",
            address: "長野県松本市里山九丁目93番4号",
            office: offices::MATSUMOTO,
            pin: "1408",
            password: "YOKO1964SN",
            label: ("期限切れから3か月以内", "Within the three months of grace"),
            note: (
                "電子証明書の期限が切れて3か月以内です。資格の確認はできますが、薬や健診の情報は提供されません。",
                "The certificate ended less than three months ago: it still confirms insurance, but shows no medical information.",
            ),
        }
        .into_persona(
            issue_date_for_expiry(in_grace),
            insurance_data(
                coverages::MUTUAL_AID_OFFICES.coverage("信職０９", "7715", date(1987, 4, 1)),
                CareProviders::new(today, 20, "杜鵑草医院", "杜鵑草薬局").dispensed_medicines(&[17, 45], 28, &[records::TELMISARTAN]),
            ),
        ),
        PersonaSketch {
            key: "hayase-jun",
            name: "早瀬　潤",
            kana: "ハヤセ　ジュン",
            latin: "HAYASE Jun",
            birth_date: born(1983, soon),
            sex: Sex::Male,
            postcode: "810-0000",
            address: "福岡県福岡市中央区水面町八丁目86番9号",
            office: offices::CHUO_FUKUOKA,
            pin: "9531",
            password: "HAYASE1983",
            label: ("証明書の期限が近い", "Certificate ends soon"),
            note: (
                "電子証明書の期限が近づいています。今は使えますが、更新の案内が出ます。",
                "The certificate ends soon. It works today, and renewal is suggested.",
            ),
        }
        .into_persona(
            issue_date_for_expiry(soon),
            insurance_data(coverages::SOCIETY_ASAGIRI.coverage("2207", "90114", date(2006, 4, 1)), Vec::new()),
        ),
        PersonaSketch {
            key: "kuramoto-daichi",
            name: "蔵本　大地",
            kana: "クラモト　ダイチ",
            latin: "KURAMOTO Daichi",
            birth_date: date(2001, 1, 27),
            sex: Sex::Male,
            postcode: "810-0000",
            address: "福岡県福岡市中央区水面町九丁目98番1-805号",
            office: offices::CHUO_FUKUOKA,
            pin: "7729",
            password: "DAICHI0127",
            label: ("保険証の利用登録なし", "Not registered as insurance card"),
            note: (
                "カードは有効ですが、健康保険証としての利用登録をしていません。",
                "The card is valid but was never registered as insurance card.",
            ),
        }
        .into_persona(
            days_before(today, 640),
            insurance_data(coverages::SOCIETY_ASAGIRI.coverage("2207", "91362", date(2023, 4, 1)), Vec::new()),
        )
        .without_insurance_card(),
        PersonaSketch {
            key: "togawa-toru",
            name: "戸川　徹",
            kana: "トガワ　トオル",
            latin: "TOGAWA Toru",
            birth_date: date(1976, 8, 14),
            sex: Sex::Male,
            postcode: "225-0000",
            address: "神奈川県横浜市青葉区ことりが谷七丁目71番3号",
            office: offices::AOBA_YOKOHAMA,
            pin: "6083",
            password: "TORU760814",
            label: ("失効したカード", "Revoked"),
            note: (
                "紛失の届け出をして、電子証明書が失効しています。あとで見つかったカードです。",
                "Reported lost, so its certificates are revoked; the card was found again later.",
            ),
        }
        .into_persona(
            days_before(today, 850),
            insurance_data(coverages::DAY_LABOURERS.coverage("横日９３", "5120", date(2022, 7, 1)), Vec::new()),
        )
        .with_card_reported_lost(),
    ]
}
