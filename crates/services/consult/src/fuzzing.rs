//! What strangers' bytes reach, for the fuzz targets in `fuzz/` and the test that replays them. Nothing else uses it.

use base::{Randomness, Timestamp};

use crate::{
    mail::{letter::Letter, message::ComposedMessage, store::LetterId},
    pictures::{jpeg, normalise, rules::picture::UnusablePicture, wire},
};

/// A JPEG without bytes between its segments, if it is complete.
pub fn rebuild_jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    jpeg::rebuild_jpeg(bytes).ok()
}

/// Width, height, picture and thumbnail of a usable picture.
pub fn normalise_picture(bytes: &[u8]) -> Option<(u32, u32, Vec<u8>, Vec<u8>)> {
    let image = normalise::normalise_image(bytes).ok()?;
    Some((image.width, image.height, image.picture, image.thumbnail))
}

/// The picture in a request to the image worker.
pub fn read_worker_request(mut bytes: &[u8]) -> Option<Vec<u8>> {
    wire::read_request(&mut bytes).ok()
}

/// What follows the version in a response of the image worker, written again: `None` if it is refused.
pub fn rewrite_worker_response(content: &[u8]) -> Option<Vec<u8>> {
    // With its version too, foreign bytes are a response.
    let _refused = wire::read_response(content);
    let version = worker_version()?;
    let wire::WorkerResponse::Finished(result) = wire::read_response([&version, content].concat().as_slice()).ok()?
    else {
        return None;
    };
    let mut written = Vec::new();
    wire::write_response(&mut written, &result).ok()?;
    Some(written.split_off(version.len()))
}

/// The version with its length, as a response begins.
fn worker_version() -> Option<Vec<u8>> {
    let mut written = Vec::new();
    wire::write_response(&mut written, &Err(UnusablePicture::Unreadable)).ok()?;
    // The last byte tells that the picture is unusable.
    written.pop().map(|_| written)
}

/// A letter as an Internet message, if it can be sent to this address.
pub fn compose_letter(recipient: &str, subject: &str, body: &str) -> Option<Vec<u8>> {
    let sender = "sender@example.jp".parse().ok()?;
    let letter =
        Letter { to: recipient.to_owned(), subject: subject.to_owned(), body: body.to_owned(), calendar: None };
    let now = Timestamp::from_seconds(1_795_000_000);
    let id = LetterId::new(now, &Randomness::repeatable("letter"));
    ComposedMessage::new(&sender, &letter, id, "example.jp", now).ok().map(|composed| composed.content)
}
