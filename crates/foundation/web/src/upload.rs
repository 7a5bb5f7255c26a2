use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, HttpBody},
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::Field},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::header;
use http_body_util::BodyExt;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout, timeout_at},
};

use crate::{Visitor, form::CSRF_FIELD, refusal};

/// The files and fields of a multipart form that this site gave to this browser.
///
/// The token is the form's first part (`ui::components::upload_form` writes it so): a forged upload is refused before a byte
/// of its files is stored.
pub struct Upload {
    parts: Vec<Part>,
}

struct Part {
    name: String,
    file: UploadedFile,
    /// The permits for the part's share of the upload memory, released with it.
    _permits: Vec<OwnedSemaphorePermit>,
}

/// The content of a file field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadedFile {
    /// The whole file.
    Whole(Bytes),
    /// A file was chosen, but it is empty.
    Empty,
    /// The file is larger than [`LARGEST_PICTURE`](ui::components::LARGEST_PICTURE). It was read to its end and discarded,
    /// so that the browser gets a response and the rest of the form is not lost.
    TooLarge,
}

/// A multipart form that has not been read. The handler first decides whether this person may upload here, and then reads it
/// or responds without it.
pub struct PendingUpload {
    request: Request,
    visitor: Visitor,
}

/// Why an upload was not read.
#[derive(Debug)]
pub enum UploadFault {
    /// The upload memory is full.
    Full,
    /// Nothing, or almost nothing, arrived for too long.
    Stalled,
    /// The form is not what a browser sends from the page. Contains the response.
    Refused(Response),
}

/// The memory that all uploads of a service share, counted in mebibytes, and the progress timeout.
#[derive(Debug, Clone)]
pub struct UploadMemory {
    mebibytes: Arc<Semaphore>,
    progress_timeout: Duration,
}

/// How many parts are read: a front, a back, the two fields of each, and the few other fields.
const MOST_PARTS: usize = 12;

/// The largest part that is stored: a picture of 20 MB.
const LARGEST_PART: usize = 20 * 1024 * 1024;

/// The largest form that is read: two pictures of 20 MB and the rest of the form.
const LARGEST_FORM: usize = 50 * 1024 * 1024;

/// The longest token, after which its part is not read further.
const LONGEST_TOKEN: usize = 1024;

/// The unit in which memory is reserved for a part.
const MEMORY_STEP: usize = 1024 * 1024;

/// How long a browser may send less than [`LEAST_PROGRESS`].
const PROGRESS_TIMEOUT: Duration = Duration::from_secs(30);

/// How much must arrive within [`PROGRESS_TIMEOUT`]: a connection of 16 kbit/s achieves twice as much.
const LEAST_PROGRESS: usize = 30 * 1024;

/// How long a whole upload may take: two pictures of 20 MB at 200 kbit/s.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(30);

/// How much of a refused form is read and discarded, so that the browser shows the response.
const MOST_DISCARDED: usize = 4 * LARGEST_FORM;

impl UploadMemory {
    /// Memory of so many mebibytes, and at least as many as one form may take.
    pub fn new(mebibytes: u32) -> Self {
        let least = LARGEST_FORM / MEMORY_STEP;
        let mebibytes = usize::try_from(mebibytes).unwrap_or(least).max(least);
        Self { mebibytes: Arc::new(Semaphore::new(mebibytes)), progress_timeout: PROGRESS_TIMEOUT }
    }

    fn take_mebibyte(&self) -> Option<OwnedSemaphorePermit> {
        self.mebibytes.clone().try_acquire_owned().ok()
    }

    /// The number of free mebibytes.
    pub fn free_mebibytes(&self) -> usize {
        self.mebibytes.available_permits()
    }
}

impl Upload {
    /// The content of a file field, if a file was chosen (an unfilled file field is sent without a name).
    pub fn file(&self, name: &str) -> Option<&UploadedFile> {
        let part = self.parts.iter().find(|part| part.name == name)?;
        if matches!(&part.file, UploadedFile::Whole(bytes) if bytes.is_empty()) { None } else { Some(&part.file) }
    }

