//! The answer to a request file (照会ファイル) of a receipt computer.

use std::{
    io,
    sync::{Arc, Mutex},
};

use base::Timestamp;
use oqs::{Attachment, CodeImage, FileName, Message, Outcome};
use ui::QrCode;

use super::{
    disk::RealDisk,
    folders::{Folders, RequestContent, RequestDisposition, ResponseFile},
    relay::RelayedResponse,
    request::ReceivedRequest,
    rules::{error_response, is_request_error},
    run_blocking,
};
use crate::{
    Refusal,
    addresses::qr_code::{self, PrintedSheet},
    client::{EligibilityClient, EligibilityError},
};

/// Sends a request file to the system and writes the response file to `res`.
pub(super) async fn answer_request(
    folders: &Arc<Mutex<Folders<RealDisk>>>,
    client: &EligibilityClient,
    (name, institution_name): (&FileName, &str),
    now: Timestamp,
) -> io::Result<()> {
    let request_name = name.clone();
    let request_file = run_blocking(folders, move |folders| folders.read_request(&request_name)).await?;
    let request = ReceivedRequest::parse(request_file);
    let response_file = build_response_file(client, institution_name, &request, now).await;
    let name = name.clone();
    run_blocking(folders, move |folders| folders.deliver_response(&name, &response_file)).await
}

/// The response file to a request: that of the system, or an error of the terminal.
pub(crate) async fn build_response_file(
    client: &EligibilityClient,
    institution_name: &str,
    request: &ReceivedRequest,
    now: Timestamp,
) -> ResponseFile {
    let file = &request.file;
    let response = match &file.content {
        RequestContent::Whole(bytes) => client.relay_request(request, bytes).await,
        RequestContent::TooLong(_) => Err(EligibilityError::TooLarge(file.name.interface().max_bytes())),
    };
    match response {
        Ok(RelayedResponse { bytes, extension, message }) => {
            let disposition =
                if is_request_error(&message) { RequestDisposition::MoveToErr } else { RequestDisposition::Delete };
            let bytes = add_qr_code(institution_name, request, message).unwrap_or(bytes);
            ResponseFile { bytes, extension, disposition }
        }
        Err(failure) => {
            let disposition = match file.content {
                RequestContent::Whole(_) => RequestDisposition::Delete,
                RequestContent::TooLong(_) => RequestDisposition::MoveToErr,
            };
            let message = error_response(
                file.name.interface().exchange,
                (client.institution(), request.identifier.clone()),
                (&failure).into(),
                now,
            );
            let refusal = Refusal::Interface(failure);
            tracing::warn!(
                error = &refusal as &dyn std::error::Error,
                "a request file is answered with an error of the terminal"
            );
            ResponseFile {
                bytes: oqs::write(&message, request.character_code),
                extension: oqs::Extension::Xml,
                disposition,
            }
        }
    }
}

/// Adds the requested QR code to a response that has an institution's address without one: the system leaves the image to
/// the terminal.
fn add_qr_code(institution_name: &str, request: &ReceivedRequest, message: Message) -> Option<Vec<u8>> {
    let Message::AccessUrlResponse(mut response) = message else { return None };
    let Outcome::Normal(body) = &mut response.outcome else { return None };
    let address = body.address.as_mut().filter(|address| address.code.is_none())?;
    let Some(Message::AccessUrlRequest(access_url_request)) = &request.message else { return None };
    let image = access_url_request.body.requested.image;
    let code = QrCode::encode(&address.url)?;
    address.code = Some(Attachment(match image {
        CodeImage::Png => qr_code::render_png(&code),
        CodeImage::Pdf => qr_code::render_pdf(
            &code,
            &PrintedSheet { institution: institution_name, kind: address.kind.label(), address: &address.url },
        ),
    }));
    address.image = Some(image);
    Some(oqs::write(&Message::AccessUrlResponse(response), request.character_code))
}
