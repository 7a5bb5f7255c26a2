//! Tests of the audit, on every engine.

use ::audit::{AuditChain, ChainEnd};
use base::{Key, Timestamp};
use database::{Database, test_database};

use super::*;
use crate::{
    audit::rules::action::{AccountAction, DeskView, PictureAction},
    store::schema::{self, MIGRATIONS},
};

const CLINIC: &str = "0110113719";
const CLINIC_CHAIN: &str = "consult 0110113719";

fn now() -> Timestamp {
    "2026-11-24T08:00:00+09:00".parse().expect("a timestamp")
}

fn clinic() -> InstitutionCode {
    CLINIC.parse().expect("an institution code")
}

fn other_clinic() -> InstitutionCode {
    InstitutionCode::from_parts(base::Prefecture::from_code(13).expect("Tokyo"), base::ScoreTable::Medical, 777)
}

const LOOK: AuditAction = AuditAction::Picture(PictureAction::View);
const SEND: AuditAction = AuditAction::Picture(PictureAction::Send);
const VISIT: AuditAction = AuditAction::DeskView(DeskView::Visit);

fn stores() -> Vec<(&'static str, Store, test_database::TestDatabase)> {
    let trials = test_database::open_on_each_engine("consult", MIGRATIONS).into_iter();
    trials.map(|trial| (trial.engine, Store::for_tests(trial.database.clone()), trial)).collect()
}

async fn insert_row(store: &Store, institution: impl Into<Option<InstitutionCode>>, action: AuditAction) {
    let (key, institution) = (store.seal.audit_key(), institution.into());
    let write = store.database.write(move |transaction| {
        let entry = AuditEntry { institution, actor: "staff:1", action, patient: None, entity: Some("x") };
        insert_audit_row(transaction, &key, now(), &entry).map_err(Refusal::from)
    });
    write.await.expect("recorded");
}

async fn execute_sql(database: &Database, sql: &'static str) {
    for statement in sql.split(';') {
        let write = database.write(move |transaction| transaction.execute(statement, &[]).map_err(Refusal::from));
        write.await.expect("changed");
    }
}

async fn verify(store: &Store, anchors: &[ChainAnchor]) -> AuditReport {
    store.verify_audit(anchors.to_vec()).await.expect("verified")
}

/// The faults: chain, position, kind.
async fn faults(store: &Store, anchors: &[ChainAnchor]) -> Vec<(String, i64, ChainFaultKind)> {
    let faults = verify(store, anchors).await.verified.faults.into_iter();
    faults.map(|fault| (fault.chain, fault.position, fault.kind)).collect()
}

fn fault(chain: &str, position: i64, kind: ChainFaultKind) -> (String, i64, ChainFaultKind) {
    (chain.to_owned(), position, kind)
}

/// Where every chain ends: its name and the number of its rows.
async fn ends(store: &Store) -> Vec<(String, i64)> {
    let read = store.database.read(move |transaction| {
        let ends = transaction
            .fetch_all("SELECT chain, place FROM audit_head ORDER BY chain", &[], |row| Ok((row.get(0)?, row.get(1)?)));
        ends.map_err(Refusal::from)
    });
    read.await.expect("the ends are read")
}

fn end(chain: &str, rows: i64) -> (String, i64) {
    (chain.to_owned(), rows)
}

