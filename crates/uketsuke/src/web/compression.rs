//! Texts are compressed before they leave (RFC 9110 §8.4.1.3).

use std::cell::RefCell;

use axum::{
    body::{self, Body, HttpBody},
    response::{IntoResponse, Response},
};
use flate2::{Compress, Compression, FlushCompress, Status};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// Below a packet's size there is nothing to win.
const MIN_COMPRESSED_SIZE: u64 = 1024;

/// The window of a gzip stream, as a power of two: the largest there is.
const WINDOW_BITS: u8 = 15;

thread_local! {
    /// What compressing needs is some hundred kilobytes, kept from one page to the next.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new_gzip(Compression::fast(), WINDOW_BITS));
}

/// Whether the answer to a request with these headers may be compressed.
///
/// Not what another site has asked for in somebody's name: an attacker who may choose a part of a page (its address stands in
/// it) and sees how long the answer is on the wire could guess the rest of it letter by letter (BREACH, CVE-2013-3587).
/// `Sec-Fetch-Site` keeps what it is along redirects.
pub(super) fn may_compress(headers: &HeaderMap) -> bool {
    let from = headers.get("sec-fetch-site");
    accepts_gzip(headers) && from.is_none_or(|from| from == "same-origin" || from == "none")
}

/// RFC 9110 §12.5.3
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip")) && !parts.any(is_zero_weight)
    })
}

/// A weight of nothing (RFC 9110 §12.4.2).
fn is_zero_weight(parameter: &str) -> bool {
    let weight = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
    weight.is_some_and(|weight| weight.chars().all(|digit| matches!(digit, '0' | '.')))
}

/// The answer as it leaves: compressed where that is wanted and makes it shorter.
pub(super) async fn compress_response(wanted: bool, response: Response) -> Response {
    if !is_compressible(&response) {
        return response;
    }
    let (mut parts, mut body) = response.into_parts();
    let varies = HeaderValue::from_static("accept-encoding, sec-fetch-site");
    parts.headers.append(header::VARY, varies);
    if wanted {
        let Ok(content) = body::to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        body = match gzip(&content) {
            Some(packed) => {
                parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                parts.headers.remove(header::CONTENT_LENGTH);
                Body::from(packed)
            }
            None => Body::from(content),
        };
    }
    Response::from_parts(parts, body)
}

/// A text that is there as a whole and that nobody has coded yet.
fn is_compressible(response: &Response) -> bool {
    let headers = response.headers();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let coded = headers.contains_key(header::CONTENT_ENCODING) || headers.contains_key(header::CONTENT_RANGE);
    !coded && content_type.is_some_and(is_text) && response.body().size_hint().exact() >= Some(MIN_COMPRESSED_SIZE)
}

fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim_end();
    kind.starts_with("text/") || ["/json", "+json", "/xml", "+xml"].iter().any(|ending| kind.ends_with(ending))
}

/// The content compressed; none where it gets no shorter.
fn gzip(content: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        // It writes no further than this.
        let mut packed = Vec::with_capacity(content.len());
        let status = compressor.compress_vec(content, &mut packed, FlushCompress::Finish);
        matches!(status, Ok(Status::StreamEnd)).then_some(packed)
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
        for (from, expected) in [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)] {
            assert_eq!(may_compress_with(&[("accept-encoding", "gzip"), ("sec-fetch-site", from)]), expected, "{from}");
        }
    }

    fn response(content_type: &'static str, content: Vec<u8>) -> Response {
        ([(header::CONTENT_TYPE, content_type)], content).into_response()
    }

    async fn compress_and_read(wanted: bool, response: Response) -> (HeaderMap, Vec<u8>) {
        let (parts, body) = compress_response(wanted, response).await.into_parts();
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
        assert!(headers.contains_key(header::VARY), "a cache keeps the two apart");
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
            if let Some(packed) = gzip(&content) {
                prop_assert!(packed.len() <= content.len());
                let mut unpacked = Vec::new();
                GzDecoder::new(&*packed).read_to_end(&mut unpacked).unwrap();
                prop_assert_eq!(unpacked, content);
            }
        }
    }
}
