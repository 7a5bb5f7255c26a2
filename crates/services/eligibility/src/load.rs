//! Loading very many persons: one thread makes them, another inserts them, and each batch is inserted completely or not at
//! all.

use tokio::sync::mpsc;

use crate::{
    Eligibility, NewPerson, Refusal,
    store::load::{self, Batch, InsertOutcome, LoadedSource, Packer},
};

/// Persons by number, from 0 on: the same number is always the same person.
pub trait PersonSource: Clone + Send + 'static {
    /// What tells it from every other source. It is stored with what is loaded.
    fn source_name(&self) -> String;

    /// The person with this number.
    fn person(&self, number: u64) -> NewPerson;
}

/// How persons are loaded.
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

/// Why persons were not loaded. Batches inserted before are kept, and are not inserted again.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The store has the persons of another source.
    #[error("the store holds the persons of '{}' already", .0.name)]
    OtherSource(LoadedSource),
    /// Another process loads the same persons.
    #[error("another process is loading these persons")]
    AlreadyLoading,
    #[error("the store failed")]
    Store(#[source] Refusal),
    /// The thread that makes the persons ended.
    #[error("the persons could not be made")]
    Aborted,
}

impl From<Refusal> for LoadError {
    fn from(refusal: Refusal) -> Self {
        Self::Store(refusal)
    }
}

impl From<database::Error> for LoadError {
    fn from(error: database::Error) -> Self {
        Self::Store(error.into())
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

/// How far a sequence of batches came.
enum Progress {
    /// To the end, or to where the caller stopped it.
    Ended(u64),
    /// The phrases in the store changed; the rest has to be packed again.
    PhrasesChanged(u64),
}

impl Eligibility {
    /// The source whose persons are loaded, if there is one.
    pub async fn find_loaded_source(&self) -> Result<Option<LoadedSource>, Refusal> {
        self.database.read(|tx| Ok(load::find_load_state(tx)?.map(|state| state.source))).await
    }

    /// Loads persons until the store has `people` of this source, continuing after those that it has. `watch` is called with
    /// the number loaded after each batch, and may stop the load. Returns the number loaded at the end.
    ///
    /// # Errors
    ///
    /// [`LoadError::OtherSource`] if the store has persons of another source, [`LoadError::AlreadyLoading`] if another process
    /// was quicker; the load can be continued then.
    pub async fn load_people(
        &self,
        source: impl PersonSource,
        people: u64,
        pace: LoadPace,
        mut watch: impl FnMut(u64) -> LoadControl + Send,
    ) -> Result<u64, LoadError> {
        let name = source.source_name();
        let state = self.database.write(move |tx| load::begin_load(tx, &name).map_err(LoadError::from)).await?;
        if state.source.name != source.source_name() {
            return Err(LoadError::OtherSource(state.source));
        }
        let mut loaded = state.source.loaded;
        let is_bulk = people.saturating_sub(loaded) >= BULK_THRESHOLD.max(loaded / 4);
        if watch(loaded) == LoadControl::Continue && loaded < people {
            if pace == LoadPace::Alone && is_bulk {
                self.database.write(|tx| load::drop_document_index(tx).map_err(LoadError::from)).await?;
            }
            let outcome = self.load_rest(&source, (loaded, people), pace, &mut watch).await;
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

    async fn load_rest(
        &self,
        source: &impl PersonSource,
        (mut loaded, people): (u64, u64),
        pace: LoadPace,
        watch: &mut (impl FnMut(u64) -> LoadControl + Send),
    ) -> Result<u64, LoadError> {
        loop {
            match self.load_batches(source.clone(), (loaded, people), pace, watch).await? {
                Progress::Ended(end) => return Ok(end),
                Progress::PhrasesChanged(end) => loaded = end,
            }
        }
    }

    async fn load_batches(
        &self,
        source: impl PersonSource,
        (mut loaded, people): (u64, u64),
        pace: LoadPace,
        watch: &mut (impl FnMut(u64) -> LoadControl + Send),
    ) -> Result<Progress, LoadError> {
        let packer = self.database.read(|tx| Packer::read(tx).map_err(LoadError::from)).await?;
        let (sender, mut batches) = mpsc::channel(QUEUED_BATCHES);
        let producer =
            tokio::task::spawn_blocking(move || make_batches(&source, packer, (loaded, people), pace, &sender));
        while let Some(batch) = batches.recv().await {
            let end = batch.end();
            let outcome =
                self.database.write(move |tx| load::insert_batch(tx, &batch).map_err(LoadError::from)).await?;
            match outcome {
                InsertOutcome::Inserted => loaded = end,
                InsertOutcome::LoadedByAnother => return Err(LoadError::AlreadyLoading),
                InsertOutcome::PhrasesChanged => return Ok(Progress::PhrasesChanged(loaded)),
            }
            if watch(loaded) == LoadControl::Stop {
                break;
            }
        }
        drop(batches);
        producer.await.map_err(|_| LoadError::Aborted)?;
        Ok(Progress::Ended(loaded))
    }
}

/// Makes batches until there are enough or the receiver is closed.
fn make_batches(
    source: &impl PersonSource,
    mut packer: Packer,
    (loaded, people): (u64, u64),
    pace: LoadPace,
    batches: &mpsc::Sender<Batch>,
) {
    let mut first = loaded;
    while first < people {
        let end = people.min(first + pace.batch_size());
        let batch = packer.pack(first, (first..end).map(|number| source.person(number)));
        if batches.blocking_send(batch).is_err() {
            return;
        }
        first = end;
    }
}
