//! The lists are valid: numbers, texts in both languages, and the state of each card for any first day.

use std::collections::HashSet;

use base::{Date, InsurerKind, Span, Timestamp, start_of_day};
use consult::{Charge, NewMenu, ProofMethod};
use eligibility::{CoverageQuery, NewPerson, OnlineFunction, RecordContent, SimulatedFault, verdict};
use jiff::ToSpan;
use jpki::{
    Algorithm, Anchors, CertificateCache, CertificateRefusal, Generation, Grace, Municipality, Policies, Practice,
    Purpose, Refusal, Serial, SigningKey, Subject, UnverifiedCardResponse, Validity,
};
use oqs::QualificationValidity::{InvalidWithNewer, NotFound, Several, Valid};
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};
use text::Language;
use web::Origin;

use crate::{
    DESK_PASSWORD, Persona, TERMINAL_PASSWORD, institutions, personas,
    personas::{Revocation, SignaturePassword},
};

fn day(text: &str) -> Date {
    base::parse_date(text).unwrap()
}

fn reception() -> Origin {
    "http://reception.localhost:8400".parse().unwrap()
}

fn any_day() -> impl Strategy<Value = Date> {
    (0..9000_i64).prop_map(|days| day("2024-01-01").saturating_add(days.days()))
}

fn find_persona<'a>(people: &'a [Persona], key: &str) -> &'a Persona {
    people.iter().find(|persona| persona.key == key).unwrap()
}

#[test]
fn there_are_enough_institutions_of_every_kind() {
    let all_institutions = institutions(&reception());
    let prefectures: HashSet<_> = all_institutions.iter().map(|institution| institution.code().prefecture()).collect();
    let codes: HashSet<_> = all_institutions.iter().map(super::DemoInstitution::code).collect();
    let with_method = |matches: fn(&ProofMethod) -> bool| {
        all_institutions
            .iter()
            .filter(|institution| matches(&institution.listing.institution.proof_method))
            .collect::<Vec<_>>()
    };
    assert!(all_institutions.len() >= 13 && codes.len() == all_institutions.len());
    assert!(prefectures.len() >= 6);
    assert_eq!(with_method(|method| matches!(method, ProofMethod::FixedUrl { .. })).len(), 2);
    let pictures = with_method(|method| matches!(method, ProofMethod::PictureOnly));
    assert_eq!(pictures.len(), 3);
    let self_pay = |institution: &&&super::DemoInstitution| {
        institution.listing.menus.iter().all(|new| new.menu.charge == Charge::SelfPay)
    };
    assert_eq!(pictures.iter().filter(self_pay).count(), 1);
}

#[test]
fn an_institution_is_whole_in_both_languages() {
    let reception = reception();
    for demo_institution in institutions(&reception) {
        let institution = &demo_institution.listing.institution;
        assert_eq!(demo_institution.code().to_string().parse(), Ok(demo_institution.code()));
        assert_eq!(demo_institution.code().prefecture(), institution.prefecture);
        for text in [
            &institution.name,
            &institution.name_kana,
            &institution.name_english,
            &institution.city_english,
            &institution.address_english,
            &institution.opening_text_english,
            &institution.description,
            &institution.description_english,
        ] {
            assert!(!text.is_empty(), "{}", demo_institution.name());
        }
        assert!(
            institution.name_english.is_ascii() && institution.description_english.is_ascii()
                || institution.description_english.contains('¥')
        );
        assert!(
            !demo_institution.listing.opening.hours.is_empty()
                && !demo_institution.listing.menus.is_empty()
                && !demo_institution.staff.is_empty()
        );
        assert!(demo_institution.listing.opening.hours.iter().all(|hours| hours.from_minute < hours.to_minute));
        assert!(
            demo_institution
                .listing
                .menus
                .iter()
                .all(|NewMenu { menu, .. }| menu.minutes % 15 == 0 && !menu.fee_english.is_empty())
        );
        // Exchanges that begin with 0 or 1 are not assigned. 06-0… would begin like the mobile numbers of 060.
        assert!(institution.phone.split('-').nth(1).is_some_and(|exchange| exchange.starts_with(['0', '1'])));
        assert!(institution.phone.parse::<text::PhoneNumber>().is_ok(), "{}", demo_institution.name());
        let accepts_card = institution.proof_method.kind().accepts_card();
        assert_eq!(demo_institution.online == OnlineFunction::On, accepts_card, "{}", demo_institution.name());
        match (&institution.proof_method, &demo_institution.fixed_url_code) {
            (ProofMethod::HandOver { issuer }, None) => assert_eq!(issuer.to_string(), reception.as_str()),
            (ProofMethod::FixedUrl { url }, Some(fixed_url_code)) => {
                assert_eq!(url, &reception.url(&format!("/i/{fixed_url_code}")));
            }
            (ProofMethod::PictureOnly, None) => {}
            mismatch => panic!("{}: {mismatch:?}", demo_institution.name()),
        }
    }
    assert!(DESK_PASSWORD.len() >= 10 && TERMINAL_PASSWORD.len() >= 10);
}

