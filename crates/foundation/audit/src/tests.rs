//! The contract of the chains in a database, on both engines.

use base::{Key, Randomness};
use database::{Error, Migration, Transaction, test_database};

use super::*;

const MIGRATIONS: &[Migration] = &[Migration {
    name: "notes",
    sql: "CREATE TABLE audit_head (
    chain TEXT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    seal BYTEA NOT NULL
);
CREATE TABLE note (
    chain TEXT NOT NULL,
    number BIGINT NOT NULL,
    text TEXT NOT NULL,
    digest BYTEA NOT NULL,
    PRIMARY KEY (chain, number)
);",
}];

/// A table of texts. Its roll is the chain without a name.
struct Notes;

impl AuditTable for Notes {
    type Entry<'a> = &'a str;

    fn encode_entry(entry: &&str) -> Vec<u8> {
        entry.as_bytes().to_vec()
    }

    fn insert_row(transaction: &mut Transaction<'_>, row: &RowPosition<'_>, entry: &&str) -> Result<(), Error> {
        transaction
            .execute(
                "INSERT INTO note (chain, number, text, digest) VALUES ($1, $2, $3, $4)",
                &[&row.chain, &row.number, entry, &row.digest],
            )
            .map(|_| ())
    }

    fn list_rows(
        transaction: &mut Transaction<'_>,
        chain: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<StoredRow>, Error> {
        transaction.fetch_all(
            "SELECT number, text, digest FROM note WHERE chain = $1 AND number > $2 ORDER BY number LIMIT $3",
            &[&chain, &after, &limit],
            |row| {
                let text: String = row.get(1)?;
                Ok(StoredRow { number: row.get(0)?, encoded: text.into_bytes(), digest: row.get(2)? })
            },
        )
    }

    fn find_last_position(transaction: &mut Transaction<'_>, chain: &str) -> Result<i64, Error> {
        transaction.fetch_one("SELECT COALESCE(MAX(number), 0) FROM note WHERE chain = $1", &[&chain], |row| row.get(0))
    }

    fn list_chains(transaction: &mut Transaction<'_>) -> Result<Vec<String>, Error> {
        transaction.fetch_all("SELECT DISTINCT chain FROM note ORDER BY chain", &[], |row| row.get(0))
    }

    fn find_roll(_: &mut Transaction<'_>) -> Result<String, Error> {
        Ok(String::new())
    }

    fn roll_entry<'a>(chain: &'a str, _: &&str) -> &'a str {
        chain
    }

    fn list_opened_chains(transaction: &mut Transaction<'_>, roll: &str) -> Result<Vec<String>, Error> {
        transaction.fetch_all("SELECT text FROM note WHERE chain = $1 ORDER BY number", &[&roll], |row| row.get(0))
    }
}

struct Trial {
    key: Key,
    database: test_database::TestDatabase,
}

fn trials() -> Vec<Trial> {
    let databases = test_database::open_on_each_engine("audit", MIGRATIONS).into_iter();
    databases.map(|database| Trial { key: Key::new(&Randomness::repeatable("audit")), database }).collect()
}

impl Trial {
    async fn append(&self, chain: &'static str, entries: &'static [&'static str]) {
        let key = self.key.clone();
        let append = move |transaction: &mut Transaction<'_>| {
            let chain = lock_chain(transaction, chain)?;
            append_entries::<Notes>(transaction, &key, chain, entries)
        };
        self.database.database.write::<_, Error, _>(append).await.expect("rows are appended");
    }

