//! What the program and its worker say to each other, as bytes.
//!
//! Request: length, picture. Answer: the worker's version, one byte that tells which, then its numbers; lengths before
//! bytes. All numbers are 32 bits, the high byte first. The answer is read as the foreign bytes it may be: a broken decoder writes it.

use std::io::{self, Read, Write};

use super::Developed;
use crate::rules::picture::{Hints, KEPT_LONG_EDGE, LARGEST_BYTES, Unusable};

/// The largest answer that is believed: a kept picture at its worst, with its thumbnail.
pub(crate) const LARGEST_ANSWER: u64 = 24 * 1024 * 1024;

/// No version is longer.
const LONGEST_VERSION: usize = 64;

/// The version of service and worker, and of what they say to each other.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "+2");

pub(crate) type Answer = Result<Developed, Unusable>;

/// What came from a worker.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Answer(Answer),
    /// The worker is of this version, and its answer cannot be understood.
    OtherVersion(String),
}

/// What stands before the picture in a request.
pub(crate) fn length_prefix(picture: &[u8]) -> [u8; 4] {
    length(picture).to_be_bytes()
}

pub(crate) fn read_request(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = number(from)?;
    exactly(from, length, LARGEST_BYTES)
}

pub(crate) fn write_answer(to: &mut impl Write, answer: &Answer) -> io::Result<()> {
    to.write_all(&length(VERSION.as_bytes()).to_be_bytes())?;
    to.write_all(VERSION.as_bytes())?;
    let mut put = |code: u8, numbers: &[u32]| -> io::Result<()> {
        to.write_all(&[code])?;
        numbers.iter().try_for_each(|number| to.write_all(&number.to_be_bytes()))
    };
    match answer {
        Ok(developed) => {
            put(0, &[developed.width, developed.height, u32::from(developed.hints.bits())])?;
            for part in [&developed.picture, &developed.thumbnail] {
                to.write_all(&length(part).to_be_bytes())?;
                to.write_all(part)?;
            }
            Ok(())
        }
        Err(unusable) => {
            let place = Unusable::ALL.iter().position(|known| known == unusable).unwrap_or_default();
            put(u8::try_from(place + 1).unwrap_or(u8::MAX), &[])
        }
    }
}

pub(crate) fn read_answer(mut from: impl Read) -> io::Result<Said> {
    let from = &mut from;
    let length = number(from)?;
    let version = exactly(from, length, LONGEST_VERSION)?;
    if version != VERSION.as_bytes() {
        let shown = String::from_utf8_lossy(&version).chars().filter(char::is_ascii_graphic).collect();
        return Ok(Said::OtherVersion(shown));
    }
    let mut code = [0];
    from.read_exact(&mut code)?;
    let answer = match code[0] {
        0 => Ok(read_developed(from)?),
        place => Err(*Unusable::ALL.get(usize::from(place) - 1).ok_or_else(malformed)?),
    };
    if from.read(&mut code)? == 0 { Ok(Said::Answer(answer)) } else { Err(malformed()) }
}

fn read_developed(from: &mut impl Read) -> io::Result<Developed> {
    let (width, height) = (number(from)?, number(from)?);
    let hints = u8::try_from(number(from)?).map_err(|_| malformed())?;
    let mut jpeg = || -> io::Result<Vec<u8>> {
        let length = number(from)?;
        let bytes = exactly(from, length, LARGEST_BYTES)?;
        if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) { Ok(bytes) } else { Err(malformed()) }
    };
    let (picture, thumbnail) = (jpeg()?, jpeg()?);
    if width == 0 || height == 0 || width.max(height) > KEPT_LONG_EDGE {
        return Err(malformed());
    }
    Ok(Developed { width, height, hints: Hints::from_bits(hints), picture, thumbnail })
}

fn number(from: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes))
}

fn exactly(from: &mut impl Read, length: u32, most: usize) -> io::Result<Vec<u8>> {
    let length = usize::try_from(length).ok().filter(|length| *length <= most).ok_or_else(malformed)?;
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn length(bytes: &[u8]) -> u32 {
    // Every writer is held to `LARGEST_BYTES` before; a longer one is refused by its reader.
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn malformed() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: &Answer) {
        let mut bytes = Vec::new();
        write_answer(&mut bytes, answer).expect("a vector takes everything");
        assert_eq!(read_answer(bytes.as_slice()).expect("it reads what it wrote"), Said::Answer(answer.clone()));
        for end in 0..bytes.len() {
            assert!(read_answer(&bytes[..end]).is_err(), "cut at {end}");
        }
        bytes.push(0);
        assert!(read_answer(bytes.as_slice()).is_err(), "something behind it");
    }

    fn developed() -> Developed {
        let jpeg = vec![0xFF, 0xD8, 0xFF, 0xE0];
        Developed { width: 800, height: 600, hints: Hints::from_bits(3), picture: jpeg.clone(), thumbnail: jpeg }
    }

    #[test]
    fn every_answer_is_read_as_it_was_written() {
        check(&Ok(developed()));
        for unusable in Unusable::ALL {
            check(&Err(*unusable));
        }
    }

    #[test]
    fn a_worker_of_another_version_is_known_by_its_first_word() {
        let said = read_answer(b"\0\0\0\x059.9+9whatever it says".as_slice());
        assert_eq!(said.expect("it is read"), Said::OtherVersion("9.9+9".to_owned()));
        assert!(read_answer([0xFF; 8].as_slice()).is_err());
    }

    #[test]
    fn an_answer_that_is_no_picture_is_not_believed() {
        let refused = |developed: Developed| {
            let mut bytes = Vec::new();
            write_answer(&mut bytes, &Ok(developed)).expect("a vector takes everything");
            assert!(read_answer(bytes.as_slice()).is_err());
        };
        refused(Developed { picture: b"<html>".to_vec(), ..developed() });
        refused(Developed { width: 0, ..developed() });
        refused(Developed { height: KEPT_LONG_EDGE + 1, ..developed() });
        let mut bytes = Vec::new();
        write_answer(&mut bytes, &Err(Unusable::Pdf)).expect("a vector takes everything");
        *bytes.last_mut().expect("it ends with its code") = 200;
        assert!(read_answer(bytes.as_slice()).is_err());
        assert!(read_request(&mut [0xFF, 0xFF, 0xFF, 0xFF].as_slice()).is_err());
    }
}