#[test]
fn people_are_told_apart_and_described_in_both_languages() {
    let people = personas(day("2026-11-24"));
    assert!(people.len() >= 16);
    let distinct = |value_of: fn(&Persona) -> &str| people.iter().map(value_of).collect::<HashSet<_>>().len();
    assert_eq!(distinct(|persona| persona.key), people.len());
    assert_eq!(distinct(|persona| persona.pin), people.len());
    assert_eq!(distinct(|persona| persona.name), people.len());
    for persona in &people {
        let Persona { key, label, note, .. } = persona;
        assert!(key.parse::<portal::CardId>().is_ok(), "{key}");
        for text in [label, note] {
            let (japanese, english) = (text.in_language(Language::Japanese), text.in_language(Language::English));
            assert!(!japanese.is_ascii() && !english.is_empty() && japanese != english, "{key}");
        }
        assert!(persona.pin.parse::<card::Pin>().is_ok(), "{key}");
        match persona.signature_password {
            SignaturePassword::Set(password) => assert!(password.parse::<card::SignaturePassword>().is_ok(), "{key}"),
            SignaturePassword::None => assert_eq!(*key, "hayama-koharu"),
        }
        let office = persona.card.office;
        assert!(Municipality::new(office.code, office.prefecture, office.name).is_ok(), "{key}");
        assert!(
            persona.insured_person.person.postcode.len() == 8 && !persona.insured_person.coverages.is_empty(),
            "{key}"
        );
    }
}

#[test]
fn insurers_are_of_every_kind_that_a_person_of_the_demo_can_have() {
    use InsurerKind::{
        DayLabourers, HealthInsuranceAssociation, HealthInsuranceSociety, LateElderly, MutualAid, National,
        PublicAssistance, Seamen, SelfDefence, SpecialRetired,
    };
    let people = personas(day("2026-11-24"));
    let coverages = || people.iter().flat_map(|persona| &persona.insured_person.coverages);
    for coverage in coverages() {
        assert_eq!(coverage.insurer.to_padded_string().parse(), Ok(coverage.insurer), "{}", coverage.insurer_name);
    }
    // 退職者医療 ended in 2024.
    for kind in [
        HealthInsuranceAssociation,
        Seamen,
        DayLabourers,
        HealthInsuranceSociety,
        SelfDefence,
        MutualAid,
        LateElderly,
        SpecialRetired,
        National,
        PublicAssistance,
    ] {
        assert!(coverages().any(|coverage| coverage.insurer.kind() == kind), "{kind:?}");
    }
    let late = coverages().find(|coverage| coverage.insurer.kind() == LateElderly).unwrap();
    assert!(late.symbol.is_none() && late.branch.is_none() && late.share.is_some());
    let assisted = coverages().find(|coverage| coverage.insurer.kind() == PublicAssistance).unwrap();
    assert_eq!(assisted.classification, oqs::InsuredCardClassification::MedicalAssistance);
    assert!(assisted.symbol.is_none() && assisted.branch.is_none() && assisted.relation.is_none());
    let digits: Vec<u8> = assisted.number.as_str().bytes().map(|digit| digit - b'0').collect();
    assert_eq!(base::check_digit(&digits[..6]), digits[6]);
}

