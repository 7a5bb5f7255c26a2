//! One persistent connection to the server.

use std::{io::Read, net::SocketAddr};

use flate2::read::GzDecoder;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use crate::Failure;

/// A connection over which one worker sends all its requests, one after the other.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
}

/// A response with its whole body.
pub(crate) struct HttpResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PageForm<'p> {
    pub(crate) action: &'p str,
    pub(crate) hidden_fields: Vec<(&'p str, &'p str)>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Self::from_stream(stream).await
    }

    /// Speaks HTTP over a stream that is open already.
    pub(crate) async fn from_stream(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> Result<Self, Failure> {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; if it breaks, the request that is being sent returns the error.
        tokio::spawn(connection);
        Ok(Self { sender })
    }

    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<HttpResponse, Failure> {
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        let body = match head.headers.get(header::CONTENT_ENCODING) {
            None => body.to_vec(),
            Some(coding) if coding == "gzip" => decompress_gzip(&body)?,
            Some(coding) => return Err(format!("an answer in the coding {coding:?}, which was not asked for").into()),
        };
        Ok(HttpResponse { status: head.status, headers: head.headers, body })
    }
}

fn decompress_gzip(body: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut plain = Vec::with_capacity(body.len() * 4);
    GzDecoder::new(body).read_to_end(&mut plain)?;
    Ok(plain)
}

impl HttpResponse {
    pub(crate) fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION)?.to_str().ok()
    }

    /// The text between two strings in the body.
    pub(crate) fn text_between(&self, before: &str, after: &str) -> Result<&str, Failure> {
        let split = split_between(std::str::from_utf8(&self.body)?, before, after);
        split.map(|(text, _)| text).ok_or_else(|| format!("no {before:?} in the page").into())
    }

    /// The form whose action ends with `action`. No value in it needs unescaping.
    pub(crate) fn find_form(&self, action: &str) -> Result<PageForm<'_>, Failure> {
        let mut rest = std::str::from_utf8(&self.body)?;
        while let Some((form, after)) = split_between(rest, "<form method=\"post\" action=\"", "</form>") {
            rest = after;
            let Some((action, mut form)) = form.split_once('"').filter(|(address, _)| address.ends_with(action)) else {
                continue;
            };
            let mut hidden = Vec::new();
            while let Some((name, after)) = split_between(form, "type=\"hidden\" name=\"", "\"") {
                let (value, after) = split_between(after, "value=\"", "\"").ok_or("a hidden field has a value")?;
                hidden.push((name, value));
                form = after;
            }
            return Ok(PageForm { action, hidden_fields: hidden });
        }
        Err(format!("no form of the page posts to {action}").into())
    }

    /// The status and the error code of an error page.
    pub(crate) fn describe_refusal(&self) -> String {
        let code = self.text_between("<code>", "</code>").unwrap_or("no code");
        format!("{} ({code})", self.status)
    }
}

/// The text between two strings, and the text after the second.
fn split_between<'t>(text: &'t str, before: &str, after: &str) -> Option<(&'t str, &'t str)> {
    text.split_once(before)?.1.split_once(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> HttpResponse {
        HttpResponse { status: StatusCode::OK, headers: HeaderMap::new(), body: body.into() }
    }

    #[test]
    fn what_stands_between_two_marks_is_found_once() {
        let page = page(r#"<a href="/open?ticket=one"><a href="/open?ticket=two">"#);
        assert_eq!(page.text_between("?ticket=", "\"").unwrap(), "one");
        assert!(page.text_between("?code=", "\"").is_err());
    }

    #[test]
    fn a_form_is_found_by_its_action_with_its_hidden_fields() {
        let page = page(
            r#"<form method="post" action="/a/leave" novalidate><input type="hidden" name="csrf" value="x"></form>
            <form method="post" action="/a/confirm" novalidate><input type="hidden" name="csrf" value="y">
            <input type="hidden" name="seen" value="z"><input type="radio" name="all" value="agree"></form>"#,
        );
        let expected = PageForm { action: "/a/confirm", hidden_fields: vec![("csrf", "y"), ("seen", "z")] };
        assert_eq!(page.find_form("/confirm").unwrap(), expected);
        assert!(page.find_form("/finish").is_err());
    }
}
