#[cfg(feature = "postgres")]
mod outages;

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use base::Key;

use crate::{Database, Error, Location, Migration, MigrationError, Rows, Transaction, test_database};

const MIGRATIONS: &[Migration] = &[Migration {
    name: "counter",
    sql: "CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    note BYTEA
);",
}];

const EDITED: &[Migration] = &[Migration { name: "counter", sql: "CREATE TABLE other (a TEXT);" }];

async fn increase(database: &Database, name: &'static str) -> Result<i64, Error> {
    database
        .write(move |transaction| {
            transaction.execute("INSERT INTO counter (name, count) VALUES ($1, 0) ON CONFLICT DO NOTHING", &[&name])?;
            let count: i64 =
                transaction.fetch_one("SELECT count FROM counter WHERE name = $1", &[&name], |row| row.get(0))?;
            // Reading and then writing: two such transactions at once must not both see the same count.
            transaction.execute("UPDATE counter SET count = $2 WHERE name = $1", &[&name, &(count + 1)])?;
            Ok(count + 1)
        })
        .await
}

async fn count(database: &Database, name: &str) -> Option<i64> {
    let name = name.to_owned();
    database
        .read(move |transaction| {
            transaction.fetch_optional("SELECT count FROM counter WHERE name = $1", &[&name], |row| row.get(0))
        })
        .await
        .unwrap_or_else(|error: Error| panic!("{error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_run_as_if_one_after_the_other() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let database = trial.database.clone();
                tokio::spawn(async move { increase(&database, "a").await })
            })
            .collect();
        let mut counts = Vec::new();
        for task in tasks {
            counts.push(task.await.unwrap().unwrap());
        }
        counts.sort_unstable();
        assert_eq!(counts, (1..=50).collect::<Vec<_>>(), "{}", trial.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_want_the_same_rows_none_loses_for_ever() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        for name in ["a", "b", "c", "d"] {
            increase(&trial.database, name).await.unwrap();
        }
        let tasks: Vec<_> = (0..600)
            .map(|index| {
                let (database, name) = (trial.database.clone(), ["a", "b", "c", "d"][index % 4]);
                let job = move |tx: &mut Transaction<'_>| {
                    // Each reads what all others write.
                    let sum: i64 =
                        tx.fetch_one("SELECT CAST(SUM(count) AS BIGINT) FROM counter", &[], |row| row.get(0))?;
                    tx.execute("UPDATE counter SET count = count + 1 WHERE name = $1", &[&name])?;
                    Ok::<_, Error>(sum)
                };
                tokio::spawn(async move { database.write(job).await })
            })
            .collect();
        let mut counts = Vec::new();
        for task in tasks {
            counts.push(task.await.unwrap().unwrap());
        }
        counts.sort_unstable();
        assert_eq!(counts, (4..604).collect::<Vec<_>>(), "{}", trial.engine);
    }
}

#[tokio::test]
async fn what_a_job_refuses_leaves_no_trace() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        let refused: Result<(), Error> = trial
            .database
            .write(|transaction| {
                transaction.execute("INSERT INTO counter (name, count) VALUES ($1, $2)", &[&"a", &1_i64])?;
                Err(Error::Stopped)
            })
            .await;
        assert!(matches!(refused, Err(Error::Stopped)), "{}", trial.engine);
        assert_eq!(count(&trial.database, "a").await, None, "{}", trial.engine);
    }
}

#[tokio::test]
async fn what_a_job_refuses_takes_nothing_from_those_that_are_committed_with_it() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let gate = std::sync::Mutex::new(gate);
        let database = trial.database.clone();
        // While the first job waits, the others are queued behind it: one group, where there is one writer.
        let first = tokio::spawn(async move {
            let wait = move |transaction: &mut Transaction<'_>| {
                // `recv` fails once the sender is dropped, and does not block when the job is run again.
                let is_open = gate.lock().is_ok_and(|gate| gate.recv().is_err());
                transaction.execute("INSERT INTO counter (name, count) VALUES ('first', $1)", &[&i64::from(is_open)])
            };
            database.write::<_, Error, _>(wait).await
        });
        let tasks: Vec<_> = (0..50_i64)
            .map(|index| {
                let database = trial.database.clone();
                tokio::spawn(async move {
                    let job = move |transaction: &mut Transaction<'_>| {
                        let name = format!("job {index}");
                        let insert = "INSERT INTO counter (name, count) VALUES ($1, $2)";
                        transaction.execute(insert, &[&name, &index])?;
                        match index % 5 {
                            0 => Err(Error::Stopped),
                            1 => panic!("a job fell over"),
                            2 => transaction.execute(insert, &[&name, &index]),
                            _ => Ok(1),
                        }
                    };
                    database.write::<_, Error, _>(job).await
                })
            })
            .collect();
        // All tasks that have started by now, on this one thread, are queued behind the first.
        tokio::task::yield_now().await;
        drop(open);
        assert_eq!(first.await.unwrap().unwrap(), 1);
        for (index, task) in (0..50_i64).zip(tasks) {
            let result = task.await.unwrap();
            let expected = match index % 5 {
                0 => matches!(result, Err(Error::Stopped)),
                1 => matches!(result, Err(Error::Panicked)),
                2 => matches!(result, Err(Error::Statement { .. })),
                _ => result.is_ok(),
            };
            assert!(expected, "{}: {index}: {result:?}", trial.engine);
            let expected_count = (index % 5 > 2).then_some(index);
            assert_eq!(
                count(&trial.database, &format!("job {index}")).await,
                expected_count,
                "{}: {index}",
                trial.engine
            );
        }
    }
}

