//! Encryption on the way to the database: whose certificates are believed.
//!
//! Where a connection is encrypted, the server's certificate and its host name are verified;
//! nothing here can switch that off. Which connections are encrypted is said by `connect`. Knows
//! no setting and reads no file but the system's own list of authorities.

use std::io;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Why encryption cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A text in which certificates were expected.
    #[error("{0}")]
    Pem(#[from] pem::Error),
    /// A certificate or the protocol itself.
    #[error("{0}")]
    Rustls(#[from] rustls::Error),
}

/// Makes encrypted sessions with servers whose certificate comes from one of `authorities`.
pub(crate) fn connector(authorities: RootCertStore) -> Result<MakeRustlsConnect, TlsError> {
    // Named, so that no other crate's choice of a provider can change what we speak.
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(authorities)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// The authorities that this machine trusts; none where it keeps no list.
pub(crate) fn system_authorities() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    for error in found.errors {
        tracing::debug!(%error, "a certificate of the system cannot be read");
    }
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(found.certs);
    authorities
}

/// The authorities in a PEM text, of which there has to be one.
pub(crate) fn authorities_in(text: &[u8]) -> Result<RootCertStore, TlsError> {
    let mut authorities = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(text) {
        authorities.add(certificate?)?;
    }
    if authorities.is_empty() {
        return Err(pem::Error::NoItemsFound.into());
    }
    Ok(authorities)
}

/// What went wrong between us and the server's certificate, if that is what went wrong.
pub(crate) fn failure(error: &tokio_postgres::Error) -> Option<&rustls::Error> {
    let cause = std::error::Error::source(error)?;
    cause.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref()
}
