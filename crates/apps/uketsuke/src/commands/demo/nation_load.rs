//! Loads a made-up nation into the eligibility system of the demo, beside the demo's people.

use base::Clock;
use eligibility::{Eligibility, LoadControl, LoadError, LoadPace};
use nation::Nation;

use crate::arguments::demo::DEFAULT_NATION_SEED;

/// Why a nation was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum NationLoadError {
    /// The nation of another seed is loaded.
    #[error("this data holds the nation of seed {0}; give --seed {0}, or another folder or database")]
    OtherSeed(u32),
    /// Persons are loaded that are no nation's.
    #[error("this data holds other persons ('{0}'); give another folder or database")]
    OtherSource(String),
    /// Loading failed.
    #[error("the nation was not loaded")]
    NotLoaded(#[from] LoadError),
    /// The state of the nation could not be read.
    #[error("the store could not be asked")]
    Store(#[from] eligibility::Refusal),
}

/// The nation of a seed, as of the day on which loading began, or as of today.
pub(crate) async fn find_or_begin_nation(
    eligibility: &Eligibility,
    seed: u32,
    clock: &Clock,
) -> Result<Nation, NationLoadError> {
    match find_nation(eligibility).await? {
        Some(nation) if nation.seed() != seed => Err(NationLoadError::OtherSeed(nation.seed())),
        Some(nation) => Ok(nation),
        None => Ok(Nation::new(seed, clock.now().japan_date())),
    }
}

/// The nation of which persons are loaded.
pub(crate) async fn find_nation(eligibility: &Eligibility) -> Result<Option<Nation>, NationLoadError> {
    let Some(source) = eligibility.find_loaded_source().await? else { return Ok(None) };
    source.name.parse().map(Some).map_err(|_| NationLoadError::OtherSource(source.name))
}

/// Loads persons while the demo runs, and logs the result.
pub(crate) async fn load_in_background(eligibility: Eligibility, people: u64, clock: Clock) {
    let load = async {
        let seed = find_nation(&eligibility).await?.map_or(DEFAULT_NATION_SEED, |nation| nation.seed());
        let nation = find_or_begin_nation(&eligibility, seed, &clock).await?;
        Ok::<_, NationLoadError>(
            eligibility.load_people(nation, people, LoadPace::Concurrent, |_| LoadControl::Continue).await?,
        )
    };
    match load.await {
        Ok(loaded) => tracing::info!(loaded, "the nation is there"),
        Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "the nation was not loaded"),
    }
}