#[tokio::test]
async fn a_panic_is_an_error_and_the_next_job_runs() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        let result: Result<(), Error> = trial
            .database
            .write(|transaction| {
                transaction.execute("INSERT INTO counter (name, count) VALUES ($1, $2)", &[&"a", &1_i64])?;
                panic!("a job fell over");
            })
            .await;
        assert!(matches!(result, Err(Error::Panicked)), "{}", trial.engine);
        assert_eq!(increase(&trial.database, "a").await.unwrap(), 1, "{}", trial.engine);
    }
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        let (number, bytes) = (i64::MIN, vec![0_u8, 255, 1]);
        let expected = bytes.clone();
        trial
            .database
            .write(move |transaction| {
                transaction.execute(
                    "INSERT INTO counter (name, count, note) VALUES ($2, $1, $3)",
                    &[&number, &"受付\u{1F600}'\"", &bytes],
                )
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        let row: (String, i64, Option<Vec<u8>>, Option<i64>) = trial
            .database
            .read(|transaction| {
                transaction.fetch_one("SELECT name, count, note, NULL FROM counter", &[], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, None))
                })
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        assert_eq!(row, ("受付\u{1F600}'\"".to_owned(), number, Some(expected), None), "{}", trial.engine);
    }
}

#[tokio::test]
async fn a_text_that_one_engine_cannot_hold_is_given_to_neither() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        let query: Result<Vec<i64>, Error> = trial
            .database
            .read(|tx| tx.fetch_all("SELECT count FROM counter WHERE name = $1", &[&"a\0b"], |row| row.get(0)))
            .await;
        assert!(matches!(query, Err(Error::Statement { .. })), "{}", trial.engine);
        let insert: Result<u64, Error> =
            trial.database.write(|tx| tx.execute("INSERT INTO counter (name, count) VALUES ($1, 1)", &[&"a\0b"])).await;
        assert!(matches!(insert, Err(Error::Statement { .. })), "{}", trial.engine);
        let appended: Result<(), Error> = trial.database.write(|tx| tx.append(&rows(&["a\0b"]))).await;
        assert!(matches!(appended, Err(Error::Statement { .. })), "{}", trial.engine);
        assert_eq!(increase(&trial.database, "a").await.unwrap(), 1, "{}: and nothing is spoiled", trial.engine);
    }
}

fn rows(names: &[&str]) -> Rows {
    let mut rows = Rows::new("counter", &["name", "count", "note"]);
    for (index, name) in (0_i64..).zip(names) {
        rows.push(&[name, &index, &(index > 0).then(|| vec![0_u8, 255])]);
    }
    rows
}

#[tokio::test]
async fn rows_that_are_appended_are_all_there_or_none_is() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        let names: Vec<String> = (0..1000).map(|index| format!("受付{index}'\t\\\n")).collect();
        let many = rows(&names.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((many.len(), many.is_empty()), (1000, false));
        let appended = many.clone();
        trial.database.write(move |tx| tx.append(&appended)).await.unwrap_or_else(|error: Error| panic!("{error}"));
        let select = "SELECT name, note FROM counter ORDER BY count LIMIT 2";
        let read = |tx: &mut Transaction<'_>| tx.fetch_all(select, &[], |row| Ok((row.get(0)?, row.get(1)?)));
        let stored: Vec<(String, Option<Vec<u8>>)> = trial.database.read::<_, Error, _>(read).await.unwrap();
        let expected = [("受付0'\t\\\n".to_owned(), None), ("受付1'\t\\\n".to_owned(), Some(vec![0, 255]))];
        assert_eq!(stored, expected, "{}", trial.engine);
        // A row that exists already, after one that does not.
        let doubled = rows(&["new", "受付7'\t\\\n"]);
        let refused: Result<(), Error> = trial.database.write(move |tx| tx.append(&doubled)).await;
        assert!(refused.unwrap_err().to_string().contains("counter"), "{}", trial.engine);
        assert_eq!(count(&trial.database, "new").await, None, "{}", trial.engine);
        trial.database.write(|tx| tx.append(&rows(&[]))).await.unwrap_or_else(|error: Error| panic!("{error}"));
    }
}

