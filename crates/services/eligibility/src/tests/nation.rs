//! A nation in the store: loaded exactly once, read as it was generated, and checked like any other person.

use std::collections::BTreeMap;

use base::ReceptionNumber;
use database::Transaction;
use oqs::{CharacterCode, Exchange, FileName, Message, Outcome, QualificationValidity};

use super::world::{World, certificate, clinic, day, worlds};
use crate::{
    ConsentChoice, ConsentChoices, ConsentItem, InsuranceCard, LoadControl, LoadError, LoadPace, Nation, NewReception,
    PersonId, ReceptionTerm, Record, Refusal, RegistrationRoute, RegistrationValidity,
    rules::coverage::{CoverageQuery, verdict},
    store::{history, person},
};

const NOW: &str = "2026-11-24T09:00:00+09:00";

fn nation(seed: u32) -> Nation {
    Nation::new(seed, day("2026-11-24"))
}

/// Everything stored about a person.
async fn find_stored_person(world: &World, id: PersonId) -> crate::NewPerson {
    let (first, last) = (day("1900-01-01"), day("2100-01-01"));
    let today = day("2026-11-24");
    world
        .database
        .read(move |tx| {
            let mut records: Vec<Record> = Vec::new();
            for item in
                [ConsentItem::Operations, ConsentItem::Treatments, ConsentItem::Medicines, ConsentItem::CheckUps]
            {
                records.extend(person::list_records(tx, id, item, (first, last))?);
            }
            Ok::<_, Refusal>(crate::NewPerson {
                person: person::find_person(tx, id)?,
                coverages: person::list_coverages(tx, id)?,
                limits: person::list_limit_certificates(tx, id, today)?,
                specific_diseases: person::list_disease_certificates(tx, id, today)?,
                records,
            })
        })
        .await
        .expect("a person is read")
}

async fn count(world: &World, table: &'static str) -> i64 {
    world.database.read(move |tx| Ok::<_, Refusal>(tx.fetch_one(table, &[], |row| row.get(0))?)).await.expect("a count")
}

