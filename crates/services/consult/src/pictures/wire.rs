//! The wire format between the service and its image worker.
//!
//! Request: length, picture. Response: the length and text of the worker's version, one byte that tells the kind, then its
//! numbers and its parts, each part after its length. All numbers are 32 bits, big-endian. The response is parsed as
//! untrusted input, since a compromised decoder may have written it.

use std::io::{self, Read, Write};

use super::{
    normalise::NormalisedImage,
    rules::picture::{MAX_PICTURE_BYTES, PictureHints, STORED_LONG_EDGE, UnusablePicture},
};

/// The largest response that is read: the largest normalised picture with its thumbnail.
pub(crate) const MAX_RESPONSE_BYTES: u64 = 24 * 1024 * 1024;

/// The longest version text that is read, in bytes.
const MAX_VERSION_BYTES: usize = 64;

/// The version of service and worker, and after the `+` that of the wire format.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "+2");

pub(crate) type NormaliseResult = Result<NormalisedImage, UnusablePicture>;

/// A parsed response.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum WorkerResponse {
    Finished(NormaliseResult),
    /// The worker is of this version, so its response cannot be parsed.
    OtherVersion(String),
}

/// The length that precedes the picture in a request.
pub(crate) fn length_prefix(picture: &[u8]) -> [u8; 4] {
    byte_length(picture).to_be_bytes()
}

pub(crate) fn read_request(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = read_u32(source)?;
    read_exact_bytes(source, length, MAX_PICTURE_BYTES)
}

pub(crate) fn write_response(sink: &mut impl Write, result: &NormaliseResult) -> io::Result<()> {
    sink.write_all(&byte_length(VERSION.as_bytes()).to_be_bytes())?;
    sink.write_all(VERSION.as_bytes())?;
    let mut put = |code: u8, numbers: &[u32]| -> io::Result<()> {
        sink.write_all(&[code])?;
        numbers.iter().try_for_each(|number| sink.write_all(&number.to_be_bytes()))
    };
    match result {
        Ok(image) => {
            put(0, &[image.width, image.height, u32::from(image.hints.bits())])?;
            for part in [&image.picture, &image.thumbnail] {
                sink.write_all(&byte_length(part).to_be_bytes())?;
                sink.write_all(part)?;
            }
            Ok(())
        }
        Err(unusable) => {
            let index = UnusablePicture::ALL.iter().position(|candidate| candidate == unusable).unwrap_or_default();
            put(u8::try_from(index + 1).unwrap_or(u8::MAX), &[])
        }
    }
}

pub(crate) fn read_response(mut source: impl Read) -> io::Result<WorkerResponse> {
    let source = &mut source;
    let length = read_u32(source)?;
    let version = read_exact_bytes(source, length, MAX_VERSION_BYTES)?;
    if version != VERSION.as_bytes() {
        let version = String::from_utf8_lossy(&version).chars().filter(char::is_ascii_graphic).collect();
        return Ok(WorkerResponse::OtherVersion(version));
    }
    let mut code = [0];
    source.read_exact(&mut code)?;
    let result = match code[0] {
        0 => Ok(read_image(source)?),
        position => Err(*UnusablePicture::ALL.get(usize::from(position) - 1).ok_or_else(malformed_error)?),
    };
    if source.read(&mut code)? == 0 { Ok(WorkerResponse::Finished(result)) } else { Err(malformed_error()) }
}

fn read_image(source: &mut impl Read) -> io::Result<NormalisedImage> {
    let (width, height) = (read_u32(source)?, read_u32(source)?);
    let hints = u8::try_from(read_u32(source)?).map_err(|_| malformed_error())?;
    let mut jpeg = || -> io::Result<Vec<u8>> {
        let length = read_u32(source)?;
        let bytes = read_exact_bytes(source, length, MAX_PICTURE_BYTES)?;
        if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) { Ok(bytes) } else { Err(malformed_error()) }
    };
    let (picture, thumbnail) = (jpeg()?, jpeg()?);
    if width == 0 || height == 0 || width.max(height) > STORED_LONG_EDGE {
        return Err(malformed_error());
    }
    Ok(NormalisedImage { width, height, hints: PictureHints::from_bits(hints), picture, thumbnail })
}

fn read_u32(source: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    source.read_exact(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes))
}

fn read_exact_bytes(source: &mut impl Read, length: u32, max: usize) -> io::Result<Vec<u8>> {
    let length = usize::try_from(length).ok().filter(|length| *length <= max).ok_or_else(malformed_error)?;
    let mut bytes = vec![0; length];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn byte_length(bytes: &[u8]) -> u32 {
    // Writers are limited to `MAX_PICTURE_BYTES`; a longer part would be refused by the reader.
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn malformed_error() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_round_trip(result: &NormaliseResult) {
        let mut bytes = Vec::new();
        write_response(&mut bytes, result).expect("a vector takes everything");
        assert_eq!(
            read_response(bytes.as_slice()).expect("it reads what it wrote"),
            WorkerResponse::Finished(result.clone())
        );
        for end in 0..bytes.len() {
            assert!(read_response(&bytes[..end]).is_err(), "cut at {end}");
        }
        bytes.push(0);
        assert!(read_response(bytes.as_slice()).is_err(), "something behind it");
    }

    fn sample_image() -> NormalisedImage {
        let jpeg = vec![0xFF, 0xD8, 0xFF, 0xE0];
        NormalisedImage {
            width: 800,
            height: 600,
            hints: PictureHints::from_bits(3),
            picture: jpeg.clone(),
            thumbnail: jpeg,
        }
    }

    #[test]
    fn every_answer_is_read_as_it_was_written() {
        check_round_trip(&Ok(sample_image()));
        for unusable in UnusablePicture::ALL {
            check_round_trip(&Err(unusable));
        }
    }

    #[test]
    fn a_worker_of_another_version_is_known_by_its_first_word() {
        let response = read_response(b"\0\0\0\x059.9+9whatever it says".as_slice());
        assert_eq!(response.expect("it is read"), WorkerResponse::OtherVersion("9.9+9".to_owned()));
        assert!(read_response([0xFF; 8].as_slice()).is_err());
    }

    #[test]
    fn an_answer_that_is_no_picture_is_not_believed() {
        let check_refused = |image: NormalisedImage| {
            let mut bytes = Vec::new();
            write_response(&mut bytes, &Ok(image)).expect("a vector takes everything");
            assert!(read_response(bytes.as_slice()).is_err());
        };
        check_refused(NormalisedImage { picture: b"<html>".to_vec(), ..sample_image() });
        check_refused(NormalisedImage { width: 0, ..sample_image() });
        check_refused(NormalisedImage { height: STORED_LONG_EDGE + 1, ..sample_image() });
        let mut bytes = Vec::new();
        write_response(&mut bytes, &Err(UnusablePicture::Pdf)).expect("a vector takes everything");
        *bytes.last_mut().expect("it ends with its code") = 200;
        assert!(read_response(bytes.as_slice()).is_err());
        assert!(read_request(&mut [0xFF, 0xFF, 0xFF, 0xFF].as_slice()).is_err());
    }
}
