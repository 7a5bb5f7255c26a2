use std::{fs::File, path::Path};

use rusqlite::{Connection, OpenFlags};

use crate::Error;

/// Copies a SQLite file in a consistent state while others read and write it. `into` must not exist; when this returns, the
/// copy is complete and durable.
pub fn copy(file: &Path, into: &Path) -> Result<(), Error> {
    let unreachable = |error: Box<dyn std::error::Error + Send + Sync>| Error::Unreachable(error);
    // Without SQLITE_OPEN_CREATE a missing file is not created.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(|error| unreachable(error.into()))?;
    let statement = "VACUUM INTO ?1";
    let path = into.to_str().ok_or_else(|| unreachable("the path of the copy is no text".into()))?;
    connection.execute(statement, [path]).map_err(|error| Error::statement(statement, error))?;
    File::open(into).and_then(|copy| copy.sync_all()).map_err(|error| unreachable(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Database, Location, Migration};

    const MIGRATIONS: &[Migration] =
        &[Migration { name: "t", sql: "CREATE TABLE t (\n    n BIGINT NOT NULL PRIMARY KEY\n);" }];

    async fn write(database: &Database, number: i64) {
        let write = move |tx: &mut crate::Transaction<'_>| tx.execute("INSERT INTO t (n) VALUES ($1)", &[&number]);
        database.write::<_, Error, _>(write).await.unwrap();
    }

    async fn count(database: &Database) -> i64 {
        let count = |tx: &mut crate::Transaction<'_>| tx.fetch_one("SELECT COUNT(*) FROM t", &[], |row| row.get(0));
        database.read::<_, Error, _>(count).await.unwrap()
    }

    #[tokio::test]
    async fn a_copy_has_what_was_answered_before_it_and_opens_as_any_other() {
        let folder = tempfile::tempdir().unwrap();
        let (file, into) = (folder.path().join("a.db"), folder.path().join("b.db"));
        let database = Database::open(&Location::Sqlite(file.clone()), "a", MIGRATIONS).unwrap();
        write(&database, 1).await;
        copy(&file, &into).unwrap();
        write(&database, 2).await;
        assert!(copy(&file, &into).is_err(), "nothing is written over");
        let copied = Database::open(&Location::Sqlite(into), "a", MIGRATIONS).unwrap();
        assert_eq!((count(&database).await, count(&copied).await), (2, 1));
        write(&copied, 2).await;
        let nowhere = folder.path().join("c.db");
        assert!(copy(&nowhere, &folder.path().join("d.db")).is_err() && !nowhere.exists(), "none is made");
    }
}