    async fn execute_sql(&self, statements: &'static [&'static str]) {
        let execute = move |transaction: &mut Transaction<'_>| {
            statements.iter().try_for_each(|sql| transaction.execute(sql, &[]).map(|_| ()))
        };
        self.database.database.write::<_, Error, _>(execute).await.expect("statements are executed");
    }

    async fn verify(&self, anchors: Vec<ChainAnchor>) -> AuditReport {
        let key = self.key.clone();
        let verify = move |transaction: &mut Transaction<'_>| verify::<Notes>(transaction, &key, &anchors);
        self.database.database.read::<_, Error, _>(verify).await.expect("the audit is read")
    }

    /// Verifies a chain by parts of this many rows; what was found, and by how many of them.
    async fn verify_by_parts(&self, chain: &'static str, rows: i64) -> (ChainPart, usize) {
        let mut after = 0;
        for parts in 1.. {
            let key = self.key.clone();
            let verify =
                move |transaction: &mut Transaction<'_>| verify_part::<Notes>(transaction, &key, chain, (after, rows));
            match self.database.database.read::<_, Error, _>(verify).await.expect("the chain is read") {
                ChainPart::MoreRows { position } => after = position,
                found => return (found, parts),
            }
        }
        unreachable!("a chain ends")
    }

    /// The faults: chain, position, kind.
    async fn faults(&self) -> Vec<(String, i64, ChainFaultKind)> {
        let report = self.verify(Vec::new()).await;
        report.faults.into_iter().map(|fault| (fault.chain, fault.position, fault.kind)).collect()
    }
}

fn fault(chain: &str, position: i64, kind: ChainFaultKind) -> (String, i64, ChainFaultKind) {
    (chain.to_owned(), position, kind)
}

#[tokio::test]
async fn each_chain_is_verified_alone_and_its_first_faulty_row_is_named() {
    for trial in trials() {
        let engine = trial.database.engine;
        trial.append("a", &["one", "two"]).await;
        trial.append("b", &["one"]).await;
        trial.append("a", &["three"]).await;
        trial.append("c", &[]).await;
        let report = trial.verify(Vec::new()).await;
        assert_eq!((report.chains, report.rows), (2, 4), "{engine}");
        assert_eq!(report.faults, [], "{engine}");
        let names: Vec<_> = report.anchors.iter().map(|anchor| (anchor.chain.as_str(), anchor.position)).collect();
        assert_eq!(names, [("", 2), ("a", 3), ("b", 1)], "{engine}");
        trial.execute_sql(&["UPDATE note SET text = 'other' WHERE chain = 'a' AND number = 2"]).await;
        assert_eq!(trial.faults().await, [fault("a", 2, ChainFaultKind::Changed)], "{engine}");
    }
}