#[test]
fn what_insurers_tell_late_is_there_after_two_days() {
    let first_day = day("2026-11-24");
    let people = personas(first_day);
    let late = find_persona(&people, "muroi-saori");
    for (days, expected) in [(0, "27902"), (1, "27902"), (2, "13906"), (20, "13906")] {
        let query_day = first_day.saturating_add(i64::from(days).days());
        let reported = SimulatedFault::apply_to_coverages(late.fault, late.insured_person.coverages.clone(), query_day);
        let valid: Vec<_> = reported.iter().filter(|(_, coverage)| coverage.holds_on(query_day)).collect();
        assert_eq!(valid.len(), 1, "{days}");
        assert_eq!(&valid[0].1.insurer.to_string()[2..7], expected, "{days}");
    }
    let former = find_persona(&people, "wakamiya-mei");
    assert_eq!(
        SimulatedFault::apply_to_person(former.fault, former.insured_person.person.clone()).name.as_str(),
        "旧姓　芽衣"
    );
}

#[test]
fn every_kind_of_record_is_there() {
    let people = personas(day("2026-11-24"));
    let count_personas = |matches: fn(&RecordContent) -> bool| {
        people
            .iter()
            .filter(|persona| persona.insured_person.records.iter().any(|record| matches(&record.content)))
            .count()
    };
    assert!(count_personas(|content| matches!(content, RecordContent::Medicine(_))) >= 8);
    assert!(count_personas(|content| matches!(content, RecordContent::Treatment(_))) >= 6);
    assert!(count_personas(|content| matches!(content, RecordContent::Operation(_))) >= 3);
    assert!(count_personas(|content| matches!(content, RecordContent::CheckUp(_))) >= 5);
    assert!(people.iter().any(|persona| persona.insured_person.specific_diseases.len() == 2));
    let rare = find_persona(&people, "hashimoto-kozue");
    assert!(rare.insured_person.person.name.as_str().starts_with('●') && !rare.name.contains('●'));
}

proptest! {
    #[test]
    fn whenever_the_world_begins_its_days_lie_as_they_must(today in any_day()) {
        for persona in personas(today) {
            let key = persona.key;
            let card = persona.card;
            prop_assert!(persona.birth_date < card.issued_on && card.issued_on < today, "{}", key);
            prop_assert!(card.expires_on > today, "{}: the card itself is valid", key);
            prop_assert!(persona.insured_person.records.iter().all(|record| record.day < today), "{}", key);
            prop_assert!(persona.insured_person.records.iter().all(|record| record.day > persona.birth_date), "{}", key);
            let grace_ends = card.certificates_expire_on.saturating_add(3.months());
            match key {
                "narumi-masaru" => prop_assert!(grace_ends < today),
                // A month of the grace period is left, so that the demo can run for a while.
                "shinoda-yoko" => prop_assert!(
                    card.certificates_expire_on < today && today.saturating_add(30.days()) < grace_ends
                ),
                "hayase-jun" => prop_assert!(
                    today < card.certificates_expire_on && card.certificates_expire_on < today.saturating_add(3.months())
                ),
                _ => prop_assert!(today.saturating_add(180.days()) < card.certificates_expire_on, "{}", key),
            }
        }
    }

    #[test]
    fn whenever_the_world_begins_insurance_is_as_its_note_says(today in any_day(), later in 0..21_i64) {
        let query_day = today.saturating_add(later.days());
        for persona in personas(today) {
            let reported =
                SimulatedFault::apply_to_coverages(persona.fault, persona.insured_person.coverages.clone(), query_day);
            let reported: Vec<_> = reported.into_iter().map(|(_, coverage)| coverage).collect();
            let validity = verdict(&reported, CoverageQuery::Person, query_day).validity;
            let expected = match persona.key {
                "kajitani-ryosuke" => oqs::QualificationValidity::Invalid,
                "hidaka-chihiro" => InvalidWithNewer,
                "anzai-rei" => Several,
                "kamiya-sota" => NotFound,
                _ => Valid,
            };
            prop_assert_eq!(validity, expected, "{}", persona.key);
            let is_valid = |start: Date, end: Date| start <= query_day && query_day <= end;
            let NewPerson { limits, specific_diseases, .. } = &persona.insured_person;
            for (has_certificate, valid_count) in [
                (
                    !limits.is_empty(),
                    limits.iter().filter(|certificate| is_valid(certificate.valid_from, certificate.valid_to)).count(),
                ),
                (
                    !specific_diseases.is_empty(),
                    specific_diseases
                        .iter()
                        .filter(|certificate| is_valid(certificate.valid_from, certificate.valid_to))
                        .count(),
                ),
            ] {
                prop_assert_eq!(valid_count, usize::from(has_certificate), "{}", persona.key);
            }
        }
    }

    #[test]
    fn whenever_the_world_begins_ages_fit(today in any_day()) {
        let people = personas(today);
        let age = |key: &str| today.since(find_persona(&people, key).birth_date).map(|span| span.get_days() / 365).unwrap();
        prop_assert!((3..=4).contains(&age("hayama-koharu")));
        prop_assert!((70..=74).contains(&age("moriwaki-toshio")));
        prop_assert!(age("segawa-tomi") >= 75);
    }
}

