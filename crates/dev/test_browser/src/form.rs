use url::form_urlencoded;

/// The media type of a form without files.
pub const FORM_MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// Separates the parts of a form with files. No part contains it.
const BOUNDARY: &str = "----test-browser-8f0c2d51";

/// A file of a form.
#[derive(Debug, Clone, Copy)]
pub struct FilePart<'f> {
    /// The name of the field.
    pub name: &'f str,
    pub file_name: &'f str,
    pub media_type: &'f str,
    pub content: &'f [u8],
}

/// The body of a form without files, in [`FORM_MEDIA_TYPE`].
pub fn encode_form<N: AsRef<str>, V: AsRef<str>>(fields: &[(N, V)]) -> String {
    let fields = fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The media type and the body of a form with files (`multipart/form-data`, RFC 7578): the fields, then the files.
pub fn encode_parts<N: AsRef<str>, V: AsRef<str>>(fields: &[(N, V)], files: &[FilePart<'_>]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let (name, value) = (name.as_ref(), value.as_ref());
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for FilePart { name, file_name, media_type, content } in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: {media_type}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}