#[tokio::test]
async fn the_audit_is_a_chain_that_shows_a_change_a_gap_a_cut_end_and_another_order() {
    use ChainFaultKind::{Added, Changed, Missing, RolledBack};
    for (change, sql, expected) in [
        (
            "a changed row",
            "UPDATE audit_entry SET actor = 'staff:2' WHERE chain = 'consult 0110113719' AND number = 2",
            (2, Changed),
        ),
        (
            "a row without its patient",
            "UPDATE audit_entry SET about = NULL WHERE chain = 'consult 0110113719' AND number = 3",
            (3, Changed),
        ),
        ("a gap", "DELETE FROM audit_entry WHERE chain = 'consult 0110113719' AND number = 2", (2, Missing)),
        ("a cut end", "DELETE FROM audit_entry WHERE chain = 'consult 0110113719' AND number = 4", (4, Missing)),
        (
            "another order",
            "UPDATE audit_entry SET number = 9 WHERE chain = 'consult 0110113719' AND number = 2;
             UPDATE audit_entry SET number = 2 WHERE chain = 'consult 0110113719' AND number = 3;
             UPDATE audit_entry SET number = 3 WHERE chain = 'consult 0110113719' AND number = 9",
            (2, Changed),
        ),
        ("an end that is gone", "DELETE FROM audit_head WHERE chain = 'consult 0110113719'", (1, Missing)),
        ("an end that says less", "UPDATE audit_head SET place = 3 WHERE chain = 'consult 0110113719'", (4, Added)),
        (
            "an end that is begun anew",
            "UPDATE audit_head SET place = 0 WHERE chain = 'consult 0110113719'",
            (1, Added),
        ),
        ("nothing left", "DELETE FROM audit_entry WHERE chain = 'consult 0110113719'", (1, Missing)),
        (
            "a row that was added",
            "INSERT INTO audit_entry (chain, number, at, actor, act, digest)
             SELECT chain, 5, at, actor, act, digest FROM audit_entry WHERE chain = 'consult 0110113719' AND number = 4",
            (5, Added),
        ),
    ] {
        for (engine, store, _trial) in stores() {
            for action in [LOOK, VISIT, SEND, LOOK] {
                insert_row(&store, clinic(), action).await;
            }
            let AuditReport { verified, rows_before_chain } = verify(&store, &[]).await;
            assert_eq!((verified.chains, verified.rows, rows_before_chain), (1, 4, 0), "{engine}");
            assert_eq!(verified.faults, [], "{engine}");
            execute_sql(&store.database, sql).await;
            let (position, kind) = expected;
            assert_eq!(faults(&store, &[]).await, [fault(CLINIC_CHAIN, position, kind)], "{engine}: {change}");
            // A row after the change does not hide it.
            if expected != (5, Added) {
                insert_row(&store, clinic(), LOOK).await;
                assert_eq!(faults(&store, &[]).await.len(), 1, "{engine}: {change}, and a row behind it");
            }
            assert_eq!(faults(&store, &verified.anchors).await.len(), 1, "{engine}: {change}");
        }
    }
    for (engine, store, _trial) in stores() {
        insert_row(&store, clinic(), LOOK).await;
        insert_row(&store, clinic(), SEND).await;
        let anchors = verify(&store, &[]).await.verified.anchors;
        insert_row(&store, clinic(), LOOK).await;
        assert_eq!(faults(&store, &anchors).await, [], "{engine}: it grew");
        // Under another key the chains are invalid.
        let other_key = Key::new(&store.randomness);
        let report =
            store.database.read(move |transaction| verify_chains(transaction, &other_key, &[]).map_err(Refusal::from));
        assert_eq!(report.await.expect("verified").verified.faults.len(), 2, "{engine}");
        // Chains that were begun anew are valid in themselves; the anchors from elsewhere show the change.
        execute_sql(&store.database, "DELETE FROM audit_entry; DELETE FROM audit_head").await;
        insert_row(&store, clinic(), LOOK).await;
        assert_eq!(faults(&store, &[]).await, [], "{engine}");
        assert_eq!(faults(&store, &anchors).await, [fault(CLINIC_CHAIN, 2, RolledBack)], "{engine}");
    }
}

#[tokio::test]
async fn a_clinic_writes_to_its_own_chain_alone() {
    for (engine, store, _trial) in stores() {
        insert_row(&store, clinic(), VISIT).await;
        let other_chain = institution_chain(other_clinic());
        // The chain of the service has the row that opened the clinic's.
        assert_eq!(ends(&store).await, [end(CLINIC_CHAIN, 1), end("consult behind 0", 1)], "{engine}");
        insert_row(&store, other_clinic(), VISIT).await;
        insert_row(&store, clinic(), LOOK).await;
        insert_row(&store, other_clinic(), LOOK).await;
        insert_row(&store, None, AuditAction::Account(AccountAction::Export)).await;
        let expected = [end(CLINIC_CHAIN, 2), end(&other_chain, 2), end("consult behind 0", 3)];
        assert_eq!(ends(&store).await, expected, "{engine}");
        let verified = verify(&store, &[]).await.verified;
        assert_eq!((verified.chains, verified.rows, verified.faults.len()), (2, 5, 0), "{engine}");
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
        let counts = async || {
            let AuditReport { verified, rows_before_chain } = verify(&store, &[]).await;
            (verified.rows, rows_before_chain, verified.faults.len())
        };
        assert_eq!(counts().await, (0, 3, 0), "{}", trial.engine);
        insert_row(&store, clinic(), SEND).await;
        assert_eq!(counts().await, (1, 3, 0), "{}", trial.engine);
        // None is added to them.
        let added = "INSERT INTO audit_entry (chain, number, at, actor, act, digest)
            SELECT chain, 4, at, actor, act, digest FROM audit_entry WHERE chain = 'unkeyed' AND number = 3";
        execute_sql(&store.database, added).await;
        assert_eq!(faults(&store, &[]).await, [fault(UNKEYED, 4, ChainFaultKind::Added)], "{}", trial.engine);
    }
}

/// A database from before institutions had chains: three rows without a key, and two in the one chain. With the store that
/// has its key, and the end of the chain, as it was kept elsewhere.
struct OldAudit {
    trial: test_database::TestDatabase,
    store: Store,
    anchor: ChainAnchor,
}

