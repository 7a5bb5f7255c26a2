//! The interface for institutions: the files of オンライン資格確認, over mutual TLS.
//!
//! `POST /oqs/{name}` takes the file that the exchange folder `req` would take, under its name
//! (`OQSsionq01req_202611240001.xml`), and responds with the file that the folder `res` would get. The client certificate
//! identifies the institution, which can read nothing in the name of another.

mod administration;
mod bulk;
mod document;
mod medical;
mod number_faults;
mod qualification;
mod request_file;
mod server;
mod ticket;

pub(crate) use request_file::{HandledRequest, RequestContext, RequestFile, respond_to_file, write_response};
pub use request_file::{RequestFileError, ResponseFile};
#[cfg(test)]
pub(crate) use server::routes;
pub use server::{ServeError, ServerIdentity};
pub(crate) use server::{serve, tls_acceptor};
