use audit::{AuditFault, ChainFaultKind};
use database::Database;
use oqs::{CharacterCode, Exchange, FileName, Message, RequestHeader, RequestMessage};

use super::world::{World, certificate, clinic, coverage, day, other_clinic, worlds};
use crate::Refusal;

const NOW: &str = "2026-11-24T09:00:00+09:00";

async fn read_qualification(world: &World, caller: base::InstitutionCode) {
    let coverage = coverage("1234567");
    let search = oqs::QualificationSearch {
        insurer: coverage.insurer.into(),
        symbol: coverage.symbol,
        number: coverage.number,
        branch: coverage.branch,
        birthdate: day("1980-06-15"),
        limit_consent: None,
        examination_date: None,
        identifier: None,
    };
    let header = RequestHeader { institution: caller.into(), identifier: None, confirmation_date: None };
    let message = Message::QualificationRequest(RequestMessage { header, body: oqs::QualificationRequest { search } });
    let name = FileName::new(Exchange::OnlineQualification.request(), "1").unwrap();
    let bytes = oqs::write(&message, CharacterCode::Utf8);
    world.eligibility.respond_to_file(certificate(caller), name, bytes).await.unwrap();
}

/// Worlds in which the clinic has read four times (three rows each: eligibility and two certificates), and another
/// institution has tried once.
async fn read_worlds() -> Vec<World> {
    let worlds = worlds(NOW).await;
    for world in &worlds {
        world.register_all_agreed("2026-11-25").await;
        for _ in 0..4 {
            read_qualification(world, clinic()).await;
        }
        read_qualification(world, other_clinic()).await;
    }
    worlds
}

async fn check(world: &World, change: &'static [&'static str], expected: Option<(i64, ChainFaultKind)>) {
    let write = move |tx: &mut database::Transaction<'_>| -> Result<(), Refusal> {
        for sql in change {
            tx.execute(sql, &[])?;
        }
        Ok(())
    };
    world.database.write(write).await.unwrap();
    let report = world.eligibility.verify_audit(Vec::new()).await.unwrap();
    let fault = |(position, kind)| AuditFault { chain: clinic().to_string(), position, kind };
    assert_eq!(report.faults, Vec::from_iter(expected.map(fault)), "{} {change:?}", world.engine);
}

#[tokio::test]
async fn every_reading_and_every_attempt_stands_in_a_chain_that_holds() {
    for world in read_worlds().await {
        let report = world.eligibility.verify_audit(Vec::new()).await.unwrap();
        assert_eq!((report.chains, report.rows), (2, 13), "{}", world.engine);
        assert!(report.faults.is_empty());
    }
}

#[tokio::test]
async fn a_changed_row_is_named() {
    for world in read_worlds().await {
        let change = &["UPDATE audit SET access = 'declined' WHERE institution = '0110113719' AND place = 5"];
        check(&world, change, Some((5, ChainFaultKind::Changed))).await;
    }
}

#[tokio::test]
async fn a_missing_row_is_named() {
    for world in read_worlds().await {
        check(
            &world,
            &["DELETE FROM audit WHERE institution = '0110113719' AND place = 7"],
            Some((7, ChainFaultKind::Missing)),
        )
        .await;
    }
    for world in read_worlds().await {
        check(
            &world,
            &["DELETE FROM audit WHERE institution = '0110113719' AND place >= 11"],
            Some((11, ChainFaultKind::Missing)),
        )
        .await;
    }
}

#[tokio::test]
async fn reordered_rows_are_named() {
    for world in read_worlds().await {
        let change = &[
            "UPDATE audit SET place = 100 WHERE institution = '0110113719' AND place = 4",
            "UPDATE audit SET place = 4 WHERE institution = '0110113719' AND place = 7",
            "UPDATE audit SET place = 7 WHERE institution = '0110113719' AND place = 100",
        ];
        check(&world, change, Some((4, ChainFaultKind::Changed))).await;
    }
}

#[tokio::test]
async fn an_added_row_is_named() {
    for world in read_worlds().await {
        let change = &["INSERT INTO audit (institution, place, at, certificate, message, subject, access, digest)
            SELECT institution, 13, at, certificate, message, subject, access, digest FROM audit
            WHERE institution = '0110113719' AND place = 12"];
        check(&world, change, Some((13, ChainFaultKind::Added))).await;
    }
}

#[tokio::test]
async fn a_cut_off_end_is_named_even_where_the_head_was_moved_with_it() {
    const CUT: &[&str] = &[
        "DELETE FROM audit WHERE institution = '0110113719' AND place >= 11",
        "UPDATE audit_head SET place = 10, digest = (SELECT digest FROM audit WHERE institution = '0110113719' AND place = 10)
         WHERE chain = '0110113719'",
    ];
    for world in read_worlds().await {
        check(&world, CUT, Some((11, ChainFaultKind::Missing))).await;
        // A row appended later does not repair it.
        read_qualification(&world, clinic()).await;
        check(&world, &[], Some((11, ChainFaultKind::Changed))).await;
    }
}

#[tokio::test]
async fn a_chain_that_was_taken_away_whole_is_missed() {
    const AWAY: &[&str] =
        &["DELETE FROM audit WHERE institution = '0110113719'", "DELETE FROM audit_head WHERE chain = '0110113719'"];
    for world in read_worlds().await {
        check(&world, AWAY, Some((1, ChainFaultKind::Missing))).await;
        // A new beginning of the chain does not replace it.
        read_qualification(&world, clinic()).await;
        check(&world, &[], Some((1, ChainFaultKind::Missing))).await;
    }
}

#[tokio::test]
async fn a_chain_that_no_roll_has_was_never_written() {
    for world in read_worlds().await {
        let change = &["UPDATE audit SET institution = '9999999999' WHERE institution = '0110113719'"];
        let write = move |tx: &mut database::Transaction<'_>| -> Result<(), Refusal> {
            tx.execute(change[0], &[])?;
            Ok(())
        };
        world.database.write(write).await.unwrap();
        let report = world.eligibility.verify_audit(Vec::new()).await.unwrap();
        let faults: Vec<_> = report.faults.iter().map(|fault| (fault.chain.as_str(), fault.kind)).collect();
        let expected = [("0110113719", ChainFaultKind::Missing), ("9999999999", ChainFaultKind::Added)];
        assert_eq!(faults, expected, "{}", world.engine);
    }
}