    /// The value of a text field.
    pub fn field(&self, name: &str) -> Option<&str> {
        match &self.parts.iter().find(|part| part.name == name)?.file {
            UploadedFile::Whole(bytes) => std::str::from_utf8(bytes).ok(),
            UploadedFile::Empty | UploadedFile::TooLarge => None,
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for PendingUpload {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        match request.extensions().get::<Visitor>().cloned() {
            Some(visitor) => Ok(Self { request, visitor }),
            None => Err(refusal::missing_guard_response()),
        }
    }
}

impl PendingUpload {
    /// Reads the form into the shared upload memory.
    ///
    /// # Errors
    /// A form that cannot be stored is still read to its end where possible, so that the browser shows the response.
    pub async fn read(self, memory: &UploadMemory) -> Result<Upload, UploadFault> {
        let Self { mut request, visitor } = self;
        if announced_length(&request).is_some_and(|length| length > LARGEST_FORM) {
            discard_body(request.into_body());
            return Err(UploadFault::Refused(refusal::too_large_response()));
        }
        DefaultBodyLimit::max(LARGEST_FORM).apply(&mut request);
        let multipart = Multipart::from_request(request, &()).await;
        let mut multipart = multipart.map_err(|_| UploadFault::Refused(refusal::unreadable_form_response()))?;
        let mut pace = UploadPace::begin(memory.progress_timeout);
        let mut memory = PartMemory::Open(memory);
        let mut parts = Vec::new();
        while let Some(mut field) =
            pace.wait_for(multipart.next_field()).await?.map_err(|error| multipart_fault(&error))?
        {
            let name = field.name().unwrap_or_default().to_owned();
            if parts.is_empty() {
                let token = read_token(&mut field, &mut pace, &name).await?;
                if !std::str::from_utf8(&token).is_ok_and(|token| visitor.accepts_csrf(token)) {
                    return Err(UploadFault::Refused(refusal::stale_upload_response(&visitor)));
                }
                parts.push(Part { name, file: UploadedFile::Whole(Bytes::new()), _permits: Vec::new() });
                continue;
            }
            if parts.len() == MOST_PARTS {
                return Err(UploadFault::Refused(refusal::unreadable_form_response()));
            }
            let part = read_part(&mut field, &mut pace, &mut memory, name).await?;
            if matches!(memory, PartMemory::Full) {
                parts.truncate(1);
            } else {
                parts.push(part);
            }
        }
        match memory {
            PartMemory::Full => Err(UploadFault::Full),
            PartMemory::Open(_) if parts.is_empty() => Err(UploadFault::Refused(refusal::foreign_form_response())),
            PartMemory::Open(_) => Ok(Upload { parts }),
        }
    }

    /// Responds without the form. The rest of it is discarded for a while: a browser whose connection ends before it has sent
    /// everything shows no response.
    pub fn respond_unread(self, response: impl IntoResponse) -> Response {
        discard_body(self.request.into_body());
        response.into_response()
    }
}

fn announced_length(request: &Request) -> Option<usize> {
    let announced = request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok();
    announced.or_else(|| usize::try_from(request.body().size_hint().lower()).ok())
}

/// Reads a body and discards it.
fn discard_body(mut body: Body) {
    if body.is_end_stream() {
        return;
    }
    tokio::spawn(async move {
        let mut limit = MOST_DISCARDED;
        while let Ok(Some(Ok(frame))) = timeout(PROGRESS_TIMEOUT, body.frame()).await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            let Some(remaining) = limit.checked_sub(length) else { return };
            limit = remaining;
        }
    });
}

/// Whether parts are still stored.
enum PartMemory<'m> {
    Open(&'m UploadMemory),
    /// The memory was full once. The rest of the form is read and discarded.
    Full,
}

async fn read_token(field: &mut Field<'_>, pace: &mut UploadPace, name: &str) -> Result<Vec<u8>, UploadFault> {
    let foreign_form = || UploadFault::Refused(refusal::foreign_form_response());
    if name != CSRF_FIELD {
        return Err(foreign_form());
    }
    let mut token = Vec::new();
    while let Some(chunk) = pace.wait_for(field.chunk()).await?.map_err(|error| multipart_fault(&error))? {
        pace.count_bytes(chunk.len());
        if token.len() + chunk.len() > LONGEST_TOKEN {
            return Err(foreign_form());
        }
        token.extend_from_slice(&chunk);
    }
    Ok(token)
}

/// Reads a part to its end, and stores it unless it is too large or the memory is full.
async fn read_part(
    field: &mut Field<'_>,
    pace: &mut UploadPace,
    memory: &mut PartMemory<'_>,
    name: String,
) -> Result<Part, UploadFault> {
    let is_chosen = field.file_name().is_some_and(|file| !file.is_empty());
    let mut permits = Vec::new();
    let mut content = Some(Vec::new());
    while let Some(chunk) = pace.wait_for(field.chunk()).await?.map_err(|error| multipart_fault(&error))? {
        pace.count_bytes(chunk.len());
        let Some(bytes) = &mut content else { continue };
        let fits = bytes.len() + chunk.len() <= LARGEST_PART;
        if fits && reserve_memory(bytes, chunk.len(), memory, &mut permits) {
            bytes.extend_from_slice(&chunk);
        } else {
            // The memory is released at once.
            content = None;
            permits.clear();
        }
    }
    let file = match content {
        Some(bytes) if bytes.is_empty() && is_chosen => UploadedFile::Empty,
        Some(bytes) => UploadedFile::Whole(bytes.into()),
        None => UploadedFile::TooLarge,
    };
    Ok(Part { name, file, _permits: permits })
}

/// Reserves memory for `more` bytes, in counted units.
fn reserve_memory(
    bytes: &mut Vec<u8>,
    more: usize,
    memory: &mut PartMemory<'_>,
    permits: &mut Vec<OwnedSemaphorePermit>,
) -> bool {
    while bytes.capacity() < bytes.len() + more {
        let PartMemory::Open(shared) = memory else { return false };
        let Some(permit) = shared.take_mebibyte() else {
            *memory = PartMemory::Full;
            return false;
        };
        permits.push(permit);
        bytes.reserve_exact(permits.len() * MEMORY_STEP - bytes.len());
    }
    true
}

/// The progress of an upload.
struct UploadPace {
    progress_timeout: Duration,
    ends: Instant,
    window_ends: Instant,
    arrived: usize,
}

impl UploadPace {
    fn begin(progress_timeout: Duration) -> Self {
        let now = Instant::now();
        Self { progress_timeout, ends: now + UPLOAD_TIMEOUT, window_ends: now + progress_timeout, arrived: 0 }
    }

    /// Waits for `next` as long as there is progress.
    async fn wait_for<T>(&mut self, next: impl Future<Output = T>) -> Result<T, UploadFault> {
        let mut next = std::pin::pin!(next);
        loop {
            if let Ok(output) = timeout_at(self.window_ends.min(self.ends), &mut next).await {
                return Ok(output);
            }
            let now = Instant::now();
            if now >= self.ends || self.arrived < LEAST_PROGRESS {
                return Err(UploadFault::Stalled);
            }
            (self.window_ends, self.arrived) = (now + self.progress_timeout, 0);
        }
    }

    fn count_bytes(&mut self, bytes: usize) {
        self.arrived += bytes;
    }
}

fn multipart_fault(error: &axum::extract::multipart::MultipartError) -> UploadFault {
    UploadFault::Refused(if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        refusal::too_large_response()
    } else {
        refusal::unreadable_form_response()
    })
}

#[cfg(test)]
mod tests;
