//! Starting the worker, and stopping it when it takes too long.

use std::{io, path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    sync::Semaphore,
    time::timeout,
};

use super::{Developed, wire};
use crate::rules::picture::{LARGEST_BYTES, Unusable};

/// How many pictures are developed at once; the others wait. Each may take a processor and a gigabyte.
const AT_ONCE: usize = 2;
/// How long one picture may take, and how long one may wait for its turn.
const LONGEST: Duration = Duration::from_secs(30);

/// Where pictures are developed: a process for each, which is ended if it takes too much.
#[derive(Debug, Clone)]
pub struct Workshop {
    program: PathBuf,
    arguments: Vec<String>,
    places: Arc<Semaphore>,
}

/// Why no picture can be developed at all: the fault is ours, not the picture's.
#[derive(Debug, thiserror::Error)]
pub enum OutOfOrder {
    /// The worker cannot be started.
    #[error("the picture worker cannot be started")]
    CannotStart(#[source] io::Error),
    /// Too many pictures wait already.
    #[error("all places of the picture workshop are taken")]
    Busy,
}

impl Workshop {
    /// A workshop whose worker is this program, started with these arguments, calling [`super::picture_worker`].
    pub fn new(program: PathBuf, arguments: Vec<String>) -> Self {
        Self { program, arguments, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Develops a picture.
    pub(crate) async fn develop(&self, bytes: &[u8]) -> Result<Result<Developed, Unusable>, OutOfOrder> {
        if bytes.len() > LARGEST_BYTES {
            return Ok(Err(Unusable::TooLarge));
        }
        let place = timeout(LONGEST, self.places.acquire()).await;
        let _place = place.ok().and_then(Result::ok).ok_or(OutOfOrder::Busy)?;
        match timeout(LONGEST, self.ask(bytes)).await {
            Ok(answer) => answer,
            // The worker was dropped with its question, and so ended.
            Err(_) => Ok(Err(Unusable::TooCostly)),
        }
    }

    async fn ask(&self, bytes: &[u8]) -> Result<Result<Developed, Unusable>, OutOfOrder> {
        let mut worker = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(OutOfOrder::CannotStart)?;
        let (question, answer) = (worker.stdin.take(), worker.stdout.take());
        let (Some(mut question), Some(answer)) = (question, answer) else {
            return Err(OutOfOrder::CannotStart(io::ErrorKind::BrokenPipe.into()));
        };
        let ask = async move {
            // A worker that is ended early closes its side; what it said until then tells why.
            let _closed_early = question.write_all(&wire::request(bytes)).await;
        };
        let mut said = Vec::new();
        let mut answer = answer.take(wire::LARGEST_ANSWER);
        let ((), read) = tokio::join!(ask, answer.read_to_end(&mut said));
        let ended = worker.wait().await.map_err(OutOfOrder::CannotStart)?;
        // 2: it could not limit itself, or this is no worker. Everything else is the picture's doing.
        if ended.code() == Some(2) {
            return Err(OutOfOrder::CannotStart(io::Error::other("the worker cannot set its limits")));
        }
        if read.is_err() || !ended.success() {
            return Ok(Err(Unusable::TooCostly));
        }
        Ok(wire::read_answer(said.as_slice()).unwrap_or(Err(Unusable::TooCostly)))
    }
}

#[cfg(test)]
mod tests;
