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

/// How many jobs may wait for a database. Further ones wait in their requests.
const LONGEST_QUEUE: usize = 4096;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobKind {
    Read,
    Write,
}

/// How to end the transaction after a job has run.
pub(crate) enum TransactionEnd {
    Commit,
    /// Roll it back; the job's result is reported nevertheless.
    RollBack,
}

/// A job without its types: run, perhaps repeatedly, and responded to once.
pub(crate) trait AnyJob: Send {
    /// Only PostgreSQL needs it: in SQLite readers and the writer have separate queues.
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
    /// The job for a thread, and the receiver of its result.
    pub(crate) fn with_reply(kind: JobKind, job: J) -> (Box<dyn AnyJob>, oneshot::Receiver<Result<T, E>>) {
        let (reply, receiver) = oneshot::channel();
        (Box::new(Self { kind, job, result: None, reply }), receiver)
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
        // The transaction is rolled back after a panic and the job is not run again, so no broken state is seen.
        let result =
            catch_unwind(AssertUnwindSafe(|| job(transaction))).unwrap_or_else(|_| Err(Error::Panicked.into()));
        let end = if result.is_ok() { TransactionEnd::Commit } else { TransactionEnd::RollBack };
        self.result = Some(result);
        end
    }

    fn respond(self: Box<Self>, outcome: Result<(), Error>) {
        let result = match (outcome, self.result) {
            (Ok(()), Some(result)) => result,
            // The connection failed, not the job.
            (Err(error @ Error::Unreachable(_)), _) => Err(error.into()),
            // The job's own error is reported, whether or not the rest of its group was committed.
            (Err(_), Some(Err(refused))) => Err(refused),
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(Error::Stopped.into()),
        };
        // The caller may have been cancelled; the transaction is done nevertheless.
        let _ = self.reply.send(result);
    }
}

/// A queue of jobs for one or more threads; each job wakes one of them.
pub(crate) struct Queue {
    sender: Sender<Box<dyn AnyJob>>,
    /// Fields are dropped in order: after the sender. As long as it is alive, the queue may receive jobs.
    _alive: Arc<()>,
}

/// The receiving end of a queue.
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
    /// The next job; `None` once the database is closed and the queue is empty.
    pub(crate) fn receive(&self) -> Option<Box<dyn AnyJob>> {
        self.receiver.recv().ok()
    }

    /// A job that is already queued.
    pub(crate) fn try_receive(&self) -> Option<Box<dyn AnyJob>> {
        self.receiver.try_recv().ok()
    }

    /// Waits until a job is queued, without taking it. False once the database is closed and the queue is empty.
    #[cfg(feature = "postgres")]
    pub(crate) fn wait_for_job(&self) -> bool {
        loop {
            let mut select = Select::new();
            select.recv(&self.receiver);
            select.ready();
            if !self.receiver.is_empty() {
                return true;
            }
            // Another thread took the job, unless the queue was closed.
            if self.queue_alive.strong_count() == 0 {
                return !self.receiver.is_empty();
            }
        }
    }
}
