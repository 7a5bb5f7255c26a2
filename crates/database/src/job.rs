#[cfg(feature = "postgres")]
use std::sync::Weak;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

#[cfg(feature = "postgres")]
use crossbeam_channel::Select;
use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::oneshot;

use crate::{Error, Transaction};

/// How many jobs may wait for a database. What comes on top waits in its request.
const LONGEST_QUEUE: usize = 4096;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Write,
}

/// What a run of a job asks its thread to do.
pub(crate) enum Verdict {
    /// Commit it.
    Keep,
    /// Undo it; its answer stands.
    Undo,
}

/// A job without its types: run, perhaps again, and answered once.
pub(crate) trait AnyJob: Send {
    /// Readers and the writer of SQLite are different threads; PostgreSQL's connections do both.
    #[cfg(feature = "postgres")]
    fn kind(&self) -> Kind;
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Verdict;
    fn answer(self: Box<Self>, outcome: Result<(), Error>);
}

pub(crate) struct Work<T, E, J> {
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only PostgreSQL's connections ask"))]
    kind: Kind,
    job: J,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, J> Work<T, E, J>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    J: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    /// The job for a thread, and where its answer comes.
    pub(crate) fn boxed(kind: Kind, job: J) -> (Box<dyn AnyJob>, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Box::new(Self { kind, job, result: None, reply }), answer)
    }
}

impl<T, E, J> AnyJob for Work<T, E, J>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    J: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    #[cfg(feature = "postgres")]
    fn kind(&self) -> Kind {
        self.kind
    }

    fn run(&mut self, transaction: &mut Transaction<'_>) -> Verdict {
        let job = &self.job;
        // The transaction is undone after a panic and the job is not run again, so no broken state is seen.
        let result =
            catch_unwind(AssertUnwindSafe(|| job(transaction))).unwrap_or_else(|_| Err(Error::Panicked.into()));
        let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Undo };
        self.result = Some(result);
        verdict
    }

    fn answer(self: Box<Self>, outcome: Result<(), Error>) {
        let answer = match (outcome, self.result) {
            (Ok(()), Some(result)) => result,
            // What failed it was the connection, not the job.
            (Err(error @ Error::Unreachable(_)), _) => Err(error.into()),
            // What the job refused stands, whether or not the others of its group could be kept.
            (Err(_), Some(Err(refused))) => Err(refused),
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(Error::Stopped.into()),
        };
        // Whoever asked may have gone; the work is done all the same.
        let _ = self.reply.send(answer);
    }
}

/// A line of jobs that one or more threads take from; each job wakes one of them.
pub(crate) struct Queue {
    sender: Sender<Box<dyn AnyJob>>,
    /// Dropped after the sender, as fields are in their order; so a queue that is open still may take jobs.
    _open: Arc<()>,
}

/// The threads' end of a queue.
#[derive(Clone)]
pub(crate) struct Jobs {
    jobs: Receiver<Box<dyn AnyJob>>,
    #[cfg(feature = "postgres")]
    open: Weak<()>,
}

impl Queue {
    pub(crate) fn new() -> (Self, Jobs) {
        let (sender, receiver) = bounded(LONGEST_QUEUE);
        let open = Arc::new(());
        let jobs = Jobs {
            jobs: receiver,
            #[cfg(feature = "postgres")]
            open: Arc::downgrade(&open),
        };
        (Self { sender, _open: open }, jobs)
    }

    pub(crate) fn push(&self, job: Box<dyn AnyJob>) -> Result<(), ()> {
        self.sender.send(job).map_err(|_| ())
    }
}

impl Jobs {
    /// The next job; none once the database is closed and nothing waits.
    pub(crate) fn next(&self) -> Option<Box<dyn AnyJob>> {
        self.jobs.recv().ok()
    }

    /// A job that already waits.
    pub(crate) fn waiting(&self) -> Option<Box<dyn AnyJob>> {
        self.jobs.try_recv().ok()
    }

    /// Waits until a job is there to be taken, and takes none. False once the database is closed and nothing waits.
    #[cfg(feature = "postgres")]
    pub(crate) fn wait(&self) -> bool {
        loop {
            let mut select = Select::new();
            select.recv(&self.jobs);
            select.ready();
            if !self.jobs.is_empty() {
                return true;
            }
            // Another thread was quicker, unless the queue was closed.
            if self.open.strong_count() == 0 {
                return !self.jobs.is_empty();
            }
        }
    }
}
