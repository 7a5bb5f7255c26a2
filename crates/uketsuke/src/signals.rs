//! How a program that serves is told to end.

use std::{future::Future, io};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};

/// SIGTERM and SIGINT.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Hears them from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait_for_signal(&mut self) {
        tokio::select! { _ = self.terminate.recv() => (), _ = self.interrupt.recv() => () }
    }

    /// Does this work to its end. The first signal is its stop; the second leaves it where it is, which is None.
    pub(crate) async fn run_until_signal<Work: Future>(
        mut self,
        work: impl FnOnce(StopSignal) -> Work,
    ) -> Option<Work::Output> {
        run_until(async || self.wait_for_signal().await, work).await
    }
}

/// The first signal.
pub(crate) struct StopSignal(oneshot::Receiver<()>);

impl StopSignal {
    /// Ends when it came.
    pub(crate) async fn requested(self) {
        // The sender is kept for as long as anybody works.
        let _ = self.0.await;
    }
}

async fn run_until<Work: Future>(
    mut signal: impl AsyncFnMut(),
    work: impl FnOnce(StopSignal) -> Work,
) -> Option<Work::Output> {
    let (tell, told) = oneshot::channel();
    let twice = async {
        signal().await;
        // The work may have ended in this moment.
        let _ = tell.send(());
        signal().await;
    };
    tokio::select! {
        done = work(StopSignal(told)) => Some(done),
        () = twice => None,
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn the_first_signal_asks_and_the_second_does_not() {
        let (send, mut signals) = mpsc::channel(2);
        let (asked, mut heard) = mpsc::channel(1);
        let working = async |stop: StopSignal| {
            stop.requested().await;
            asked.send(()).await.unwrap();
            std::future::pending::<()>().await;
        };
        let telling = async {
            send.send(()).await.unwrap();
            heard.recv().await.unwrap();
            send.send(()).await.unwrap();
        };
        let (outcome, ()) = tokio::join!(run_until(async || signals.recv().await.unwrap(), working), telling);
        assert_eq!(outcome, None);
    }

    #[tokio::test]
    async fn work_that_stops_when_it_is_told_ends_with_what_it_has() {
        let mut told = 0;
        let once = async || {
            told += 1;
            if told > 1 {
                std::future::pending::<()>().await;
            }
        };
        let work = async |stop: StopSignal| {
            stop.requested().await;
            "done"
        };
        assert_eq!(run_until(once, work).await, Some("done"));
    }
}
