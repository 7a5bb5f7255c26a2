//! Responses that a browser saves as a file.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};

/// A file of this media type, under a name of ASCII.
pub(crate) fn respond_with_file(content: impl Into<Body>, media_type: &str, name: &str) -> Response {
    let mut response = content.into().into_response();
    let values = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    for (header, value) in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(header, value);
        }
    }
    response
}
