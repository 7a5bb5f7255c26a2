//! Stops a server at SIGTERM and SIGINT.

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
    /// Installs the handlers.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait_for_signal(&mut self) {
        tokio::select! { _ = self.terminate.recv() => (), _ = self.interrupt.recv() => () }
    }

    /// Runs the work to its end. The first signal requests its stop; the second abandons it and returns None.
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
    /// Ends with the signal.
    pub(crate) async fn requested(self) {
        // The sender lives until the work ends.
        let _ = self.0.await;
    }
}

async fn run_until<Work: Future>(
    mut signal: impl AsyncFnMut(),
    work: impl FnOnce(StopSignal) -> Work,
) -> Option<Work::Output> {
    let (stop_sender, stop_receiver) = oneshot::channel();
    let two_signals = async {
        signal().await;
        // An error means that the work has just ended.
        let _ = stop_sender.send(());
        signal().await;
    };
    tokio::select! {
        output = work(StopSignal(stop_receiver)) => Some(output),
        () = two_signals => None,
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn the_first_signal_asks_and_the_second_does_not() {
        let (signal_sender, mut signals) = mpsc::channel(2);
        let (stop_sender, mut stop_receiver) = mpsc::channel(1);
        let work = async |stop: StopSignal| {
            stop.requested().await;
            stop_sender.send(()).await.unwrap();
            std::future::pending::<()>().await;
        };
        let send_signals = async {
            signal_sender.send(()).await.unwrap();
            stop_receiver.recv().await.unwrap();
            signal_sender.send(()).await.unwrap();
        };
        let (outcome, ()) = tokio::join!(run_until(async || signals.recv().await.unwrap(), work), send_signals);
        assert_eq!(outcome, None);
    }

    #[tokio::test]
    async fn work_that_stops_when_it_is_told_ends_with_what_it_has() {
        let mut count = 0;
        let first_signal_only = async || {
            count += 1;
            if count > 1 {
                std::future::pending::<()>().await;
            }
        };
        let work = async |stop: StopSignal| {
            stop.requested().await;
            "done"
        };
        assert_eq!(run_until(first_signal_only, work).await, Some("done"));
    }
}
