//! The service from outside: its desk and the upload of pictures over HTTP, the image worker as a process, and its parsers on
//! foreign bytes.

mod desk;
mod foreign_bytes;
mod picture_worker;
mod service;
mod upload;
