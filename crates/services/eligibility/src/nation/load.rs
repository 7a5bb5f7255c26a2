//! Loading a nation: one thread generates persons, another inserts them, and each batch is inserted completely or not at all.

use base::Date;
use tokio::sync::mpsc;

use super::Nation;
use crate::{
    Eligibility, Refusal,
    store::load::{self, Batch, LoadState, Packer},
};

/// The nation in a store, as far as loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadedNation {
    pub seed: u32,
    /// The day as of which it is computed.
    pub day: Date,
    /// How many persons are loaded, from number 0 on.
    pub loaded: u64,
}

/// How a nation is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadPace {
    /// Without other users of the store: large batches, and the index of insurance documents is created at the end.
    Alone,
    /// With other users of the store: small batches, between which other transactions run, and every index is kept.
    Concurrent,
}

/// Whether to continue a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadControl {
    Continue,
    /// Stop here; the load can be continued later.
    Stop,
}

/// Why a nation was not loaded. Batches inserted before are kept, and are not inserted again.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The store has another nation.
    #[error("the store holds the nation of seed {} as of {} already", .0.seed, .0.day)]
    OtherNation(LoadedNation),
    /// Another process loads the same nation.
    #[error("somebody else is loading this nation")]
    AlreadyLoading,
    #[error("the store failed")]
    Store(#[source] Refusal),
    /// The thread that generates persons ended.
    #[error("the persons could not be made")]
    Aborted,
}

impl From<Refusal> for LoadError {
    fn from(refusal: Refusal) -> Self {
        if let Refusal::AlreadyExists(_) = refusal { Self::AlreadyLoading } else { Self::Store(refusal) }
    }
}

impl From<database::Error> for LoadError {
    fn from(error: database::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<LoadState> for LoadedNation {
    fn from(LoadState { seed, day, loaded, .. }: LoadState) -> Self {
        Self { seed, day, loaded }
    }
}

impl LoadPace {
    /// The number of persons in a batch.
    fn batch_size(self) -> u64 {
        match self {
            Self::Alone => 10_000,
            Self::Concurrent => 500,
        }
    }
}

/// From so many persons on, creating the index at the end is faster.
const BULK_THRESHOLD: u64 = 50_000;

/// How many batches may wait for the store. It limits the memory.
const QUEUED_BATCHES: usize = 2;

impl Eligibility {
    /// The nation in the store, if there is one.
    pub async fn find_nation(&self) -> Result<Option<LoadedNation>, Refusal> {
        self.database.read(|tx| Ok(load::find_load_state(tx)?.map(LoadedNation::from))).await
    }

    /// Loads a nation until the store has `people` of its persons, continuing after those that it has. `watch` is called with
    /// the number loaded after each batch, and may stop the load. Returns the number loaded at the end.
    pub async fn load_nation(
        &self,
        nation: Nation,
        people: u64,
        pace: LoadPace,
        mut watch: impl FnMut(u64) -> LoadControl + Send,
    ) -> Result<u64, LoadError> {
        let (seed, day) = (nation.seed(), nation.day());
        let state = self.database.write(move |tx| load::begin_load(tx, seed, day).map_err(LoadError::from)).await?;
        if (state.seed, state.day) != (seed, day) {
            return Err(LoadError::OtherNation(state.into()));
        }
        let mut loaded = state.loaded;
        let is_bulk = people.saturating_sub(loaded) >= BULK_THRESHOLD.max(loaded / 4);
        if watch(loaded) == LoadControl::Continue && loaded < people {
            if pace == LoadPace::Alone && is_bulk {
                self.database.write(|tx| load::drop_document_index(tx).map_err(LoadError::from)).await?;
            }
            let outcome = self.load_batches(nation, (loaded, people), pace, &mut watch).await;
            // Whatever the outcome, the store must not stay without the index.
            self.restore_document_index().await?;
            loaded = outcome?;
        } else {
            self.restore_document_index().await?;
        }
        Ok(loaded)
    }

    /// Creates the index of documents if an interrupted load left the store without it.
    pub async fn restore_document_index(&self) -> Result<(), Refusal> {
        let is_indexed = self
            .database
            .read(|tx| Ok::<_, Refusal>(load::find_load_state(tx)?.is_none_or(|state| state.indexed)))
            .await?;
        if is_indexed {
            Ok(())
        } else {
            self.database.write(|tx| load::create_document_index(tx).map_err(Refusal::from)).await
        }
    }

    async fn load_batches(
        &self,
        nation: Nation,
        (loaded, people): (u64, u64),
        pace: LoadPace,
        watch: &mut (impl FnMut(u64) -> LoadControl + Send),
    ) -> Result<u64, LoadError> {
        let packer = self.database.read(|tx| Packer::read(tx).map_err(LoadError::from)).await?;
        let (sender, mut batches) = mpsc::channel(QUEUED_BATCHES);
        let producer =
            tokio::task::spawn_blocking(move || make_batches(&nation, packer, (loaded, people), pace, &sender));
        let mut loaded = loaded;
        while let Some(batch) = batches.recv().await {
            let end = batch.end();
            self.database.write(move |tx| load::insert_batch(tx, &batch).map_err(LoadError::from)).await?;
            loaded = end;
            if watch(loaded) == LoadControl::Stop {
                break;
            }
        }
        drop(batches);
        producer.await.map_err(|_| LoadError::Aborted)?;
        Ok(loaded)
    }
}

/// Makes batches until there are enough or the receiver is closed.
fn make_batches(
    nation: &Nation,
    mut packer: Packer,
    (loaded, people): (u64, u64),
    pace: LoadPace,
    batches: &mpsc::Sender<Batch>,
) {
    let mut first = loaded;
    while first < people {
        let end = people.min(first + pace.batch_size());
        let batch = packer.pack(first, (first..end).map(|number| nation.person(number)));
        if batches.blocking_send(batch).is_err() {
            return;
        }
        first = end;
    }
}
