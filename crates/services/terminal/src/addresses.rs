//! 医療機関別URL取得・変更: the address where patients register for the institution, as a page, a QR code and a sheet to print.

mod client;
pub(crate) mod pages;
pub(crate) mod qr_code;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod texts;