#[tokio::test]
async fn a_row_before_the_first_is_found() {
    for trial in trials() {
        trial.append("a", &["one"]).await;
        trial
            .execute_sql(&["INSERT INTO note (chain, number, text, digest) SELECT chain, 0, text, digest FROM note
                WHERE chain = 'a'"])
            .await;
        assert_eq!(trial.faults().await, [fault("a", 1, ChainFaultKind::Missing)], "{}", trial.database.engine);
    }
}

#[tokio::test]
async fn whatever_becomes_of_an_end_rows_are_recorded_and_the_fault_stays() {
    const CHANGES: &[(&[&str], ChainFaultKind)] = &[
        (&["DELETE FROM audit_head WHERE chain = 'a'"], ChainFaultKind::Missing),
        (&["UPDATE audit_head SET place = 0 WHERE chain = 'a'"], ChainFaultKind::Missing),
        (&["UPDATE audit_head SET place = 1 WHERE chain = 'a'"], ChainFaultKind::Changed),
        (&["UPDATE audit_head SET place = 9 WHERE chain = 'a'"], ChainFaultKind::Changed),
        (&["DELETE FROM note WHERE chain = 'a'", "DELETE FROM audit_head WHERE chain = 'a'"], ChainFaultKind::Missing),
    ];
    for (change, kind) in CHANGES {
        for trial in trials() {
            let engine = trial.database.engine;
            trial.append("a", &["one", "two"]).await;
            trial.execute_sql(change).await;
            assert_eq!(trial.faults().await.len(), 1, "{engine}: {change:?}");
            trial.append("a", &["three"]).await;
            trial.append("a", &["four"]).await;
            let faults = trial.faults().await;
            assert_eq!(
                faults.iter().map(|(chain, _, kind)| (chain.as_str(), *kind)).collect::<Vec<_>>(),
                [("a", *kind)],
                "{engine}: {change:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_chain_that_vanished_with_its_entry_on_the_roll_is_found_by_an_anchor() {
    for trial in trials() {
        let engine = trial.database.engine;
        trial.append("a", &["one"]).await;
        let anchors = trial.verify(Vec::new()).await.anchors;
        let empty = ChainAnchor { chain: "empty".to_owned(), position: 0, digest: String::new() };
        assert_eq!(trial.verify(vec![empty]).await.faults, [], "{engine}");
        trial.execute_sql(&["DELETE FROM note", "DELETE FROM audit_head"]).await;
        assert_eq!(trial.faults().await, [], "{engine}");
        let faults = trial.verify(anchors).await.faults;
        assert_eq!(faults.iter().map(|fault| fault.chain.as_str()).collect::<Vec<_>>(), ["", "a"], "{engine}");
    }
}

#[tokio::test]
async fn a_chain_of_many_pages_is_verified_to_its_end() {
    for trial in trials() {
        for _ in 0..21 {
            trial.append("a", &["row"; 100]).await;
        }
        let report = trial.verify(Vec::new()).await;
        assert_eq!((report.rows, report.faults.len()), (2100, 0), "{}", trial.database.engine);
        trial.execute_sql(&["DELETE FROM note WHERE chain = 'a' AND number = 2050"]).await;
        assert_eq!(trial.faults().await, [fault("a", 2050, ChainFaultKind::Missing)], "{}", trial.database.engine);
    }
}

#[tokio::test]
async fn a_chain_is_verified_part_by_part_as_at_once() {
    const CHANGES: &[(&str, i64, ChainFaultKind)] = &[
        ("UPDATE note SET text = 'other' WHERE chain = 'a' AND number = 3", 3, ChainFaultKind::Changed),
        // The last row of a part, and the first of the next.
        ("UPDATE note SET text = 'other' WHERE chain = 'a' AND number = 4", 4, ChainFaultKind::Changed),
        ("UPDATE note SET text = 'other' WHERE chain = 'a' AND number = 5", 5, ChainFaultKind::Changed),
        ("DELETE FROM note WHERE chain = 'a' AND number = 4", 4, ChainFaultKind::Missing),
        ("DELETE FROM note WHERE chain = 'a' AND number > 8", 9, ChainFaultKind::Missing),
        ("UPDATE note SET number = 0 WHERE chain = 'a' AND number = 1", 1, ChainFaultKind::Missing),
    ];
    for (change, position, kind) in CHANGES {
        for trial in trials() {
            let engine = trial.database.engine;
            assert_eq!(trial.verify_by_parts("a", 2).await, (ChainPart::Whole { rows: 0 }, 1), "{engine}");
            trial.append("a", &["row"; 10]).await;
            trial.append("b", &["other"]).await;
            assert_eq!(trial.verify_by_parts("a", 20).await, (ChainPart::Whole { rows: 10 }, 1), "{engine}");
            assert_eq!(trial.verify_by_parts("a", 4).await, (ChainPart::Whole { rows: 10 }, 3), "{engine}");
            assert_eq!(trial.verify_by_parts("a", 5).await, (ChainPart::Whole { rows: 10 }, 3), "{engine}");
            trial.execute_sql(std::slice::from_ref(change)).await;
            let (found, _) = trial.verify_by_parts("a", 4).await;
            let fault = ChainFault { position: *position, kind: *kind };
            assert_eq!(found, ChainPart::Faulty(fault), "{engine}: {change}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_at_once_stand_one_behind_the_other() {
    for trial in trials() {
        let trial = std::sync::Arc::new(trial);
        let tasks: Vec<_> = (0..20)
            .map(|index| {
                let trial = trial.clone();
                tokio::spawn(async move { trial.append(["a", "b"][index % 2], &["row"]).await })
            })
            .collect();
        for task in tasks {
            task.await.expect("the task ends");
        }
        let report = trial.verify(Vec::new()).await;
        assert_eq!((report.chains, report.rows, report.faults.len()), (2, 20, 0), "{}", trial.database.engine);
    }
}