/// The validity of a persona's authentication certificate, or none if it has expired.
fn verify_certificate(
    persona: &Persona,
    generation: &Generation,
    anchors: &Anchors,
    key: &SigningKey,
    now: Timestamp,
) -> Option<Validity> {
    let office = persona.card.office;
    let municipality = Municipality::new(office.code, office.prefecture, office.name).unwrap();
    let subject = Subject::new("997794E9AGCIEG", municipality, 3).unwrap();
    let not_before = start_of_day(persona.card.issued_on).plus(Span::from_hours(10));
    let serial = Serial::try_from(0x0012_3456).unwrap();
    let certificate =
        generation.issue_authentication(&subject, persona.birth_date, key.public_key(), serial, not_before).unwrap();
    let response = UnverifiedCardResponse { certificate, signature: Vec::new() };
    match response.verify_certificate(anchors, &CertificateCache::with_capacity(0), Grace::Granted, now) {
        Ok(trusted) => Some(trusted.validity()),
        Err(Refusal::Certificate(CertificateRefusal::Expired(_))) => None,
        Err(refusal) => panic!("{}: {refusal}", persona.key),
    }
}

#[test]
fn a_verifier_judges_each_certificate_as_intended() {
    let key = SigningKey::generate(Algorithm::RsaSha256).unwrap();
    for today in ["2024-02-29", "2026-01-01", "2026-03-31", "2026-07-31", "2026-11-24", "2026-12-31", "2027-02-28"] {
        let now = start_of_day(day(today)).plus(Span::from_hours(9));
        let generation = Generation::create(
            Purpose::Authentication,
            Practice::simulated(
                Purpose::Authentication,
                "http://authority.localhost/ocsp",
                "http://authority.localhost/ca",
            ),
            key.clone(),
            Serial::try_from(1).unwrap(),
            now.minus(Span::from_hours(9 * 8766)),
            now.plus(Span::from_hours(8766)),
        )
        .unwrap();
        let anchors = Anchors::new([generation.certificate()], Policies::simulated()).unwrap();
        for persona in personas(day(today)) {
            let validity = verify_certificate(&persona, &generation, &anchors, &key, now);
            match persona.key {
                "narumi-masaru" => assert_eq!(validity, None, "{today}"),
                "shinoda-yoko" => match validity {
                    Some(Validity::Grace { expired_at, .. }) => {
                        assert_eq!(expired_at.japan_date(), persona.card.certificates_expire_on, "{today}");
                    }
                    unexpected => panic!("{today}: {unexpected:?}"),
                },
                key => assert_eq!(validity, Some(Validity::Valid), "{today} {key}"),
            }
        }
    }
}

#[test]
fn three_cards_are_not_as_they_should_be() {
    let people = personas(day("2026-11-24"));
    let tries = |key: &str| find_persona(&people, key).card.tries_left;
    assert_eq!((tries("toyama-takumi"), tries("mizuki-aya"), tries("hayama-misaki")), (0, 1, 3));
    let lost: Vec<_> = people.iter().filter(|persona| persona.card.revocation == Revocation::ReportedLost).collect();
    assert_eq!(lost.len(), 1);
    let unregistered =
        |persona: &&Persona| persona.insured_person.person.card == eligibility::InsuranceCard::NotRegistered;
    assert_eq!(people.iter().filter(unregistered).count(), 1);
}
