//! Messages ↔ ZIP: results of bulk requests are packed.

use std::io::{Cursor, Read, Write};

use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{Extension, FileName};

/// Why an archive cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableArchive {
    /// It is no ZIP archive, or it is damaged.
    #[error("no readable ZIP archive: {0}")]
    Malformed(String),
    /// It is encrypted, or its compression method is not DEFLATE.
    #[error("the archive is encrypted or packed in a way that is not read")]
    Packing,
    /// Its message is larger than allowed for the interface.
    #[error("the archive unpacks to more than {0} bytes")]
    TooLarge(usize),
    /// It contains no message of the interface in its name, or several.
    #[error("the archive holds {0} messages of its kind instead of one")]
    Messages(usize),
}

/// An archive with one message, named like the archive with `.xml`. The result is deterministic.
pub fn pack(name: &FileName, message: &[u8]) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let member = name.with_extension(Extension::Xml).to_string();
    let packed = writer
        .start_file(member, options)
        .and_then(|()| writer.write_all(message).map_err(ZipError::from))
        .and_then(|()| writer.finish());
    // A message is far below the 4 GiB from which on a ZIP archive needs other headers.
    packed.expect("writing to memory cannot fail").into_inner()
}

/// The message in an archive called `name`. Other members are ignored; nothing is written to disk.
pub fn unpack(name: &FileName, bytes: &[u8]) -> Result<Vec<u8>, UnreadableArchive> {
    let limit = name.interface().max_bytes();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(archive_error)?;
    let is_message = |member: &str| {
        let name_in_archive = member.rsplit(['/', '\\']).next().unwrap_or(member).parse::<FileName>();
        name_in_archive
            .is_ok_and(|member| member.interface() == name.interface() && member.extension() == Extension::Xml)
    };
    let mut messages = Vec::new();
    for index in 0..archive.len() {
        if archive.name_for_index(index).is_some_and(|member| member.is_ok_and(|member| is_message(&member))) {
            messages.push(index);
        }
    }
    let [index] = messages[..] else { return Err(UnreadableArchive::Messages(messages.len())) };
    let file = archive.by_index(index).map_err(archive_error)?;
    let mut message = Vec::new();
    // The size in the archive's header is not trusted.
    file.take(limit as u64 + 1)
        .read_to_end(&mut message)
        .map_err(|error| UnreadableArchive::Malformed(error.to_string()))?;
    if message.len() > limit { Err(UnreadableArchive::TooLarge(limit)) } else { Ok(message) }
}

fn archive_error(error: ZipError) -> UnreadableArchive {
    match error {
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => UnreadableArchive::Packing,
        other => UnreadableArchive::Malformed(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> FileName {
        text.parse().expect("a file name")
    }

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn check(bytes: &[u8], expected: &Result<&[u8], UnreadableArchive>) {
        assert_eq!(unpack(&name("OQSmuonq02res_1.zip"), bytes).as_deref(), expected.as_ref().map(|bytes| *bytes));
    }

    #[test]
    fn a_packed_message_unpacks_and_packs_alike() {
        let bytes = pack(&name("OQSmuonq02res_1.zip"), b"<XmlMsg/>");
        check(&bytes, &Ok(b"<XmlMsg/>"));
        assert_eq!(bytes, pack(&name("OQSmuonq02res_1.zip"), b"<XmlMsg/>"));
    }

    #[test]
    fn other_files_are_passed_over() {
        let message: &[u8] = b"<XmlMsg/>";
        check(&archive(&[("readme.txt", b"words"), ("out/OQSmuonq02res_2.xml", message)]), &Ok(message));
        check(&archive(&[("../../OQSmuonq02res_2.xml", message)]), &Ok(message));
    }

    #[test]
    fn an_archive_has_one_message() {
        check(&archive(&[("readme.txt", b"words")]), &Err(UnreadableArchive::Messages(0)));
        check(&archive(&[("OQSmuhvq02res_1.xml", b"<XmlMsg/>")]), &Err(UnreadableArchive::Messages(0)));
        let two_messages: &[(&str, &[u8])] = &[("OQSmuonq02res_1.xml", b"<a/>"), ("OQSmuonq02res_2.xml", b"<b/>")];
        check(&archive(two_messages), &Err(UnreadableArchive::Messages(2)));
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let most = name("OQSmuonq02res_1.zip").interface().max_bytes();
        let bomb = archive(&[("OQSmuonq02res_1.xml", &vec![b' '; most + 1])]);
        assert!(bomb.len() < most / 100);
        check(&bomb, &Err(UnreadableArchive::TooLarge(most)));
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        for bytes in [&b""[..], b"PK", b"<XmlMsg/>", &[0; 100]] {
            let outcome = unpack(&name("OQSmuonq02res_1.zip"), bytes);
            assert!(matches!(outcome, Err(UnreadableArchive::Malformed(_))), "{outcome:?}");
        }
        let mut cut = pack(&name("OQSmuonq02res_1.zip"), &[b'x'; 1000]);
        cut.truncate(cut.len() - 10);
        assert!(unpack(&name("OQSmuonq02res_1.zip"), &cut).is_err());
    }
}
