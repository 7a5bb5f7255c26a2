//! Bytes that are no certificate, or not in canonical DER.

use jpki::{Algorithm, sign_body};

use super::Row;
use crate::world::{Attempt, draft, timestamp, world};

pub const LAX: &str = "OpenSSL reads BER and takes the first certificate that it finds; we take DER and nothing else, so that one \
    certificate has one form";

pub fn rows() -> Vec<Row> {
    let right = Attempt::valid().certificate;
    let unreadable = "jpki.certificate.unreadable";
    vec![
        Row::new("right", "accepted", "OK", right.clone()),
        Row::new("nothing at all", unreadable, "Could not read", Vec::new()),
        Row::new("the last byte is missing", unreadable, "Could not read", right[..right.len() - 1].to_vec()),
        Row::new("an empty sequence", unreadable, "Could not read", vec![0x30, 0]),
        Row::new(
            "a card's file with its filler",
            "jpki.certificate.trailing_bytes",
            "OK",
            [&right[..], &[0xff; 40]].concat(),
        )
        .with_explanation(LAX),
        Row::new(
            "two certificates, one behind the other",
            "jpki.certificate.trailing_bytes",
            "OK",
            [&right[..], &right[..]].concat(),
        )
        .with_explanation(LAX),
        Row::new("a length of three octets where two do", unreadable, "OK", {
            [&[0x30, 0x83, 0x00], &right[2..]].concat()
        })
        .with_explanation(LAX),
        Row::new("an indefinite length", unreadable, "OK", [&[0x30, 0x80], &right[4..], &[0, 0]].concat())
            .with_explanation(LAX),
        Row::new("UTCTime where the year asks for GeneralizedTime", "jpki.certificate.encoding", "OK", {
            let mut late = draft();
            late.not_after = timestamp("2050-01-01T00:00:00Z");
            let body = late.body(Algorithm::RsaSha256).unwrap();
            let position = body.windows(15).position(|window| window == b"20500101000000Z").unwrap();
            let body = [&body[..position], b"20490101000000Z", &body[position + 15..]].concat();
            sign_body(&body, world().issuer.key()).unwrap()
        })
        .with_explanation(
            "it is GeneralizedTime for 2049, which RFC 5280 §4.1.2.5 wants as UTCTime; OpenSSL reads either",
        ),
        Row::with_replaced_bytes(
            "TRUE written as 1",
            unreadable,
            "OK",
            &[1, 1, 0xff, 4, 4, 3, 2, 7, 0x80],
            &[1, 1, 1, 4, 4, 3, 2, 7, 0x80],
        )
        .with_explanation(LAX),
        Row::with_replaced_bytes(
            "a number with a needless zero",
            unreadable,
            "Could not read",
            &[2, 3, 0x12, 0x34, 0x56],
            &[2, 4, 0, 0x12, 0x34, 0x56],
        ),
    ]
}
