//! Loading a nation: one thread makes persons, another puts them into the store, and a batch is there or not there.

use base::Date;
use tokio::sync::mpsc;

use super::Nation;
use crate::{
    Eligibility, Refusal,
    store::load::{self, Batch, LoadState, Packer},
};

/// What is known of the nation in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadedNation {
    /// Its seed.
    pub seed: u32,
    /// The day as of which it stands.
    pub day: Date,
    /// How many persons are there, from number 0 on.
    pub loaded: u64,
}

/// How a nation is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadPace {
    /// Nobody else uses the store meanwhile: large batches, and the index of insurance documents is made at the end.
    Alone,
    /// Others use the store: small batches, between which others have their turn, and every index stays.
    Concurrent,
}

/// Whether to go on with a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadControl {
    /// Go on.
    Continue,
    /// Leave it as it is; it may be taken up again.
    Stop,
}

/// Why a nation was not loaded. What was put before stays, and is not put again.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Another nation is there already.
    #[error("the store holds the nation of seed {} as of {} already", .0.seed, .0.day)]
    OtherNation(LoadedNation),
    /// Somebody else loads the same nation.
    #[error("somebody else is loading this nation")]
    AlreadyLoading,
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] Refusal),
    /// The thread that makes persons ended.
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
    /// How many persons are put at once.
    fn batch_size(self) -> u64 {
        match self {
            Self::Alone => 10_000,
            Self::Concurrent => 500,
        }
    }
}

/// From so many persons on it is worth while to sort them into the index at the end.
const BULK_THRESHOLD: u64 = 50_000;

/// How many batches may wait for the store. It bounds the memory.
const QUEUED_BATCHES: usize = 2;

impl Eligibility {
    /// The nation that the store holds, if it holds one.
    pub async fn find_nation(&self) -> Result<Option<LoadedNation>, Refusal> {
        self.database.read(|tx| Ok(load::find_load_state(tx)?.map(LoadedNation::from))).await
    }

    /// Loads a nation until the store has `people` of it, going on from those that it has. `watch` hears of each batch
    /// how many there are, and may end it. Tells how many there are at the end.
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
        let many = people.saturating_sub(loaded) >= BULK_THRESHOLD.max(loaded / 4);
        if watch(loaded) == LoadControl::Continue && loaded < people {
            if pace == LoadPace::Alone && many {
                self.database.write(|tx| load::drop_document_index(tx).map_err(LoadError::from)).await?;
            }
            let put = self.load_batches(nation, (loaded, people), pace, &mut watch).await;
            // However it ended, nobody is to be looked for without the index.
            self.restore_document_index().await?;
            loaded = put?;
        } else {
            self.restore_document_index().await?;
        }
        Ok(loaded)
    }

    /// Makes again what a load had put aside and did not come to put back, as when the machine stopped meanwhile.
    pub async fn restore_document_index(&self) -> Result<(), Refusal> {
        let whole = self
            .database
            .read(|tx| Ok::<_, Refusal>(load::find_load_state(tx)?.is_none_or(|state| state.indexed)))
            .await?;
        if whole {
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
        let making =
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
        making.await.map_err(|_| LoadError::Aborted)?;
        Ok(loaded)
    }
}

/// Makes batches until there are enough or nobody wants more.
fn make_batches(
    nation: &Nation,
    mut packer: Packer,
    (from, people): (u64, u64),
    pace: LoadPace,
    batches: &mpsc::Sender<Batch>,
) {
    let mut first = from;
    while first < people {
        let end = people.min(first + pace.batch_size());
        let batch = packer.pack(first, (first..end).map(|number| nation.person(number)));
        if batches.blocking_send(batch).is_err() {
            return;
        }
        first = end;
    }
}
