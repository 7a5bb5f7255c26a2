//! Loads a nation of insured persons beside the demo's people.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base::Clock;
use eligibility::{Eligibility, Going, Nation, NotLoaded, Pace};
use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    cli,
    demo::{self, Demo},
};

/// Why a nation was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The world beside it could not be made.
    #[error("the rooms cannot be opened")]
    Demo(#[from] demo::Failure),
    /// Another seed's nation is there.
    #[error("this data holds the nation of seed {0}; give --seed {0}, or another folder or database")]
    Seed(u32),
    /// The store refused.
    #[error("the nation was not loaded")]
    NotLoaded(#[from] NotLoaded),
    /// The store could not be asked.
    #[error("the store could not be asked")]
    Store(#[from] eligibility::Refusal),
    /// The runtime or a signal failed.
    #[error("the system refused")]
    System(#[from] std::io::Error),
}

/// Loads until there are as many as wanted, or somebody interrupts it.
pub fn run(wanted: &cli::Nation) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // The rooms with their people: a nation without the clinics and the personas would be of no use.
        let demo = Demo::open(&wanted.as_demo()).await?;
        let stop = Arc::new(AtomicBool::new(false));
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let told = stop.clone();
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
            told.store(true, Ordering::Relaxed);
        });
        let eligibility = &demo.rooms().eligibility;
        let nation = nation(eligibility, wanted.seed, demo.clock()).await?;
        let bar = bar(wanted.people);
        let watch = |loaded| {
            bar.set_position(loaded);
            if loaded >= wanted.people {
                bar.set_message("the index of insurance documents");
            }
            if stop.load(Ordering::Relaxed) { Going::Stop } else { Going::On }
        };
        let loaded = eligibility.load_nation(nation, wanted.people, Pace::Alone, watch).await?;
        bar.finish_and_clear();
        let (people, time) = (HumanCount(loaded), HumanDuration(bar.elapsed()));
        if loaded < wanted.people {
            eprintln!("uketsuke nation: interrupted with {people} persons; the same command goes on from there.");
        } else {
            eprintln!("uketsuke nation: {people} persons of seed {} are there ({time}).", wanted.seed);
        }
        Ok(())
    })
}

/// The nation of a seed: as of the day on which it was begun, or as of today.
async fn nation(eligibility: &Eligibility, seed: u32, clock: &Clock) -> Result<Nation, Failure> {
    let day = match eligibility.nation().await? {
        Some(known) if known.seed != seed => return Err(Failure::Seed(known.seed)),
        Some(known) => known.day,
        None => clock.now().japan_date(),
    };
    Ok(Nation::new(seed, day))
}

/// Loads so many persons of seed 1 while the demo runs, unseen but for the log.
pub(crate) async fn beside(eligibility: Eligibility, people: u64, clock: Clock) {
    let load = async {
        let seed = eligibility.nation().await?.map_or(cli::SEED, |known| known.seed);
        let nation = nation(&eligibility, seed, &clock).await?;
        Ok::<_, Failure>(eligibility.load_nation(nation, people, Pace::Beside, |_| Going::On).await?)
    };
    match load.await {
        Ok(loaded) => tracing::info!(loaded, "the nation is there"),
        Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "the nation was not loaded"),
    }
}

fn bar(people: u64) -> ProgressBar {
    let bar = ProgressBar::new(people);
    let shape = "{bar:32} {human_pos}/{human_len} persons, {per_sec}, {eta} left {wide_msg}";
    // The template is our own and right; the test says so.
    bar.set_style(ProgressStyle::with_template(shape).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_nation_is_taken_up_where_it_was_left_and_no_other_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = |people, seed| cli::Nation { people, seed, data: folder.path().to_owned(), database: None };
        let load = |wanted: cli::Nation| tokio::task::spawn_blocking(move || run(&wanted));
        load(wanted(300, 5)).await.unwrap().unwrap();
        load(wanted(700, 5)).await.unwrap().unwrap();
        assert!(matches!(load(wanted(700, 6)).await.unwrap(), Err(Failure::Seed(5))));
        let demo = Demo::open(&wanted(700, 5).as_demo()).await.unwrap();
        let eligibility = &demo.rooms().eligibility;
        let loaded = async || eligibility.nation().await.unwrap().unwrap().loaded;
        assert_eq!(loaded().await, 700);
        // A running demo goes on with the nation that is there.
        beside(eligibility.clone(), 900, demo.clock().clone()).await;
        assert_eq!(loaded().await, 900);
        assert_eq!(eligibility.nation().await.unwrap().unwrap().seed, 5);
    }
}
