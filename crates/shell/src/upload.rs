use axum::{
    extract::{FromRequest, Multipart, Request},
    response::Response,
};
use bytes::Bytes;

use crate::{Visitor, form::holds, refusal};

/// The files and fields of a multipart form that this browser was given by this site.
///
/// The token is the form's first part (`look::parts::upload_form` writes it so): a forged upload is refused before a
/// byte of its files is kept.
pub struct Upload {
    parts: Vec<Part>,
}

struct Part {
    name: String,
    bytes: Bytes,
}

/// How many parts are read: a front, a back and the few fields beside them.
const MOST_PARTS: usize = 12;

/// The largest part: a picture of 20 MB.
pub(crate) const LARGEST_PART: usize = 20 * 1024 * 1024;

impl Upload {
    /// The bytes of a part, if it was sent and is not empty (an unfilled file field is sent empty).
    pub fn file(&self, name: &str) -> Option<Bytes> {
        self.parts.iter().find(|part| part.name == name && !part.bytes.is_empty()).map(|part| part.bytes.clone())
    }

    /// A text field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let part = self.parts.iter().find(|part| part.name == name)?;
        std::str::from_utf8(&part.bytes).ok()
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
        while let Some(mut field) = multipart.next_field().await.map_err(|error| too_large_or_unreadable(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(|error| too_large_or_unreadable(&error))? {
                if bytes.len() + chunk.len() > LARGEST_PART {
                    return Err(refusal::too_large());
                }
                bytes.extend_from_slice(&chunk);
            }
            if parts.is_empty() && !(name == "csrf" && holds(&visitor, std::str::from_utf8(&bytes).ok())) {
                return Err(refusal::foreign_form());
            }
            if parts.len() == MOST_PARTS {
                return Err(refusal::unreadable_form());
            }
            parts.push(Part { name, bytes: bytes.into() });
        }
        if parts.is_empty() { Err(refusal::foreign_form()) } else { Ok(Self { parts }) }
    }
}

fn too_large_or_unreadable(error: &axum::extract::multipart::MultipartError) -> Response {
    if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        refusal::too_large()
    } else {
        refusal::unreadable_form()
    }
}
