//! Very many persons in the store: each is loaded exactly once, and read as the source made it.

use std::sync::Mutex;

use database::{Database, Transaction, test_database};

use super::world::{World, find_stored_person, new_person, worlds};
use crate::{
    LoadControl, LoadError, LoadPace, LoadedSource, MIGRATIONS, NewPerson, PersonId, PersonSource, RecordContent,
    Refusal,
    store::load::{self, LoadState},
};

const NOW: &str = "2026-11-24T09:00:00+09:00";

/// Persons who differ in their documents, and in the texts of their records.
#[derive(Clone)]
struct Numbered(&'static str);

impl PersonSource for Numbered {
    fn source_name(&self) -> String {
        self.0.to_owned()
    }

    fn person(&self, number: u64) -> NewPerson {
        let mut new = new_person(&number.to_string(), "1990-01-01");
        new.records.truncate(usize::try_from(number % 6).unwrap());
        for record in &mut new.records {
            if let RecordContent::Treatment(procedure) = &mut record.content {
                procedure.name = format!("{} {}", self.0, number % 50);
            }
        }
        new.records.sort_by_key(|record| record.day);
        new
    }
}

async fn load(world: &World, source: &'static str, people: u64) -> Result<u64, LoadError> {
    world.eligibility.load_people(Numbered(source), people, LoadPace::Concurrent, |_| LoadControl::Continue).await
}

async fn count(world: &World, query: &'static str) -> i64 {
    world.database.read(move |tx| Ok::<_, Refusal>(tx.fetch_one(query, &[], |row| row.get(0))?)).await.expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_loaded_is_read_as_the_source_made_them() {
    for world in worlds(NOW).await {
        assert_eq!(load(&world, "some", 600).await.unwrap(), 600, "{}", world.engine);
        for number in 0..600 {
            let stored = find_stored_person(&world, PersonId::from_load(number)).await;
            assert_eq!(stored, Numbered("some").person(number), "{} {number}", world.engine);
        }
        // Persons added before and after the load have numbers of their own.
        assert!(world.person < PersonId::from_load(0));
        let later = world.eligibility.add_person(new_person("99", "1990-01-01")).await.unwrap();
        assert_eq!(later.0, world.person.0 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_was_interrupted_doubles_nobody() {
    for world in worlds(NOW).await {
        let people = async || count(&world, "SELECT COUNT(*) FROM person").await - 1;
        let stop_at =
            |limit: u64| move |loaded| if loaded >= limit { LoadControl::Stop } else { LoadControl::Continue };
        let load_until =
            |people, stop| world.eligibility.load_people(Numbered("some"), people, LoadPace::Concurrent, stop_at(stop));
        assert_eq!(load_until(1800, 500).await.unwrap(), 500, "{}", world.engine);
        assert_eq!(people().await, 500);
        assert_eq!(load_until(1800, u64::MAX).await.unwrap(), 1800, "{}", world.engine);
        // Loading again or loading fewer does nothing; loading more appends.
        assert_eq!(load_until(1800, u64::MAX).await.unwrap(), 1800);
        assert_eq!(load_until(100, u64::MAX).await.unwrap(), 1800);
        assert_eq!(load_until(1900, u64::MAX).await.unwrap(), 1900);
        assert_eq!(people().await, 1900);
        let last = find_stored_person(&world, PersonId::from_load(1899)).await;
        assert_eq!(last, Numbered("some").person(1899));
        let loaded = LoadedSource { name: "some".to_owned(), loaded: 1900 };
        assert_eq!(world.eligibility.find_loaded_source().await.unwrap(), Some(loaded.clone()));
        // Another source is refused.
        let outcome = load(&world, "others", 2000).await;
        assert!(matches!(&outcome, Err(LoadError::OtherSource(existing)) if *existing == loaded), "{outcome:?}");
        assert_eq!(people().await, 1900);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_load_at_once_double_nobody() {
    for world in worlds(NOW).await {
        let outcomes = tokio::join!(load(&world, "some", 3000), load(&world, "some", 3000));
        // One of them may be refused because the other was quicker; the result is right in any case.
        for outcome in [outcomes.0, outcomes.1] {
            assert!(matches!(outcome, Ok(3000) | Err(LoadError::AlreadyLoading)), "{}: {outcome:?}", world.engine);
        }
        assert_eq!(load(&world, "some", 3000).await.unwrap(), 3000);
        assert_eq!(count(&world, "SELECT COUNT(*) FROM person").await, 3001, "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_added_while_others_are_loaded_keeps_the_own_records() {
    for world in worlds(NOW).await {
        let added = Mutex::new(Vec::new());
        let add_one = |loaded: u64| {
            // The load waits for this call, so that each batch meets a store that has changed since it was packed.
            let number = loaded / 500 * 6 + 5;
            let adding = world.eligibility.add_person(Numbered("added").person(number));
            #[expect(
                clippy::disallowed_methods,
                reason = "what is called here is not async, and must be over before the load goes on"
            )]
            let id = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(adding)).unwrap();
            added.lock().unwrap().push((id, number));
            LoadControl::Continue
        };
        let load = world.eligibility.load_people(Numbered("some"), 2500, LoadPace::Concurrent, add_one);
        assert_eq!(load.await.unwrap(), 2500, "{}", world.engine);
        for number in [0, 5, 499, 500, 1234, 2499] {
            let stored = find_stored_person(&world, PersonId::from_load(number)).await;
            assert_eq!(stored, Numbered("some").person(number), "{} {number}", world.engine);
        }
        let added = added.lock().unwrap().clone();
        assert_eq!(added.len(), 6, "before the first batch and after each of five");
        for (id, number) in added {
            assert_eq!(find_stored_person(&world, id).await, Numbered("added").person(number), "{}", world.engine);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_put_aside_comes_back() {
    for world in worlds(NOW).await {
        assert_eq!(load(&world, "some", 500).await.unwrap(), 500);
        // The state after an interrupted load.
        let drop_index = |tx: &mut Transaction<'_>| load::drop_document_index(tx).map_err(Refusal::from);
        world.database.write(drop_index).await.unwrap();
        let indexed = async || count(&world, "SELECT indexed FROM person_load").await;
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

#[tokio::test]
async fn a_nation_that_was_loaded_before_sources_had_names_is_a_source() {
    let index = MIGRATIONS.iter().position(|migration| migration.name == "person load").unwrap();
    for (engine, location, _folder) in test_database::locations() {
        let old = Database::open(&location, "eligibility", &MIGRATIONS[..index]).unwrap();
        let fill = |tx: &mut Transaction<'_>| {
            let insert = "INSERT INTO nation (one, seed, day, loaded, indexed) VALUES (1, 7, '2026-11-24', 1500, 0)";
            tx.execute(insert, &[]).map_err(Refusal::from)
        };
        old.write(fill).await.unwrap();
        drop(old);
        let new = Database::open(&location, "eligibility", MIGRATIONS).unwrap();
        let read = |tx: &mut Transaction<'_>| load::find_load_state(tx).map_err(Refusal::from);
        let source = LoadedSource { name: "nation 7 2026-11-24".to_owned(), loaded: 1500 };
        assert_eq!(new.read(read).await.unwrap(), Some(LoadState { source, indexed: false }), "{engine}");
    }
}
