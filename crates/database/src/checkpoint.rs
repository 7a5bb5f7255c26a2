//! SQLite's log, put back into the database beside the writer, so that whoever commits does not wait for it.
//!
//! A pass copies what stands in the log and syncs the database; with many people the pages lie far apart, and that takes
//! its time. The log begins anew only once all of it is put back. A writer that never rests outruns every pass, so where
//! the log has grown long it puts back by itself what the last pass left: little.

use std::{ffi::c_int, io, thread};

use crossbeam_channel::bounded;
use rusqlite::{Connection, ErrorCode, MAIN_DB, hooks::Wal, wal::CheckpointMode};

/// How long the log may grow, in pages of 4 KiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogLimits {
    /// After how many more a pass begins.
    pub(crate) pages_per_pass: c_int,
    /// From how many on the writer itself puts back what is left.
    pub(crate) max_pages: c_int,
}

/// A pass every 8 MiB, and 64 MiB at the longest.
pub(crate) const LOG_LIMITS: LogLimits = LogLimits { pages_per_pass: 2000, max_pages: 16_000 };

/// Lets a thread put back what this connection writes, by a connection of its own. It ends when the writer's is closed.
pub(crate) fn spawn_checkpointer(
    writer: &mut Connection,
    own: Connection,
    name: String,
    limits: LogLimits,
) -> io::Result<()> {
    let (wake, awake) = bounded(1);
    thread::Builder::new().name(name).spawn(move || {
        for () in awake {
            log_checkpoint_failure(own.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE));
        }
    })?;
    let mut passes = CheckpointSchedule { limits, previous_pages: 0, next_pass_pages: limits.pages_per_pass };
    let hook = move |log: &mut Wal, pages| {
        match passes.after_commit(pages) {
            DueCheckpoint::Nothing => {}
            // Whoever is at it already is not to be woken.
            DueCheckpoint::Background => drop(wake.try_send(())),
            DueCheckpoint::Inline => log_checkpoint_failure(log.checkpoint_v2(CheckpointMode::PASSIVE)),
        }
        Ok(())
    };
    writer.wal_hook(Some(hook)).map_err(io::Error::other)
}

/// That a pass is at it already is no fault. Nothing is lost by any other: the log only grows until one succeeds.
fn log_checkpoint_failure(outcome: rusqlite::Result<(c_int, c_int)>) {
    match outcome {
        Ok(_) => {}
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
        Err(error) => tracing::warn!(%error, "the log of a database could not be put back"),
    }
}

/// What is to be done after a commit.
#[derive(Debug, PartialEq, Eq)]
enum DueCheckpoint {
    Nothing,
    /// To wake the thread beside.
    Background,
    /// To put back all that is left, here and now.
    Inline,
}

struct CheckpointSchedule {
    limits: LogLimits,
    /// How long the log was after the commit before.
    previous_pages: c_int,
    /// How long it is when the next pass begins.
    next_pass_pages: c_int,
}

impl CheckpointSchedule {
    fn after_commit(&mut self, pages: c_int) -> DueCheckpoint {
        if pages < self.previous_pages {
            // The log has begun anew.
            self.next_pass_pages = self.limits.pages_per_pass;
        }
        self.previous_pages = pages;
        if pages >= self.limits.max_pages {
            return DueCheckpoint::Inline;
        }
        if pages < self.next_pass_pages {
            return DueCheckpoint::Nothing;
        }
        self.next_pass_pages = pages + self.limits.pages_per_pass;
        DueCheckpoint::Background
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::dialect::SQLITE_SETTINGS;

    #[test]
    fn a_pass_begins_each_time_the_log_has_grown_and_all_is_put_back_where_it_is_long() {
        let mut passes = CheckpointSchedule {
            limits: LogLimits { pages_per_pass: 10, max_pages: 40 },
            previous_pages: 0,
            next_pass_pages: 10,
        };
        let mut due = |pages| passes.after_commit(pages);
        assert_eq!([3, 9, 10, 12, 19, 23, 33].map(&mut due), {
            use DueCheckpoint::{Background, Nothing};
            [Nothing, Nothing, Background, Nothing, Nothing, Background, Background]
        });
        assert_eq!([40, 41].map(&mut due), [DueCheckpoint::Inline, DueCheckpoint::Inline]);
        // Begun anew.
        assert_eq!(
            [2, 10, 11].map(&mut due),
            [DueCheckpoint::Nothing, DueCheckpoint::Background, DueCheckpoint::Nothing]
        );
    }

    #[test]
    fn a_log_stays_short_though_the_writer_never_rests() {
        const COMMITS: u64 = 2000;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.sqlite");
        let open = || {
            let connection = Connection::open(&path).expect("it opens");
            connection.execute_batch(SQLITE_SETTINGS).expect("it is set up");
            connection
        };
        let mut writer = open();
        writer.execute_batch("CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB NOT NULL) STRICT").expect("a table");
        spawn_checkpointer(
            &mut writer,
            open(),
            "test-log".to_owned(),
            LogLimits { pages_per_pass: 20, max_pages: 100 },
        )
        .expect("a thread");
        for _ in 0..COMMITS {
            writer.execute("INSERT INTO t (b) VALUES (zeroblob(8000))", []).expect("a row");
        }
        // Each commit writes three pages at least. The log's file never shrinks, so that its length is the longest that it was.
        let log = fs::metadata(folder.path().join("test.sqlite-wal")).expect("a log").len();
        assert!(log < COMMITS * 3 * 4096 / 4, "{log} bytes");
        let rows: i64 = open().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("a count");
        assert_eq!(rows, i64::try_from(COMMITS).expect("few"));
    }
}
