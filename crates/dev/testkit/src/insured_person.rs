use base::{InsurerNumber, Prefecture};
use eligibility::{Coverage, InsuranceCard, NewPerson, Person};

/// A person with one insurance that is in force, under this number, who has registered the card as insurance card.
pub fn insured_person(number: &str) -> NewPerson {
    let insurer =
        InsurerNumber::from_parts(Some(6), Prefecture::from_code(13).expect("Tokyo"), 951).expect("an insurer");
    NewPerson {
        person: Person {
            name: oqs::FullName::new("試験　花子").expect("a text of its kind"),
            kana: oqs::KanaName::new("シケン　ハナコ").expect("a text of its kind"),
            other_name: None,
            other_kana: None,
            sex: oqs::Sex::Female,
            birth: base::parse_date("1980-12-24").expect("a day"),
            postcode: "204-0000".to_owned(),
            address: "東京都清瀬市架空1-1".to_owned(),
            card: InsuranceCard::Registered,
        },
        coverages: vec![Coverage {
            insurer,
            insurer_name: "模擬健康保険組合".to_owned(),
            classification: oqs::InsuredCardClassification::General,
            symbol: oqs::CardSymbol::new("試験"),
            number: oqs::CardNumber::new(number).expect("a text of its kind"),
            branch: oqs::BranchNumber::new(0),
            relation: Some(oqs::PersonalFamily::Insured),
            insured_name: None,
            qualified_on: base::parse_date("2020-04-01").expect("a day"),
            disqualified_on: None,
            reason_of_loss: None,
            issued: None,
            valid_from: None,
            valid_to: None,
            share: None,
            preschool: None,
            elderly: None,
        }],
        limits: Vec::new(),
        specific_diseases: Vec::new(),
        records: Vec::new(),
    }
}
