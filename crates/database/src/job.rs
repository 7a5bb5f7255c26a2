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
pub(crate) enum JobKind {
    Read,
    Write,
}

/// What a run of a job asks its thread to do.
pub(crate) enum TransactionEnd {
    /// Commit it.
    Commit,
    /// Undo it; its answer stands.
    RollBack,
}

/// A job without its types: run, perhaps again, and answered once.
pub(crate) trait AnyJob: Send {
    /// Readers and the writer of SQLite are different threads; PostgreSQL's connections do both.
    #[cfg(feature = "postgres")]
    fn kind(&self) -> JobKind;
    fn run(&mut self, transaction: &mut Transaction<'_>) -> TransactionEnd;
    fn respond(self: Box<Self>, outcome: Result<(), Error>);
}

pub(crate) struct TypedJob<T, E, J> {
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only PostgreSQL's connections ask"))]
    kind: JobKind,
    job: J,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, J> TypedJob<T, E, J>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    J: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    /// The job for a thread, and where its answer comes.
    pub(crate) fn with_reply(kind: JobKind, job: J) -> (Box<dyn AnyJob>, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Box::new(Self { kind, job, result: None, reply }), answer)
    }
}

impl<T, E, J> AnyJob for TypedJob<T, E, J>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    J: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    #[cfg(feature = "postgres")]
    fn kind(&self) -> JobKind {
        self.kind
    }

    fn run(&mut self, transaction: &mut Transaction<'_>) -> TransactionEnd {
        let job = &self.job;
        // The transaction is undone after a panic and the job is not run again, so no broken state is seen.
        let result =
            catch_unwind(AssertUnwindSafe(|| job(transaction))).unwrap_or_else(|_| Err(Error::Panicked.into()));
        let verdict = if result.is_ok() { TransactionEnd::Commit } else { TransactionEnd::RollBack };
        self.result = Some(result);
        verdict
    }

    fn respond(self: Box<Self>, outcome: Result<(), Error>) {
        let respond = match (outcome, self.result) {
            (Ok(()), Some(result)) => result,
            // What failed it was the connection, not the job.
            (Err(error @ Error::Unreachable(_)), _) => Err(error.into()),
            // What the job refused stands, whether or not the others of its group could be kept.
            (Err(_), Some(Err(refused))) => Err(refused),
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(Error::Stopped.into()),
        };
        // Whoever asked may have gone; the work is done all the same.
        let _ = self.reply.send(respond);
    }
}

/// A line of jobs that one or more threads take from; each job wakes one of them.
pub(crate) struct Queue {
    sender: Sender<Box<dyn AnyJob>>,
    /// Dropped after the sender, as fields are in their order; so a queue that is open still may take jobs.
    _alive: Arc<()>,
}

/// The threads' end of a queue.
#[derive(Clone)]
pub(crate) struct JobReceiver {
    receiver: Receiver<Box<dyn AnyJob>>,
    #[cfg(feature = "postgres")]
    queue_alive: Weak<()>,
}

impl Queue {
    pub(crate) fn new() -> (Self, JobReceiver) {
        let (sender, receiver) = bounded(LONGEST_QUEUE);
        let open = Arc::new(());
        let jobs = JobReceiver {
            receiver,
            #[cfg(feature = "postgres")]
            queue_alive: Arc::downgrade(&open),
        };
        (Self { sender, _alive: open }, jobs)
    }

    pub(crate) fn push(&self, job: Box<dyn AnyJob>) -> Result<(), ()> {
        self.sender.send(job).map_err(|_| ())
    }
}

impl JobReceiver {
    /// The next job; none once the database is closed and nothing waits.
    pub(crate) fn receive(&self) -> Option<Box<dyn AnyJob>> {
        self.receiver.recv().ok()
    }

    /// A job that already waits.
    pub(crate) fn try_receive(&self) -> Option<Box<dyn AnyJob>> {
        self.receiver.try_recv().ok()
    }

    /// Waits until a job is there to be taken, and takes none. False once the database is closed and nothing waits.
    #[cfg(feature = "postgres")]
    pub(crate) fn wait_for_job(&self) -> bool {
        loop {
            let mut select = Select::new();
            select.recv(&self.receiver);
            select.ready();
            if !self.receiver.is_empty() {
                return true;
            }
            // Another thread was quicker, unless the queue was closed.
            if self.queue_alive.strong_count() == 0 {
                return !self.receiver.is_empty();
            }
        }
    }
}