#[tokio::test]
async fn patience_lasts_one_transaction() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        let with_patience = |tx: &mut Transaction<'_>| {
            tx.disable_statement_timeout()?;
            tx.execute("DELETE FROM counter", &[])
        };
        trial.database.write(with_patience).await.unwrap_or_else(|error: Error| panic!("{error}"));
        assert_eq!(increase(&trial.database, "a").await.unwrap(), 1, "{}", trial.engine);
    }
}

#[tokio::test]
async fn a_wrong_statement_names_itself_and_spoils_nothing() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        let result = trial.database.write(|transaction| transaction.execute("DELETE FROM nowhere", &[])).await;
        let error: Error = result.expect_err("there is no such table");
        assert!(error.to_string().contains("DELETE FROM nowhere"), "{}: {error}", trial.engine);
        assert_eq!(increase(&trial.database, "a").await.unwrap(), 1, "{}", trial.engine);
    }
}

#[tokio::test]
async fn a_job_may_run_again_but_is_answered_once() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = runs.clone();
        let result: Result<(), Error> = trial
            .database
            .write(move |transaction| {
                counted.fetch_add(1, Ordering::Relaxed);
                transaction.execute("INSERT INTO counter (name, count) VALUES ('b', 1)", &[]).map(|_| ())
            })
            .await;
        assert!(result.is_ok());
        assert!(runs.load(Ordering::Relaxed) >= 1);
        assert_eq!(count(&trial.database, "b").await, Some(1), "{}", trial.engine);
    }
}

#[tokio::test]
async fn data_is_there_after_opening_again() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        increase(&trial.database, "a").await.unwrap();
        let reopened = Database::open(&trial.location, "trial", MIGRATIONS).unwrap();
        assert_eq!(count(&reopened, "a").await, Some(1), "{}", trial.engine);
    }
}

#[test]
fn a_database_belongs_to_the_key_that_it_was_opened_with_first() {
    let (first_key, other_key) = (Key::from_bytes([1; 32]), Key::from_bytes([2; 32]));
    for (engine, location, _folder) in test_database::locations() {
        Database::open(&location, "trial", MIGRATIONS).expect("a database from before keys were proven");
        let open = |key| Database::open_sealed(&location, "trial", MIGRATIONS, key).map(|_| ());
        open(&first_key).unwrap();
        open(&first_key).unwrap();
        assert!(matches!(open(&other_key), Err(MigrationError::OtherKey("trial"))), "{engine}");
        Database::open(&location, "trial", MIGRATIONS).expect("a command that unseals nothing needs no key");
    }
}

#[tokio::test]
async fn a_database_that_takes_writes_is_ready_again_and_again() {
    for trial in test_database::open_on_each_engine("trial", MIGRATIONS) {
        for _ in 0..2 {
            trial.database.check_writable().await.unwrap_or_else(|error| panic!("{}: {error}", trial.engine));
        }
    }
}

#[test]
fn an_edited_migration_is_refused() {
    for (engine, location, _folder) in test_database::locations() {
        Database::open(&location, "trial", MIGRATIONS).unwrap();
        assert!(matches!(Database::open(&location, "trial", EDITED), Err(MigrationError::Edited(_))), "{engine}");
        assert!(matches!(Database::open(&location, "trial", &[]), Err(MigrationError::Unknown(_))), "{engine}");
    }
}

#[test]
fn a_location_is_read_and_never_shows_a_password() {
    assert_eq!("sqlite:/tmp/a.db".parse(), Ok(Location::Sqlite("/tmp/a.db".into())));
    let server: Location = "postgres://user:secret@host/db".parse().unwrap();
    assert!(!format!("{server:?}").contains("secret"));
    assert!("mysql://x".parse::<Location>().is_err());
    assert!("sqlite:".parse::<Location>().is_err());
}

/// Over TCP: the test server has a certificate for `localhost`, which is in the file that the test command names.
#[cfg(feature = "postgres")]
#[tokio::test]
async fn what_is_said_to_a_server_goes_by_tls_to_whom_an_authority_vouches_for() {
    let variable = |name: &str| std::env::var(name).ok();
    let Some((server, certificate)) =
        variable("UKETSUKE_TEST_POSTGRES").zip(variable("UKETSUKE_TEST_POSTGRES_CERTIFICATE"))
    else {
        return;
    };
    let open = |server: &str, options: &str| {
        let location = Location::Postgres(format!("{server}/postgres?{options}"));
        Database::open(&location, "protected", &[])
    };
    let by_name = server.replace("127.0.0.1", "localhost");
    let database = open(&by_name, &format!("sslrootcert={certificate}")).unwrap();
    let protected: i64 = database
        .read::<_, Error, _>(|tx| {
            let query = "SELECT COUNT(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
            tx.fetch_one(query, &[], |row| row.get(0))
        })
        .await
        .unwrap();
    assert_eq!(protected, 1);
    // A certificate for another name, and one that no trusted authority of this machine signed.
    assert!(open(&server, &format!("sslrootcert={certificate}")).is_err());
    assert!(open(&by_name, "sslmode=require").is_err());
}
