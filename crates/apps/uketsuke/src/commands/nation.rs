//! Loads a simulated nation of insured persons in addition to the demo's people.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use eligibility::{LoadControl, LoadError, LoadPace};
use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

use super::demo::{
    Demo, DemoError,
    nation_load::{self, NationLoadError},
};
use crate::arguments::demo::NationArguments;

/// Why `uketsuke nation` failed.
#[derive(Debug, thiserror::Error)]
pub enum NationError {
    /// The demo's services could not be opened.
    #[error("the rooms cannot be opened")]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Load(#[from] NationLoadError),
    /// The runtime or a signal failed.
    #[error("the system refused")]
    System(#[from] std::io::Error),
}

impl From<LoadError> for NationError {
    fn from(error: LoadError) -> Self {
        Self::Load(error.into())
    }
}

/// Loads until the requested number is reached or a signal interrupts it.
pub fn run(arguments: &NationArguments) -> Result<(), NationError> {
    Runtime::new()?.block_on(async {
        // Opens the demo, which creates the clinics and the personas as well.
        let demo = Demo::open(&arguments.as_demo()).await?;
        let stop = Arc::new(AtomicBool::new(false));
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let stop_flag = stop.clone();
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
            stop_flag.store(true, Ordering::Relaxed);
        });
        let eligibility = &demo.services().eligibility;
        let nation = nation_load::find_or_begin_nation(eligibility, arguments.seed, demo.clock()).await?;
        let progress = progress_bar(arguments.people);
        let report_progress = |loaded| {
            progress.set_position(loaded);
            if loaded >= arguments.people {
                progress.set_message("the index of insurance documents");
            }
            if stop.load(Ordering::Relaxed) { LoadControl::Stop } else { LoadControl::Continue }
        };
        let loaded = eligibility.load_people(nation, arguments.people, LoadPace::Alone, report_progress).await?;
        progress.finish_and_clear();
        let (people, time) = (HumanCount(loaded), HumanDuration(progress.elapsed()));
        if loaded < arguments.people {
            eprintln!("uketsuke nation: interrupted with {people} persons; the same command goes on from there.");
        } else {
            eprintln!("uketsuke nation: {people} persons of seed {} are there ({time}).", arguments.seed);
        }
        Ok(())
    })
}

fn progress_bar(people: u64) -> ProgressBar {
    let bar = ProgressBar::new(people);
    let template = "{bar:32} {human_pos}/{human_len} persons, {per_sec}, {eta} left {wide_msg}";
    // The template is a constant and valid.
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_nation_is_taken_up_where_it_was_left_and_no_other_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = |people, seed| NationArguments { people, seed, data: folder.path().to_owned(), database: None };
        let load = |arguments: NationArguments| tokio::task::spawn_blocking(move || run(&arguments));
        load(arguments(300, 5)).await.unwrap().unwrap();
        load(arguments(700, 5)).await.unwrap().unwrap();
        assert!(matches!(
            load(arguments(700, 6)).await.unwrap(),
            Err(NationError::Load(NationLoadError::OtherSeed(5)))
        ));
        let demo = Demo::open(&arguments(700, 5).as_demo()).await.unwrap();
        let eligibility = &demo.services().eligibility;
        let loaded = async || eligibility.find_loaded_source().await.unwrap().unwrap().loaded;
        assert_eq!(loaded().await, 700);
        // A running demo continues with the nation that is loaded.
        nation_load::load_in_background(eligibility.clone(), 900, demo.clock().clone()).await;
        assert_eq!(loaded().await, 900);
        assert_eq!(nation_load::find_nation(eligibility).await.unwrap().unwrap().seed(), 5);
    }
}
