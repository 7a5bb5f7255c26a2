use base::{InstitutionCode, ReceptionNumber};
use database::{Database, test_database};

use super::world::{World, clinic, day, issuer, new_person, other_clinic, serial, worlds};
use crate::{
    CareKind, ConsentChoice, ConsentChoices, ConsentItem, FixedUrlTarget, FixedUrlToken, InsuranceCard, MIGRATIONS,
    NewReception, OnlineFunction, PersonId, ReceptionRecord, ReceptionState, ReceptionTerm, Refusal, RegistrationRoute,
    Withdrawer, store::reading::find_stored_person,
};

const NOW: &str = "2026-11-24T09:00:00+09:00";

async fn find_holder(world: &World, number: u64) -> Option<PersonId> {
    let read = move |tx: &mut database::Transaction<'_>| {
        crate::find_person_by_certificate(tx, &issuer(), &serial(number)).map_err(Refusal::from)
    };
    world.database.read(read).await.unwrap()
}

async fn list_receptions(world: &World) -> Vec<ReceptionRecord> {
    let (person, now) = (world.person, world.clock.now());
    let read = move |tx: &mut database::Transaction<'_>| crate::list_receptions(tx, person, now).map_err(Refusal::from);
    world.database.read(read).await.unwrap()
}

#[tokio::test]
async fn a_certificate_leads_to_its_person_and_so_does_the_renewed_one() {
    for world in worlds(NOW).await {
        assert_eq!(find_holder(&world, 0x0012_3456).await, Some(world.person), "{}", world.engine);
        assert_eq!(find_holder(&world, 0x0012_3457).await, None);
        world.eligibility.link_certificate(world.person, issuer(), serial(0x0012_3457)).await.unwrap();
        world.eligibility.link_certificate(world.person, issuer(), serial(0x0012_3457)).await.unwrap();
        assert_eq!(find_holder(&world, 0x0012_3457).await, Some(world.person));
        assert_eq!(find_holder(&world, 0x0012_3456).await, Some(world.person));
        let other_person = world.eligibility.add_person(new_person("7654321", "1990-01-01")).await.unwrap();
        let outcome = world.eligibility.link_certificate(other_person, issuer(), serial(0x0012_3457)).await;
        assert!(matches!(outcome, Err(Refusal::AlreadyExists(_))));
    }
}

#[tokio::test]
async fn a_registration_holds_to_the_end_of_the_visit_day() {
    for world in worlds(NOW).await {
        let registered = world.register_all_agreed("2026-11-25").await;
        let valid_until = registered.valid_until;
        assert_eq!(valid_until.map(|end| end.to_string()).as_deref(), Some("2026-11-26T00:00:00+09:00"));
        assert_eq!(
            world.find_reception_state(registered.number).await,
            Some(ReceptionState::Registered { valid_until })
        );
        let end = valid_until.unwrap();
        world.clock.set(end);
        assert_eq!(
            world.find_reception_state(registered.number).await,
            Some(ReceptionState::Expired { expired_at: end })
        );
        assert_eq!(world.find_reception_state(ReceptionNumber::new(&world.randomness)).await, None);
    }
}

#[tokio::test]
async fn what_may_not_be_registered_leaves_nothing() {
    for world in worlds(NOW).await {
        let choices = ConsentChoices::all(ConsentChoice::Agree);
        let refusal_of = async |new: NewReception| {
            let number = new.number;
            let refusal = world.register(new).await.unwrap_err();
            assert_eq!(world.find_reception_state(number).await, None, "{}", world.engine);
            refusal
        };
        assert!(matches!(refusal_of(world.new_reception("2026-11-23", choices)).await, Refusal::VisitPast));
        assert!(matches!(refusal_of(world.new_reception("2027-11-24", choices)).await, Refusal::VisitTooFar));
        let stranger = NewReception { person: PersonId(99), ..world.new_reception("2026-11-25", choices) };
        assert!(matches!(refusal_of(stranger).await, Refusal::UnknownHolder));
        world.eligibility.set_online_function(clinic(), OnlineFunction::Off).await.unwrap();
        assert!(matches!(refusal_of(world.new_reception("2026-11-25", choices)).await, Refusal::FunctionOff));
        world.eligibility.set_online_function(clinic(), OnlineFunction::On).await.unwrap();
        world.eligibility.set_insurance_card(world.person, InsuranceCard::NotRegistered).await.unwrap();
        assert!(matches!(refusal_of(world.new_reception("2026-11-25", choices)).await, Refusal::NotInsuranceCard));
    }
}

#[tokio::test]
async fn a_number_is_registered_once() {
    for world in worlds(NOW).await {
        let new = world.new_reception("2026-11-25", ConsentChoices::all(ConsentChoice::Agree));
        world.register(new.clone()).await.unwrap();
        assert!(matches!(world.register(new).await, Err(Refusal::AlreadyExists(_))), "{}", world.engine);
    }
}