fn group_by_item(records: Vec<Record>) -> BTreeMap<ConsentItem, Vec<Record>> {
    let mut sorted: BTreeMap<ConsentItem, Vec<Record>> = BTreeMap::new();
    for record in records {
        sorted.entry(record.content.item()).or_default().push(record);
    }
    sorted
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_loaded_is_read_as_he_was_made() {
    for world in worlds(NOW).await {
        let load = world.eligibility.load_nation(nation(7), 600, LoadPace::Concurrent, |_| LoadControl::Continue);
        assert_eq!(load.await.unwrap(), 600, "{}", world.engine);
        let nation = nation(7);
        for number in 0..600 {
            let (generated, stored) = (nation.person(number), find_stored_person(&world, Nation::id(number)).await);
            assert_eq!((generated.person, generated.coverages), (stored.person, stored.coverages), "{}", world.engine);
            assert_eq!((generated.limits, generated.specific_diseases), (stored.limits, stored.specific_diseases));
            assert_eq!(group_by_item(generated.records), group_by_item(stored.records), "{} {number}", world.engine);
        }
        // Persons added before and after the nation have numbers of their own.
        assert!(world.person < Nation::id(0));
        let later = world.eligibility.add_person(super::world::new_person("99", "1990-01-01")).await.unwrap();
        assert_eq!(later.0, world.person.0 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_was_interrupted_doubles_nobody() {
    for world in worlds(NOW).await {
        let people = async || count(&world, "SELECT COUNT(*) FROM person").await - 1;
        let stop_at =
            |limit: u64| move |loaded| if loaded >= limit { LoadControl::Stop } else { LoadControl::Continue };
        let load = |people, stop| world.eligibility.load_nation(nation(7), people, LoadPace::Concurrent, stop_at(stop));
        assert_eq!(load(1800, 500).await.unwrap(), 500, "{}", world.engine);
        assert_eq!(people().await, 500);
        assert_eq!(load(1800, u64::MAX).await.unwrap(), 1800, "{}", world.engine);
        // Loading again or loading fewer does nothing; loading more appends.
        assert_eq!(load(1800, u64::MAX).await.unwrap(), 1800);
        assert_eq!(load(100, u64::MAX).await.unwrap(), 1800);
        assert_eq!(load(1900, u64::MAX).await.unwrap(), 1900);
        assert_eq!(people().await, 1900);
        let last = find_stored_person(&world, Nation::id(1899)).await;
        assert_eq!(last.person, nation(7).person(1899).person);
        assert_eq!(world.eligibility.find_nation().await.unwrap().unwrap().loaded, 1900);
        // A second nation is refused.
        let outcome =
            world.eligibility.load_nation(nation(8), 2000, LoadPace::Concurrent, |_| LoadControl::Continue).await;
        assert!(matches!(outcome, Err(LoadError::OtherNation(existing)) if existing.seed == 7), "{outcome:?}");
        assert_eq!(people().await, 1900);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_load_at_once_double_nobody() {
    for world in worlds(NOW).await {
        let load = || world.eligibility.load_nation(nation(7), 3000, LoadPace::Concurrent, |_| LoadControl::Continue);
        let outcomes = tokio::join!(load(), load());
        // One of them may be refused because the other was quicker; the result is right in any case.
        for outcome in [outcomes.0, outcomes.1] {
            assert!(matches!(outcome, Ok(3000) | Err(LoadError::AlreadyLoading)), "{}: {outcome:?}", world.engine);
        }
        assert_eq!(load().await.unwrap(), 3000);
        assert_eq!(count(&world, "SELECT COUNT(*) FROM person").await, 3001, "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_put_aside_comes_back() {
    for world in worlds(NOW).await {
        let load = world.eligibility.load_nation(nation(7), 500, LoadPace::Concurrent, |_| LoadControl::Continue);
        assert_eq!(load.await.unwrap(), 500);
        // The state after an interrupted load.
        let drop_index = |tx: &mut Transaction<'_>| crate::store::load::drop_document_index(tx).map_err(Refusal::from);
        world.database.write(drop_index).await.unwrap();
        let indexed = async || count(&world, "SELECT indexed FROM nation").await;
        assert_eq!(indexed().await, 0, "{}", world.engine);
        world.eligibility.restore_document_index().await.unwrap();
        assert_eq!(indexed().await, 1);
        // The index exists: a second one of its name is refused.
        let create_index = |tx: &mut Transaction<'_>| {
            tx.execute("CREATE INDEX coverage_document ON coverage (document)", &[]).map_err(Refusal::from)
        };
        assert!(world.database.write(create_index).await.is_err(), "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_person_is_answered_for() {
    for world in worlds(NOW).await {
        let people = 300;
        let load = world.eligibility.load_nation(nation(9), people, LoadPace::Concurrent, |_| LoadControl::Continue);
        load.await.unwrap();
        let nation = nation(9);
        for number in 0..people {
            let new = nation.person(number);
            let reception = NewReception {
                number: ReceptionNumber::new(&world.randomness),
                institution: clinic(),
                term: ReceptionTerm::Visit(day("2026-11-24")),
                person: Nation::id(number),
                choices: ConsentChoices::all(ConsentChoice::Agree),
                validity: RegistrationValidity::Full,
                route: RegistrationRoute::HandOver,
            };
            let registered = world.register(reception).await;
            if new.person.card == InsuranceCard::NotRegistered {
                assert!(matches!(registered, Err(Refusal::NotInsuranceCard)), "{registered:?}");
                continue;
            }
            registered.unwrap();
            for (index, coverage) in new.coverages.iter().enumerate() {
                let search = oqs::QualificationSearch {
                    insurer: coverage.insurer.into(),
                    symbol: coverage.symbol.clone(),
                    number: coverage.number.clone(),
                    branch: coverage.branch,
                    birthdate: new.person.birth,
                    limit_consent: None,
                    examination_date: None,
                    identifier: None,
                };
                let body = oqs::QualificationRequest { search };
                let header =
                    oqs::RequestHeader { institution: clinic().into(), identifier: None, confirmation_date: None };
                let message = Message::QualificationRequest(oqs::RequestMessage { header, body });
                let code = if number % 2 == 0 { CharacterCode::Utf8 } else { CharacterCode::ShiftJis };
                let name = FileName::new(Exchange::OnlineQualification.request(), "1").unwrap();
                let request = oqs::write(&message, code);
                let file = world.eligibility.respond_to_file(certificate(clinic()), name, request).await.unwrap();
                let parsed = oqs::parse(file.name.interface(), &file.body).unwrap();
                assert!(parsed.warnings.is_empty(), "{number}: {:?}", parsed.warnings);
                let Message::QualificationResponse(response) = parsed.message else { panic!("no response") };
                let Outcome::Normal(body) = response.outcome else { panic!("{number}: {:?}", response.outcome) };
                let expected = verdict(&new.coverages, CoverageQuery::Coverage(index), day("2026-11-24"));
                assert_eq!(body.validity, Some(expected.validity), "{} {number}: {new:#?}", world.engine);
                assert_ne!(body.validity, Some(QualificationValidity::NotFound));
                let [result] = body.results.as_slice() else { panic!("{number}: {} results", body.results.len()) };
                assert_eq!(result.name, new.person.name);
                assert_eq!(result.kana.as_ref(), Some(&new.person.kana));
                assert_eq!(result.insurer, coverage.insurer.into());
            }
        }
    }
}

#[tokio::test]
async fn packed_records_are_small_and_share_their_phrases() {
    let nation = nation(1);
    let mut book = history::Phrasebook::default();
    let (mut bytes, mut records) = (0, 0);
    for number in 0..5000 {
        let new = nation.person(number);
        records += new.records.len();
        bytes += history::pack(new.records, &mut book).map_or(0, |packed| packed.len());
    }
    assert!(records > 15_000, "{records}");
    assert!(bytes < records * 25, "{bytes} bytes for {records} records");
    let phrases = book.take_new_rows();
    assert!(phrases.len() < 5000, "{} phrases", phrases.len());
    assert!(book.take_new_rows().is_empty());
}
