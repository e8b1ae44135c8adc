//! What goes wrong with certificates, in words that people can act on; the original text in brackets.

use std::{fmt, io};

use arsenal_core::name::NodeName;
use tokio_rustls::rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

use crate::network::DialError;

/// Which of the three files cannot be used, and why; or that none is at fault.
#[derive(Debug)]
pub enum TlsError {
    /// No certificate can carry the name of the node.
    Name(NodeName),
    /// The certificate of the authority.
    Authority(String),
    /// The certificate of the node.
    Certificate(String),
    /// The key of the node, or it belongs to another certificate.
    Key(String),
    /// None of the files: the cryptography of this program has no TLS 1.3.
    Versions(String),
}

impl fmt::Display for TlsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(node) => write!(
                formatter,
                "no certificate can carry the name `{node}`: a DNS name is not a number alone"
            ),
            Self::Authority(why) => write!(formatter, "the certificate of the authority: {why}"),
            Self::Certificate(why) => write!(formatter, "the certificate of this node: {why}"),
            Self::Key(why) => write!(formatter, "the key of this node: {why}"),
            Self::Versions(why) => write!(formatter, "this program cannot speak TLS 1.3: {why}"),
        }
    }
}

impl std::error::Error for TlsError {}

/// What the other end may say of our certificate, and what that means.
const ALERTS: [(AlertDescription, &str); 8] = [
    (
        AlertDescription::UnknownCA,
        "it goes by another authority (--cluster-ca), which did not sign it",
    ),
    (
        AlertDescription::DecryptError,
        "it goes by another authority (--cluster-ca) of the same name, whose signature is another",
    ),
    (
        AlertDescription::CertificateExpired,
        "by the clock of that machine it has expired, or is not valid yet",
    ),
    (AlertDescription::CertificateRevoked, "it was revoked"),
    (AlertDescription::BadCertificate, "it cannot be read there"),
    (
        AlertDescription::UnsupportedCertificate,
        "it is not for both ends of a connection: extendedKeyUsage needs serverAuth and clientAuth",
    ),
    (AlertDescription::CertificateRequired, "it got none"),
    (AlertDescription::ProtocolVersion, "it speaks another version of TLS; nodes speak 1.3"),
];

/// What the other end said of our certificate.
fn refused(alert: AlertDescription) -> String {
    let meant = ALERTS.iter().find(|(known, _)| *known == alert).map(|(_, meant)| *meant);
    meant.map_or_else(|| format!("it said {alert:?}"), |meant| format!("{meant} ({alert:?})"))
}

/// What is wrong with a certificate that was checked here.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other errors speak for themselves")]
pub(super) fn not_accepted(error: &Error) -> String {
    let meant = match error {
        Error::InvalidCertificate(why) => defect(why),
        Error::NoCertificatesPresented => Some("none was shown"),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled,
        ) => Some("another version of TLS; nodes speak 1.3"),
        _ => None,
    };
    meant.map_or_else(|| error.to_string(), |meant| format!("{meant} ({error})"))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other defects speak for themselves")]
fn defect(why: &CertificateError) -> Option<&'static str> {
    Some(match why {
        CertificateError::UnknownIssuer => {
            "the authority of this cluster (--cluster-ca) did not sign it"
        }
        CertificateError::BadSignature => {
            "another authority signed it, one of the same name as that of this cluster (--cluster-ca)"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired: let the authority sign a new one"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet: is the clock of this machine right?"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not for both ends of a connection: extendedKeyUsage needs serverAuth and clientAuth"
        }
        CertificateError::Revoked => "it was revoked",
        CertificateError::BadEncoding => "it cannot be read",
        _ => return None,
    })
}

/// What a failed handshake says of the other end, which was dialled.
pub(super) fn failed_dial(error: &io::Error) -> DialError {
    match tls_error(error) {
        Some(Error::AlertReceived(alert)) => DialError::CertificateRefused(refused(*alert)),
        Some(Error::InvalidMessage(_)) => DialError::NoTls,
        None if error.kind() == io::ErrorKind::UnexpectedEof => DialError::NoTls,
        None => DialError::HandshakeClosed,
        Some(other) => DialError::CertificateInvalid(not_accepted(other)),
    }
}

/// What a failed handshake says of the other end, which dialled us.
pub(super) fn failed_accept(error: &io::Error) -> String {
    match tls_error(error) {
        Some(Error::AlertReceived(alert)) => {
            format!("it does not accept the certificate of this node: {}", refused(*alert))
        }
        Some(Error::InvalidMessage(_)) => {
            format!("it runs without certificates (--cluster-cert), or is no node ({error})")
        }
        Some(other) => format!("its certificate is not accepted here: {}", not_accepted(other)),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            format!("it ended the handshake without a word ({error})")
        }
        None => error.to_string(),
    }
}

fn tls_error(error: &io::Error) -> Option<&Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use tokio_rustls::rustls::InvalidMessage;

    use super::*;

    fn of_tls(error: Error) -> io::Error {
        io::Error::new(ErrorKind::InvalidData, error)
    }

    #[test]
    fn only_what_is_no_tls_is_called_so() {
        let of = |kind: ErrorKind| failed_dial(&io::Error::from(kind));
        assert_eq!(of(ErrorKind::UnexpectedEof), DialError::NoTls);
        for kind in [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe, ErrorKind::HostUnreachable]
        {
            assert_eq!(of(kind), DialError::HandshakeClosed);
        }
        let junk = || of_tls(Error::InvalidMessage(InvalidMessage::InvalidContentType));
        assert_eq!(failed_dial(&junk()), DialError::NoTls);
        assert!(failed_accept(&junk()).starts_with("it runs without certificates"));
    }

    #[test]
    fn only_another_version_of_tls_is_called_so() {
        let of = |why: PeerIncompatible| not_accepted(&why.into());
        assert!(
            of(PeerIncompatible::SupportedVersionsExtensionRequired).contains("nodes speak 1.3")
        );
        assert!(!of(PeerIncompatible::NoKxGroupsInCommon).contains("nodes speak 1.3"));
    }

    #[test]
    fn both_ends_say_which_file_to_look_at_and_keep_the_original_text() {
        let signature = || of_tls(Error::InvalidCertificate(CertificateError::BadSignature));
        let alert = || of_tls(Error::AlertReceived(AlertDescription::DecryptError));
        let texts = [
            (failed_dial(&signature()).to_string(), "its certificate is not accepted", "BadSig"),
            (failed_accept(&signature()), "its certificate is not accepted here", "BadSignature"),
            (failed_dial(&alert()).to_string(), "it does not accept the", "(DecryptError)"),
            (failed_accept(&alert()), "it does not accept the certificate", "(DecryptError)"),
        ];
        for (text, start, original) in texts {
            assert!(text.starts_with(start) && text.contains("(--cluster-ca)"), "{text}");
            assert!(text.contains(original), "{text}");
        }
        let rare = of_tls(Error::AlertReceived(AlertDescription::InternalError));
        assert!(failed_accept(&rare).ends_with("it said InternalError"));
    }
}