#[tokio::test]
async fn the_newest_registration_of_a_day_is_the_one_in_force() {
    for world in worlds(NOW).await {
        let first = world.register_all_agreed("2026-11-25").await;
        let second = world.register_all_agreed("2026-11-25").await;
        let third = world.register_all_agreed("2026-11-25").await;
        let another_day = world.register_all_agreed("2026-11-26").await;
        let numbers: Vec<_> = list_receptions(&world).await.iter().map(|reception| reception.number).collect();
        assert_eq!(numbers, [third.number, another_day.number], "{}", world.engine);
        // A caller with an older number gets the state of the newest.
        world.withdraw().await;
        for number in [first.number, second.number, third.number] {
            assert!(matches!(world.find_reception_state(number).await, Some(ReceptionState::Withdrawn { .. })));
        }
        let fourth = world.register_all_agreed("2026-11-25").await;
        for number in [first.number, fourth.number] {
            assert!(matches!(world.find_reception_state(number).await, Some(ReceptionState::Registered { .. })));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_registrations_at_once_one_is_in_force() {
    for world in worlds(NOW).await {
        let world = std::sync::Arc::new(world);
        let patients: Vec<_> = (0..20)
            .map(|_| {
                let world = world.clone();
                tokio::spawn(async move { world.register_all_agreed("2026-11-25").await })
            })
            .collect();
        for patient in patients {
            patient.await.unwrap();
        }
        assert_eq!(list_receptions(&world).await.len(), 1, "{}", world.engine);
    }
}

#[tokio::test]
async fn choices_change_only_for_their_person_and_only_while_the_reception_stands() {
    for world in worlds(NOW).await {
        let registered = world.register_all_agreed("2026-11-25").await;
        let choices = ConsentChoices::from_fn(|item| {
            if item == ConsentItem::Medicines { ConsentChoice::Decline } else { ConsentChoice::Agree }
        });
        let change = async |person: PersonId| {
            let (number, now) = (registered.number, world.clock.now());
            world.database.write(move |tx| crate::change_choices(tx, person, number, choices, now)).await
        };
        assert_eq!(change(world.person).await.unwrap().choices, choices, "{}", world.engine);
        assert_eq!(list_receptions(&world).await[0].choices, choices);
        let other_person = world.eligibility.add_person(new_person("7654321", "1990-01-01")).await.unwrap();
        assert!(matches!(change(other_person).await, Err(Refusal::UnknownReception)));
        assert_eq!(world.withdraw().await, [registered.number]);
        assert!(matches!(change(world.person).await, Err(Refusal::Withdrawn)));
        world.clock.set(registered.valid_until.unwrap());
        // A withdrawn reception stays withdrawn when its day is over.
        let withdrawer = Withdrawer::Patient;
        assert!(
            matches!(world.find_reception_state(registered.number).await, Some(ReceptionState::Withdrawn { withdrawn_by, .. }) if withdrawn_by == withdrawer)
        );
        assert!(world.withdraw().await.is_empty());
        let next = world.register_all_agreed("2026-11-26").await;
        world.clock.set(next.valid_until.unwrap());
        assert!(world.withdraw().await.is_empty());
        assert!(matches!(world.find_reception_state(next.number).await, Some(ReceptionState::Expired { .. })));
    }
}

#[tokio::test]
async fn a_home_visit_holds_until_it_is_withdrawn() {
    for world in worlds(NOW).await {
        let new = || NewReception {
            term: ReceptionTerm::UntilWithdrawn,
            route: RegistrationRoute::FixedUrl,
            ..world.new_reception("2026-11-24", ConsentChoices::all(ConsentChoice::Agree))
        };
        assert!(matches!(world.register(new()).await, Err(Refusal::FunctionOff)), "{}", world.engine);
        let first = world.register_home_visits(ConsentChoices::all(ConsentChoice::Decline)).await;
        let visit = world.register_all_agreed("2026-11-25").await;
        let second = world.register(new()).await.unwrap();
        let registered = Some(ReceptionState::Registered { valid_until: None });
        // The newer home visit superseded the first one, and none of the other kind.
        for number in [first.number, second.number] {
            assert_eq!(world.find_reception_state(number).await, registered);
        }
        let numbers: Vec<_> = list_receptions(&world).await.iter().map(|reception| reception.number).collect();
        assert_eq!(numbers, [visit.number, second.number]);
        world.clock.set(super::world::timestamp("2036-11-24T09:00:00+09:00"));
        assert_eq!(world.find_reception_state(second.number).await, registered);
        assert_eq!(world.withdraw().await, [second.number]);
        for number in [first.number, second.number] {
            assert!(matches!(world.find_reception_state(number).await, Some(ReceptionState::Withdrawn { .. })));
        }
        assert!(matches!(world.find_reception_state(visit.number).await, Some(ReceptionState::Expired { .. })));
    }
}

#[tokio::test]
async fn a_changed_fixed_url_ends_the_old_one() {
    for world in worlds(NOW).await {
        let resolve = async |token: FixedUrlToken| {
            let read =
                move |tx: &mut database::Transaction<'_>| crate::resolve_fixed_url(tx, &token).map_err(Refusal::from);
            match world.database.read(read).await.unwrap() {
                FixedUrlTarget::Open(institution, kind) => Ok((institution.code, kind)),
                other => Err(other),
            }
        };
        let eligibility = &world.eligibility;
        let (online, home) = (CareKind::Online, CareKind::HomeVisit);
        assert_eq!(eligibility.find_fixed_url(clinic(), online).await.unwrap(), None);
        let old = eligibility.issue_fixed_url(clinic(), online).await.unwrap();
        let other_url = eligibility.issue_fixed_url(other_clinic(), online).await.unwrap();
        let visits = eligibility.issue_fixed_url(clinic(), home).await.unwrap();
        assert_eq!(resolve(old.clone()).await, Ok((clinic(), online)), "{}", world.engine);
        let new = eligibility.issue_fixed_url(clinic(), online).await.unwrap();
        assert_eq!(resolve(old).await, Err(FixedUrlTarget::Changed));
        assert_eq!(resolve(FixedUrlToken::new(&world.randomness)).await, Err(FixedUrlTarget::Unknown));
        assert_eq!(resolve(new.clone()).await, Ok((clinic(), online)));
        assert_eq!(resolve(visits).await, Ok((clinic(), home)));
        assert_eq!(resolve(other_url).await, Ok((other_clinic(), online)));
        assert_eq!(eligibility.find_fixed_url(clinic(), online).await.unwrap(), Some(new));
        let nowhere =
            InstitutionCode::from_parts(base::Prefecture::from_code(1).unwrap(), base::ScoreTable::Medical, 1);
        assert!(matches!(eligibility.issue_fixed_url(nowhere, online).await, Err(Refusal::UnknownInstitution)));
    }
}

#[tokio::test]
async fn a_person_is_read_as_he_was_written() {
    for world in worlds(NOW).await {
        let expected = new_person("1234567", "1980-06-15");
        let id = world.person;
        let read = move |tx: &mut database::Transaction<'_>| -> Result<_, Refusal> {
            let [now, later] = ["2026-11-24", "2027-08-01"].map(day);
            Ok((find_stored_person(tx, id, now)?, find_stored_person(tx, id, later)?.limits))
        };
        let (stored, later) = world.database.read(read).await.unwrap();
        assert_eq!(stored.person, expected.person, "{}", world.engine);
        assert_eq!(stored.coverages, expected.coverages);
        assert_eq!(stored.limits, expected.limits);
        assert_eq!(stored.specific_diseases, expected.specific_diseases);
        assert!(later.is_empty());
    }
}

#[tokio::test]
async fn what_was_taken_back_before_it_had_a_column_is_known_after_the_migration() {
    let index = MIGRATIONS.iter().position(|migration| migration.name == "taken back").unwrap();
    for (engine, location, _folder) in test_database::locations() {
        let old = Database::open(&location, "eligibility", &MIGRATIONS[..index]).unwrap();
        let fill = |tx: &mut database::Transaction<'_>| -> Result<(), Refusal> {
            tx.execute("INSERT INTO institution (code, name, online) VALUES ($1, 'A', $2)", &[&clinic(), &true])?;
            tx.execute(
                "INSERT INTO person (id, name, kana, sex, birth, postcode, address, insurance_card)
                 VALUES (1, 'A', 'A', '1', '1980-06-15', '', '', $1)",
                &[&true],
            )?;
            // Medicines are 4, check-ups 8, limits 16 (as `ConsentChoices` are stored).
            for (number, choices, former) in [(1, 8_i64, &[12_i64, 16][..]), (2, 12, &[]), (3, 0, &[4])] {
                let number = format!("{number:012}");
                tx.execute(
                    "INSERT INTO reception (number, institution, person, kind, visit_date, consent_date, registered,
                        chosen, choices, validity, via)
                     VALUES ($1, $2, 1, 'online', '2026-11-24', '2026-11-24', 0, 9, $3, 'full', 'fixed-url')",
                    &[&number, &clinic(), &choices],
                )?;
                for (end, former) in (1_i64..).zip(former) {
                    tx.execute(
                        "INSERT INTO former_choices (reception, chosen, until, choices) VALUES ($1, 0, $2, $3)",
                        &[&number, &end, former],
                    )?;
                }
            }
            Ok(())
        };
        old.write(fill).await.unwrap();
        drop(old);
        let new = Database::open(&location, "eligibility", MIGRATIONS).unwrap();
        let read = |tx: &mut database::Transaction<'_>| -> Result<Vec<i64>, Refusal> {
            Ok(tx.fetch_all("SELECT taken_back FROM reception ORDER BY number", &[], |row| row.get(0))?)
        };
        assert_eq!(new.read(read).await.unwrap(), [4 + 16, 0, 4], "{engine}");
    }
}