async fn old_audits() -> Vec<OldAudit> {
    let chains =
        MIGRATIONS.iter().position(|migration| migration.name == schema::AUDIT_CHAINS.name).expect("it is listed");
    let mut audits = Vec::new();
    for trial in test_database::open_on_each_engine("consult", &MIGRATIONS[..chains]) {
        let store = Store::for_tests(trial.database.clone());
        let key = store.seal.audit_key();
        let write = move |transaction: &mut Transaction<'_>| -> Result<ChainEnd, Refusal> {
            for number in 1..=3_i64 {
                transaction.execute(
                    "INSERT INTO audit_entry (number, at, actor, act, digest)
                     VALUES ($1, 0, 'staff:1', 'picture.look', $2)",
                    &[&number, &vec![0_u8; 32]],
                )?;
            }
            let chain = AuditChain::new(key.clone(), "consult behind 3");
            let mut end = chain.empty_end();
            for action in ["desk.visit", "picture.look"] {
                let time = now().milliseconds();
                let line = AuditLine { time, actor: "staff:1", action, patient: None, entity: Some("x") };
                end = chain.append_row(&end, &ServiceAudit::encode_entry(&line));
                transaction.execute(
                    "INSERT INTO audit_entry (number, at, actor, act, about, digest)
                     VALUES ($1, $2, 'staff:1', $3, 'x', $4)",
                    &[&(end.position + 3), &time, &action, &end.digest],
                )?;
            }
            transaction.execute(
                "UPDATE audit_end SET older = 3, place = $1, digest = $2, seal = $3 WHERE one = 1",
                &[&end.position, &end.digest, &end.mac],
            )?;
            Ok(end)
        };
        let end = trial.database.write(write).await.expect("the old rows are written");
        let anchor = AuditChain::new(store.seal.audit_key(), "consult behind 3").anchor(&end);
        audits.push(OldAudit { trial, store, anchor });
    }
    audits
}

impl OldAudit {
    /// The store, on the database brought up to date.
    fn migrate(&self) -> Store {
        let database = Database::open(&self.trial.location, "consult", MIGRATIONS).expect("brought up to date");
        Store { database, ..self.store.clone() }
    }
}

#[tokio::test]
async fn the_one_chain_that_there_was_is_kept_and_goes_on_being_verified() {
    for old in old_audits().await {
        let (engine, store, anchors) = (old.trial.engine, old.migrate(), [old.anchor.clone()]);
        let AuditReport { verified, rows_before_chain } = verify(&store, &anchors).await;
        assert_eq!((verified.chains, verified.rows, rows_before_chain), (0, 2, 3), "{engine}");
        assert_eq!((verified.faults, verified.anchors), (vec![], anchors.to_vec()), "{engine}");
        insert_row(&store, clinic(), LOOK).await;
        insert_row(&store, None, AuditAction::Account(AccountAction::Close)).await;
        let AuditReport { verified, .. } = verify(&store, &anchors).await;
        assert_eq!((verified.chains, verified.rows), (1, 4), "{engine}");
        assert_eq!(verified.faults, [], "{engine}");
        // The end from before the migration shows that the chain was begun anew since.
        let gone = "DELETE FROM audit_entry WHERE chain <> 'unkeyed'; DELETE FROM audit_head";
        let changed = "UPDATE audit_entry SET actor = 'staff:2' WHERE chain = 'consult behind 3' AND number = 2";
        execute_sql(&store.database, changed).await;
        let expected = [fault("consult behind 3", 2, ChainFaultKind::Changed)];
        assert_eq!(faults(&store, &[]).await, expected, "{engine}");
        execute_sql(&store.database, gone).await;
        assert_eq!(faults(&store, &[]).await, [], "{engine}");
        let expected = [fault("consult behind 3", 1, ChainFaultKind::Missing)];
        assert_eq!(faults(&store, &anchors).await, expected, "{engine}");
    }
}

#[tokio::test]
async fn a_chain_that_was_damaged_before_is_damaged_after_it_was_brought_up_to_date() {
    for damage in [
        "DELETE FROM audit_end",
        "UPDATE audit_end SET digest = NULL, seal = NULL",
        "UPDATE audit_end SET place = 0, digest = NULL, seal = NULL",
        "UPDATE audit_end SET older = 2",
        "UPDATE audit_entry SET actor = 'staff:2' WHERE number = 4",
        "DELETE FROM audit_entry WHERE number = 5",
    ] {
        for old in old_audits().await {
            let engine = old.trial.engine;
            execute_sql(&old.trial.database, damage).await;
            let rows = if damage.starts_with("DELETE FROM audit_entry") { 4_i64 } else { 5 };
            let store = old.migrate();
            let read = store.database.read(move |transaction| {
                let count = transaction.fetch_one("SELECT COUNT(*) FROM audit_entry", &[], |row| row.get::<i64>(0));
                count.map_err(Refusal::from)
            });
            assert_eq!(read.await.expect("a count"), rows, "{engine}: {damage}: no row is lost");
            assert_eq!(faults(&store, &[]).await.len(), 1, "{engine}: {damage}");
            insert_row(&store, clinic(), LOOK).await;
            insert_row(&store, None, AuditAction::Account(AccountAction::Close)).await;
            assert!(!faults(&store, &[]).await.is_empty(), "{engine}: {damage}, and rows behind it");
        }
    }
}
