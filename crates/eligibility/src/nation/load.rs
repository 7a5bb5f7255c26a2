//! Loading a nation: one thread makes persons, another puts them into the store, and a batch is there or not there.

use base::Date;
use tokio::sync::mpsc;

use super::Nation;
use crate::{
    Eligibility, Refusal,
    store::load::{self, Batch, Packer, State},
};

/// What is known of the nation in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its seed.
    pub seed: u32,
    /// The day as of which it stands.
    pub day: Date,
    /// How many persons are there, from number 0 on.
    pub loaded: u64,
}

/// How a nation is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Nobody else uses the store meanwhile: large batches, and the index of insurance documents is made at the end.
    Alone,
    /// Others use the store: small batches, between which others have their turn, and every index stays.
    Beside,
}

/// Whether to go on with a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    /// Go on.
    On,
    /// Leave it as it is; it may be taken up again.
    Stop,
}

/// Why a nation was not loaded. What was put before stays, and is not put again.
#[derive(Debug, thiserror::Error)]
pub enum NotLoaded {
    /// Another nation is there already.
    #[error("the store holds the nation of seed {} as of {} already", .0.seed, .0.day)]
    Other(Known),
    /// Somebody else loads the same nation.
    #[error("somebody else is loading this nation")]
    Elsewhere,
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] Refusal),
    /// The thread that makes persons ended.
    #[error("the persons could not be made")]
    Cut,
}

impl From<Refusal> for NotLoaded {
    fn from(refusal: Refusal) -> Self {
        if let Refusal::Taken(_) = refusal { Self::Elsewhere } else { Self::Store(refusal) }
    }
}

impl From<database::Error> for NotLoaded {
    fn from(error: database::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<State> for Known {
    fn from(State { seed, day, loaded, .. }: State) -> Self {
        Self { seed, day, loaded }
    }
}

impl Pace {
    /// How many persons are put at once.
    fn batch(self) -> u64 {
        match self {
            Self::Alone => 10_000,
            Self::Beside => 500,
        }
    }
}

/// From so many persons on it is worth while to sort them into the index at the end.
const MANY: u64 = 50_000;

/// How many batches may wait for the store. It bounds the memory.
const AHEAD: usize = 2;

impl Eligibility {
    /// The nation that the store holds, if it holds one.
    pub async fn nation(&self) -> Result<Option<Known>, Refusal> {
        self.database.read(|tx| Ok(load::state(tx)?.map(Known::from))).await
    }

    /// Loads a nation until the store has `people` of it, going on from those that it has. `watch` hears of each batch
    /// how many there are, and may end it. Tells how many there are at the end.
    pub async fn load_nation(
        &self,
        nation: Nation,
        people: u64,
        pace: Pace,
        mut watch: impl FnMut(u64) -> Going + Send,
    ) -> Result<u64, NotLoaded> {
        let (seed, day) = (nation.seed(), nation.day());
        let state = self.database.write(move |tx| load::found(tx, seed, day).map_err(NotLoaded::from)).await?;
        if (state.seed, state.day) != (seed, day) {
            return Err(NotLoaded::Other(state.into()));
        }
        let mut loaded = state.loaded;
        let many = people.saturating_sub(loaded) >= MANY.max(loaded / 4);
        if watch(loaded) == Going::On && loaded < people {
            if pace == Pace::Alone && many {
                self.database.write(|tx| load::put_index_aside(tx).map_err(NotLoaded::from)).await?;
            }
            let put = self.put_nation(nation, (loaded, people), pace, &mut watch).await;
            // However it ended, nobody is to be looked for without the index.
            self.mend_nation().await?;
            loaded = put?;
        } else {
            self.mend_nation().await?;
        }
        Ok(loaded)
    }

    /// Makes again what a load had put aside and did not come to put back, as when the machine stopped meanwhile.
    pub async fn mend_nation(&self) -> Result<(), Refusal> {
        let whole =
            self.database.read(|tx| Ok::<_, Refusal>(load::state(tx)?.is_none_or(|state| state.indexed))).await?;
        if whole { Ok(()) } else { self.database.write(|tx| load::put_index_back(tx).map_err(Refusal::from)).await }
    }

    async fn put_nation(
        &self,
        nation: Nation,
        (loaded, people): (u64, u64),
        pace: Pace,
        watch: &mut (impl FnMut(u64) -> Going + Send),
    ) -> Result<u64, NotLoaded> {
        let packer = self.database.read(|tx| Packer::read(tx).map_err(NotLoaded::from)).await?;
        let (sender, mut batches) = mpsc::channel(AHEAD);
        let making = tokio::task::spawn_blocking(move || make(&nation, packer, (loaded, people), pace, &sender));
        let mut loaded = loaded;
        while let Some(batch) = batches.recv().await {
            let end = batch.end();
            self.database.write(move |tx| load::put(tx, &batch).map_err(NotLoaded::from)).await?;
            loaded = end;
            if watch(loaded) == Going::Stop {
                break;
            }
        }
        drop(batches);
        making.await.map_err(|_| NotLoaded::Cut)?;
        Ok(loaded)
    }
}

/// Makes batches until there are enough or nobody wants more.
fn make(nation: &Nation, mut packer: Packer, (from, people): (u64, u64), pace: Pace, batches: &mpsc::Sender<Batch>) {
    let mut first = from;
    while first < people {
        let end = people.min(first + pace.batch());
        let batch = packer.pack(first, (first..end).map(|number| nation.person(number)));
        if batches.blocking_send(batch).is_err() {
            return;
        }
        first = end;
    }
}