#[tokio::test]
async fn another_key_fits_no_row() {
    for world in read_worlds().await {
        let settings = crate::Settings {
            clock: world.clock.clone(),
            randomness: world.randomness.clone(),
            audit_key: base::Key::from_bytes([8; 32]),
            reception: "http://reception.localhost:8400".parse().unwrap(),
        };
        let with_other_key = crate::Eligibility::from_database(world.database.clone(), settings).await.unwrap();
        let report = with_other_key.verify_audit(Vec::new()).await.unwrap();
        let faults: Vec<_> = report.faults.iter().map(|fault| (fault.position, fault.kind)).collect();
        assert_eq!(faults, [(1, ChainFaultKind::Changed); 3], "{}", world.engine);
    }
}

#[tokio::test]
async fn what_was_put_back_to_how_it_once_was_is_named_by_what_is_kept_elsewhere() {
    const SAVE: &[&str] =
        &["CREATE TABLE saved AS SELECT * FROM audit", "CREATE TABLE saved_head AS SELECT * FROM audit_head"];
    const PUT_BACK: &[&str] = &[
        "DELETE FROM audit",
        "DELETE FROM audit_head",
        "INSERT INTO audit SELECT * FROM saved",
        "INSERT INTO audit_head SELECT * FROM saved_head",
    ];
    for world in read_worlds().await {
        check(&world, SAVE, None).await;
        read_qualification(&world, clinic()).await;
        let anchors = world.eligibility.verify_audit(Vec::new()).await.unwrap().anchors;
        assert_eq!(anchors.len(), 3, "{}: two institutions and the roll", world.engine);
        assert!(world.eligibility.verify_audit(anchors.clone()).await.unwrap().faults.is_empty());
        check(&world, PUT_BACK, None).await;
        let faults = world.eligibility.verify_audit(anchors.clone()).await.unwrap().faults;
        let rolled_back = AuditFault { chain: clinic().to_string(), position: 13, kind: ChainFaultKind::RolledBack };
        assert_eq!(faults, [rolled_back]);
        // Other readings instead of the ones that were removed.
        world.clock.set(super::world::timestamp("2026-11-24T10:00:00+09:00"));
        read_qualification(&world, clinic()).await;
        let faults = world.eligibility.verify_audit(anchors).await.unwrap().faults;
        assert_eq!((faults[0].position, faults[0].kind, faults.len()), (15, ChainFaultKind::RolledBack, 1));
    }
}

#[tokio::test]
async fn chains_from_before_their_table_was_shared_go_on() {
    for world in read_worlds().await {
        // The schema before the migration, with rows that were written then.
        let change = &[
            "ALTER TABLE audit_head RENAME COLUMN chain TO institution",
            "DELETE FROM migration WHERE room = 'eligibility' AND name = 'audit chains'",
        ];
        let write = move |tx: &mut database::Transaction<'_>| -> Result<(), Refusal> {
            change.iter().try_for_each(|sql| Ok(tx.execute(sql, &[]).map(|_| ())?))
        };
        world.database.write(write).await.unwrap();
        Database::open(world.location(), "eligibility", crate::MIGRATIONS).unwrap();
        check(&world, &[], None).await;
        read_qualification(&world, clinic()).await;
        let report = world.eligibility.verify_audit(Vec::new()).await.unwrap();
        assert_eq!((report.chains, report.rows, report.faults.len()), (2, 16, 0), "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_at_once_stand_one_behind_the_other() {
    for world in read_worlds().await {
        let world = std::sync::Arc::new(world);
        let readers: Vec<_> = (0..20)
            .map(|_| {
                let world = world.clone();
                tokio::spawn(async move { read_qualification(&world, clinic()).await })
            })
            .collect();
        for reader in readers {
            reader.await.unwrap();
        }
        let report = world.eligibility.verify_audit(Vec::new()).await.unwrap();
        assert_eq!((report.rows, report.faults.len()), (13 + 60, 0), "{}", world.engine);
    }
}
