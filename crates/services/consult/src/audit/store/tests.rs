//! Tests of the chain, on every engine.

use base::{Key, Timestamp};
use database::{Database, test_database};

use super::store::{AuditEntry, AuditReport, insert_audit_row, verify_chain};
use crate::{
    refusal::Refusal,
    store::{
        Store,
        schema::{self, MIGRATIONS},
    },
};

fn now() -> Timestamp {
    "2026-11-24T08:00:00+09:00".parse().expect("a timestamp")
}

fn stores() -> Vec<(&'static str, Store, test_database::TestDatabase)> {
    let trials = test_database::open_on_each_engine("consult", MIGRATIONS).into_iter();
    trials.map(|trial| (trial.engine, Store::for_tests(trial.database.clone()), trial)).collect()
}

async fn insert_row(store: &Store, action: &'static str) {
    let key = store.seal.audit_key();
    let write = store.database.write(move |transaction| {
        let action = action.parse().expect("an action");
        let entry = AuditEntry { actor: "staff:1", action, patient: None, entity: Some("x") };
        insert_audit_row(transaction, &key, now(), &entry).map_err(Refusal::from)
    });
    write.await.expect("recorded");
}

async fn execute_sql(store: &Store, sql: &'static str) {
    let write = store.database.write(move |transaction| transaction.execute(sql, &[]).map_err(Refusal::from));
    write.await.expect("changed");
}

#[tokio::test]
async fn the_audit_is_a_chain_that_shows_a_change_a_gap_a_cut_end_and_another_order() {
    use audit::ChainFaultKind::{Added, Changed, Missing, RolledBack};
    for (change, sql, expected) in [
        ("a changed row", "UPDATE audit_entry SET actor = 'staff:2' WHERE number = 2", (2, Changed)),
        ("a row without its patient", "UPDATE audit_entry SET about = NULL WHERE number = 3", (3, Changed)),
        ("a gap", "DELETE FROM audit_entry WHERE number = 2", (2, Missing)),
        ("a cut end", "DELETE FROM audit_entry WHERE number = 4", (4, Missing)),
        (
            "another order",
            "UPDATE audit_entry SET number = -2 WHERE number = 2;
             UPDATE audit_entry SET number = 2 WHERE number = 3;
             UPDATE audit_entry SET number = 3 WHERE number = -2",
            (2, Changed),
        ),
        ("an end that is gone", "DELETE FROM audit_end", (1, Missing)),
        ("an end that says less", "UPDATE audit_end SET place = 3", (4, Added)),
        ("an end that is begun anew", "UPDATE audit_end SET place = 0, digest = NULL, seal = NULL", (1, Added)),
        ("a beginning that is moved", "UPDATE audit_end SET older = 2", (3, Changed)),
        ("nothing left", "DELETE FROM audit_entry", (1, Missing)),
        (
            "a row that was added",
            "INSERT INTO audit_entry (number, at, actor, act, digest) SELECT 5, at, actor, act, digest FROM audit_entry WHERE number = 4",
            (5, Added),
        ),
    ] {
        for (engine, store, _trial) in stores() {
            for act in ["picture.look", "visit.look", "picture.send", "picture.look"] {
                insert_row(&store, act).await;
            }
            let report = store.verify_audit(None).await.expect("verified");
            assert_eq!((report.rows, report.rows_before_chain, report.fault), (4, 0, None), "{engine}");
            let anchor = report.anchor.expect("a whole chain has an end");
            for statement in sql.split(';') {
                execute_sql(&store, statement).await;
            }
            let fault_of = |report: AuditReport| report.fault.map(|fault| (fault.number, fault.kind));
            let report = store.verify_audit(None).await.expect("verified");
            assert_eq!(fault_of(report), Some(expected), "{engine}: {change}");
            // A row after the change does not hide it.
            if expected != (5, Added) {
                insert_row(&store, "picture.look").await;
                let report = store.verify_audit(None).await.expect("verified");
                assert!(report.fault.is_some(), "{engine}: {change}, and a row behind it");
            }
            let report = store.verify_audit(Some(anchor)).await.expect("verified");
            assert!(report.fault.is_some(), "{engine}: {change}");
        }
    }
    for (engine, store, _trial) in stores() {
        insert_row(&store, "picture.look").await;
        insert_row(&store, "picture.send").await;
        let anchor = store.verify_audit(None).await.expect("verified").anchor;
        insert_row(&store, "picture.erase").await;
        assert_eq!(store.verify_audit(anchor.clone()).await.expect("verified").fault, None, "{engine}: it grew");
        // Under another key the chain is invalid.
        let other_key = Key::new(&store.randomness);
        let report =
            store.database.read(move |transaction| verify_chain(transaction, &other_key, None).map_err(Refusal::from));
        assert!(report.await.expect("verified").fault.is_some(), "{engine}");
        // A chain that was begun anew is valid in itself; the anchor from elsewhere shows the change.
        execute_sql(&store, "DELETE FROM audit_entry").await;
        execute_sql(&store, "UPDATE audit_end SET place = 0, digest = NULL, seal = NULL").await;
        insert_row(&store, "picture.look").await;
        assert_eq!(store.verify_audit(None).await.expect("verified").fault, None, "{engine}");
        let report = store.verify_audit(anchor).await.expect("verified");
        assert_eq!(report.fault.map(|fault| fault.kind), Some(RolledBack), "{engine}");
    }
}

#[tokio::test]
async fn rows_that_are_older_than_the_key_stay_and_are_counted_apart() {
    let keyed =
        MIGRATIONS.iter().position(|migration| migration.name == schema::KEYED_AUDIT.name).expect("it is listed");
    for trial in test_database::open_on_each_engine("consult", &MIGRATIONS[..keyed]) {
        let old = "INSERT INTO audit_entry (number, at, actor, act, previous, digest)
             VALUES ($1, 0, 'staff:1', 'picture.look', $2, $2)";
        for number in 1..=3_i64 {
            let write = trial.database.write(move |transaction| transaction.execute(old, &[&number, &vec![0_u8; 32]]));
            write.await.unwrap_or_else(|error: database::Error| panic!("{error}"));
        }
        let database = Database::open(&trial.location, "consult", MIGRATIONS).expect("brought up to date");
        let store = Store::for_tests(database);
        let verify = async || store.verify_audit(None).await.expect("verified");
        assert_eq!(
            (verify().await.rows, verify().await.rows_before_chain, verify().await.fault),
            (0, 3, None),
            "{}",
            trial.engine
        );
        insert_row(&store, "picture.send").await;
        assert_eq!(
            (verify().await.rows, verify().await.rows_before_chain, verify().await.fault),
            (1, 3, None),
            "{}",
            trial.engine
        );
        execute_sql(&store, "UPDATE audit_entry SET act = 'picture.look' WHERE number = 4").await;
        assert_eq!(verify().await.fault.map(|fault| fault.number), Some(4), "{}", trial.engine);
    }
}
