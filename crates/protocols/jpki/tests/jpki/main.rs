//! The crate's public interface, tested with tables, random bytes, OpenSSL and rustls.

#[cfg(test)]
mod bad_answers;
#[cfg(test)]
mod bad_certificates;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod foreign_bytes;
#[cfg(test)]
mod machines;
#[cfg(test)]
mod mutants;
#[cfg(test)]
mod openssl;
#[cfg(test)]
mod openssl_ocsp;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod random_bytes;
#[cfg(test)]
mod second_source;
#[cfg(test)]
mod structure;
#[cfg(test)]
mod world;
