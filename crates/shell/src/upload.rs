use axum::{
    extract::{FromRequest, Multipart, Request, multipart::Field},
    response::Response,
};
use bytes::Bytes;

use crate::{Visitor, form::CSRF_FIELD, refusal};

/// The files and fields of a multipart form that this browser was given by this site.
///
/// The token is the form's first part (`look::parts::upload_form` writes it so): a forged upload is refused before a
/// byte of its files is kept.
pub struct Upload {
    parts: Vec<Part>,
}

struct Part {
    name: String,
    file: Filed,
}

/// What came in a file's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filed {
    /// All of it.
    Whole(Bytes),
    /// More than [`LARGEST_PICTURE`](crate::parts::LARGEST_PICTURE). It was read to its end and not kept, so that a
    /// browser that is still sending is answered, and the rest of the form is not lost.
    TooLarge,
}

/// How many parts are read: a front, a back and the few fields beside them.
const MOST_PARTS: usize = 12;

/// The largest part that is kept: a picture of 20 MB.
const LARGEST_PART: usize = 20 * 1024 * 1024;

/// The longest token. The part that carries it is not read further.
const LONGEST_TOKEN: usize = 1024;

impl Upload {
    /// What came in a file's place, if anything was chosen there (an unfilled file field is sent empty).
    pub fn file(&self, name: &str) -> Option<&Filed> {
        let part = self.parts.iter().find(|part| part.name == name)?;
        if matches!(&part.file, Filed::Whole(bytes) if bytes.is_empty()) { None } else { Some(&part.file) }
    }

    /// A text field.
    pub fn field(&self, name: &str) -> Option<&str> {
        match &self.parts.iter().find(|part| part.name == name)?.file {
            Filed::Whole(bytes) => std::str::from_utf8(bytes).ok(),
            Filed::TooLarge => None,
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let Some(visitor) = request.extensions().get::<Visitor>().cloned() else {
            return Err(refusal::unguarded());
        };
        let mut multipart = Multipart::from_request(request, state).await.map_err(|_| refusal::unreadable_form())?;
        let mut parts = Vec::new();
        while let Some(field) = multipart.next_field().await.map_err(|error| too_large_or_unreadable(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            if parts.is_empty() {
                if name != CSRF_FIELD {
                    return Err(refusal::foreign_form());
                }
                let Filed::Whole(token) = read(field, LONGEST_TOKEN).await? else {
                    return Err(refusal::foreign_form());
                };
                if !std::str::from_utf8(&token).is_ok_and(|token| visitor.accepts_csrf(token)) {
                    return Err(refusal::stale_upload(&visitor));
                }
                parts.push(Part { name, file: Filed::Whole(Bytes::new()) });
                continue;
            }
            if parts.len() == MOST_PARTS {
                return Err(refusal::unreadable_form());
            }
            parts.push(Part { name, file: read(field, LARGEST_PART).await? });
        }
        if parts.is_empty() { Err(refusal::foreign_form()) } else { Ok(Self { parts }) }
    }
}

/// Reads a part to its end, and keeps it unless it is larger than that. How much is read of a whole form, the limit of its
/// route's body says.
async fn read(mut field: Field<'_>, most: usize) -> Result<Filed, Response> {
    let mut kept = Some(Vec::new());
    while let Some(chunk) = field.chunk().await.map_err(|error| too_large_or_unreadable(&error))? {
        match &mut kept {
            Some(bytes) if bytes.len() + chunk.len() <= most => bytes.extend_from_slice(&chunk),
            // What was kept so far is given back at once.
            _ => kept = None,
        }
    }
    Ok(kept.map_or(Filed::TooLarge, |bytes| Filed::Whole(bytes.into())))
}

fn too_large_or_unreadable(error: &axum::extract::multipart::MultipartError) -> Response {
    if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        refusal::too_large()
    } else {
        refusal::unreadable_form()
    }
}
