//! Bytes that are no certificate, or one with a freedom that DER does not give.

use jpki::{Algorithm, seal};

use super::Row;
use crate::world::{Attempt, at, draft, world};

const LAX: &str = "OpenSSL reads BER and takes the first certificate that it finds; we take DER and nothing else, so that one \
    certificate has one form";

pub fn rows() -> Vec<Row> {
    let right = Attempt::right().certificate;
    let unreadable = "jpki.certificate.unreadable";
    vec![
        Row::of("right", "accepted", "OK", right.clone()),
        Row::of("nothing at all", unreadable, "", Vec::new()),
        Row::of("the last byte is missing", unreadable, "", right[..right.len() - 1].to_vec()),
        Row::of("an empty sequence", unreadable, "", vec![0x30, 0]),
        Row::of("a card's file with its filler", "jpki.certificate.trailing_bytes", "", [&right[..], &[0xff; 40]].concat()),
        Row::of("two certificates, one behind the other", "jpki.certificate.trailing_bytes", "", [&right[..], &right[..]].concat()),
        Row::of("a length of three octets where two do", unreadable, "", {
            [&[0x30, 0x83, 0x00], &right[2..]].concat()
        }),
        Row::of("an indefinite length", unreadable, "", [&[0x30, 0x80], &right[4..], &[0, 0]].concat()),
        Row::of("UTCTime where the year asks for GeneralizedTime", "jpki.certificate.encoding", "", {
            let mut late = draft();
            late.not_after = at("2050-01-01T00:00:00Z");
            let body = late.body(Algorithm::RsaSha256).unwrap();
            let place = body.windows(15).position(|window| window == b"20500101000000Z").unwrap();
            let body = [&body[..place], b"20490101000000Z", &body[place + 15..]].concat();
            seal(&body, world().issuer.key()).unwrap()
        }),
        Row::replaced("TRUE written as 1", unreadable, "", &[1, 1, 0xff, 4, 4, 3, 2, 7, 0x80], &[1, 1, 1, 4, 4, 3, 2, 7, 0x80]),
        Row::replaced("a number with a needless zero", unreadable, "", &[2, 3, 0x12, 0x34, 0x56], &[2, 4, 0, 0x12, 0x34, 0x56]),
    ]
}
