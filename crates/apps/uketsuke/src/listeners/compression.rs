//! Compresses responses that are text (RFC 9110 §8.4.1.3).

use std::cell::RefCell;

use axum::{
    body::{self, Body, HttpBody},
    response::{IntoResponse, Response},
};
use flate2::{Compress, Compression, FlushCompress, Status};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// Below the size of a packet compression saves nothing.
const MIN_COMPRESSED_SIZE: u64 = 1024;

/// The window of a gzip stream, as a power of two: the largest there is.
const WINDOW_BITS: u8 = 15;

thread_local! {
    /// The state of the compressor takes some hundred kilobytes and is reused.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new_gzip(Compression::fast(), WINDOW_BITS));
}

/// Whether the response to a request with these headers may be compressed.
///
/// Not if another site initiated the request: an attacker who chooses a part of a page (it contains its address) and sees
/// the length of the response could guess the rest letter by letter (BREACH, CVE-2013-3587). `Sec-Fetch-Site` keeps its
/// value along redirects.
pub(super) fn may_compress(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    accepts_gzip(headers) && site.is_none_or(|site| site == "same-origin" || site == "none")
}

/// RFC 9110 §12.5.3
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip")) && !parts.any(is_zero_weight)
    })
}

/// A weight of zero (RFC 9110 §12.4.2).
fn is_zero_weight(parameter: &str) -> bool {
    let weight = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
    weight.is_some_and(|weight| weight.chars().all(|digit| matches!(digit, '0' | '.')))
}

/// Compresses a response where `compress` is set and it becomes shorter. Sets `Vary`.
pub(super) async fn compress_response(compress: bool, response: Response) -> Response {
    if !is_compressible(&response) {
        return response;
    }
    let (mut parts, mut body) = response.into_parts();
    let vary = HeaderValue::from_static("accept-encoding, sec-fetch-site");
    parts.headers.append(header::VARY, vary);
    if compress {
        let Ok(content) = body::to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        body = match gzip(&content) {
            Some(compressed) => {
                parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                parts.headers.remove(header::CONTENT_LENGTH);
                Body::from(compressed)
            }
            None => Body::from(content),
        };
    }
    Response::from_parts(parts, body)
}

/// Whether the body is a complete, uncoded text that is long enough.
fn is_compressible(response: &Response) -> bool {
    let headers = response.headers();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let coded = headers.contains_key(header::CONTENT_ENCODING) || headers.contains_key(header::CONTENT_RANGE);
    !coded && content_type.is_some_and(is_text) && response.body().size_hint().exact() >= Some(MIN_COMPRESSED_SIZE)
}

fn is_text(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim_end();
    media_type.starts_with("text/")
        || ["/json", "+json", "/xml", "+xml"].iter().any(|ending| media_type.ends_with(ending))
}

/// The compressed content; none if it is not shorter.
fn gzip(content: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        // The compressor writes at most to this capacity.
        let mut compressed = Vec::with_capacity(content.len());
        let status = compressor.compress_vec(content, &mut compressed, FlushCompress::Finish);
        matches!(status, Ok(Status::StreamEnd)).then_some(compressed)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    fn may_compress_with(lines: &[(&'static str, &'static str)]) -> bool {
        let line =
            |(name, value): &(&'static str, &'static str)| (name.parse().unwrap(), HeaderValue::from_static(value));
        may_compress(&lines.iter().map(line).collect())
    }

    #[test]
    fn gzip_is_sent_to_whom_it_pleases() {
        for (accepted, expected) in [
            ("gzip", true),
            ("GZIP", true),
            ("br;q=1.0, gzip;q=0.8", true),
            ("gzip ; q=0.001", true),
            ("deflate,gzip", true),
            ("", false),
            ("identity", false),
            ("br", false),
            ("x-gzip-like", false),
            ("gzip;q=0", false),
            ("gzip; Q=0.000", false),
        ] {
            assert_eq!(may_compress_with(&[("accept-encoding", accepted)]), expected, "{accepted}");
        }
        assert!(!may_compress_with(&[]));
        assert!(may_compress_with(&[("accept-encoding", "br"), ("accept-encoding", "gzip")]));
    }

    #[test]
    fn what_another_site_asks_for_is_not_compressed() {
        for (site, expected) in [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)] {
            assert_eq!(may_compress_with(&[("accept-encoding", "gzip"), ("sec-fetch-site", site)]), expected, "{site}");
        }
    }

    fn response(content_type: &'static str, content: Vec<u8>) -> Response {
        ([(header::CONTENT_TYPE, content_type)], content).into_response()
    }

    async fn compress_and_read(compress: bool, response: Response) -> (HeaderMap, Vec<u8>) {
        let (parts, body) = compress_response(compress, response).await.into_parts();
        (parts.headers, body::to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn a_text_is_compressed_and_says_so() {
        let text = "受付".repeat(1000).into_bytes();
        for content_type in ["text/html; charset=utf-8", "text/css", "application/json", "image/svg+xml"] {
            let (headers, body) = compress_and_read(true, response(content_type, text.clone())).await;
            assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
            assert_eq!(headers[header::VARY], "accept-encoding, sec-fetch-site");
            assert!(body.len() < text.len() / 10);
            let mut unpacked = Vec::new();
            GzDecoder::new(&*body).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, text);
        }
        let (headers, body) = compress_and_read(false, response("text/html", text.clone())).await;
        assert_eq!((headers.get(header::CONTENT_ENCODING), body), (None, text));
        assert!(headers.contains_key(header::VARY), "a cache must distinguish the two");
    }

    #[tokio::test]
    async fn what_gains_nothing_is_left_as_it_is() {
        let coded = ([(header::CONTENT_TYPE, "text/plain"), (header::CONTENT_ENCODING, "br")], vec![b'a'; 4096]);
        for (response, length) in [
            (response("image/jpeg", vec![0; 4096]), 4096),
            (response("application/zip", vec![0; 4096]), 4096),
            (response("text/html", vec![b'a'; 1023]), 1023),
            (coded.into_response(), 4096),
            (StatusCode::NO_CONTENT.into_response(), 0),
        ] {
            let before = response.headers().clone();
            let (headers, body) = compress_and_read(true, response).await;
            assert_eq!((headers, body.len()), (before, length));
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_is_shorter_and_comes_out_as_it_went_in(content: Vec<u8>, times in 1..50_usize) {
            let content = content.repeat(times);
            if let Some(compressed) = gzip(&content) {
                prop_assert!(compressed.len() <= content.len());
                let mut unpacked = Vec::new();
                GzDecoder::new(&*compressed).read_to_end(&mut unpacked).unwrap();
                prop_assert_eq!(unpacked, content);
            }
        }
    }
}
