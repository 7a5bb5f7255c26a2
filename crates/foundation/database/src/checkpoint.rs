//! Checkpoints of SQLite's write-ahead log in a background thread, so that commits do not wait for them.
//!
//! A checkpoint copies the pages in the log to the database and syncs it, which is slow where the pages are scattered. The
//! log restarts only once all of it was copied. A writer that never pauses outruns every background checkpoint; where the
//! log has grown long, the writer therefore copies the small remainder itself.

use std::{ffi::c_int, io, thread};

use crossbeam_channel::bounded;
use rusqlite::{Connection, ErrorCode, MAIN_DB, hooks::Wal, wal::CheckpointMode};

/// The limits of the log, in pages of 4 KiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogLimits {
    /// After how many more pages a background checkpoint starts.
    pub(crate) pages_per_pass: c_int,
    /// From how many pages on the writer itself runs a checkpoint.
    pub(crate) max_pages: c_int,
}

/// A background checkpoint every 8 MiB, and at most 64 MiB of log.
pub(crate) const LOG_LIMITS: LogLimits = LogLimits { pages_per_pass: 2000, max_pages: 16_000 };

/// Starts a thread that runs checkpoints on `connection` after the writer's commits. It ends when the writer is closed.
pub(crate) fn spawn_checkpointer(
    writer: &mut Connection,
    connection: Connection,
    name: String,
    limits: LogLimits,
) -> io::Result<()> {
    let (sender, receiver) = bounded(1);
    thread::Builder::new().name(name).spawn(move || {
        for () in receiver {
            log_checkpoint_failure(connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE));
        }
    })?;
    let mut schedule = CheckpointSchedule { limits, previous_pages: 0, next_pass_pages: limits.pages_per_pass };
    let hook = move |log: &mut Wal, pages| {
        match schedule.after_commit(pages) {
            DueCheckpoint::Nothing => {}
            // A full channel means that a checkpoint is already due.
            DueCheckpoint::Background => drop(sender.try_send(())),
            DueCheckpoint::Inline => log_checkpoint_failure(log.checkpoint_v2(CheckpointMode::PASSIVE)),
        }
        Ok(())
    };
    writer.wal_hook(Some(hook)).map_err(io::Error::other)
}

/// A busy database means that a checkpoint is already running. After any other failure no data is lost: the log grows until
/// a checkpoint succeeds.
fn log_checkpoint_failure(outcome: rusqlite::Result<(c_int, c_int)>) {
    match outcome {
        Ok(_) => {}
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
        Err(error) => tracing::warn!(%error, "the checkpoint of a database failed"),
    }
}

/// The checkpoint that is due after a commit.
#[derive(Debug, PartialEq, Eq)]
enum DueCheckpoint {
    Nothing,
    /// In the background thread.
    Background,
    /// In the writer, now.
    Inline,
}

struct CheckpointSchedule {
    limits: LogLimits,
    /// The length of the log after the previous commit.
    previous_pages: c_int,
    /// The length at which the next background checkpoint starts.
    next_pass_pages: c_int,
}

impl CheckpointSchedule {
    fn after_commit(&mut self, pages: c_int) -> DueCheckpoint {
        if pages < self.previous_pages {
            // The log was restarted.
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
        let mut schedule = CheckpointSchedule {
            limits: LogLimits { pages_per_pass: 10, max_pages: 40 },
            previous_pages: 0,
            next_pass_pages: 10,
        };
        let mut due = |pages| schedule.after_commit(pages);
        assert_eq!([3, 9, 10, 12, 19, 23, 33].map(&mut due), {
            use DueCheckpoint::{Background, Nothing};
            [Nothing, Nothing, Background, Nothing, Nothing, Background, Background]
        });
        assert_eq!([40, 41].map(&mut due), [DueCheckpoint::Inline, DueCheckpoint::Inline]);
        // The log was restarted.
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
        // Each commit writes at least three pages. The log file never shrinks, so its length is the maximum reached.
        let log = fs::metadata(folder.path().join("test.sqlite-wal")).expect("a log").len();
        assert!(log < COMMITS * 3 * 4096 / 4, "{log} bytes");
        let rows: i64 = open().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("a count");
        assert_eq!(rows, i64::try_from(COMMITS).expect("few"));
    }
}
