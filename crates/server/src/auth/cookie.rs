//! The session's cookie: out of a request, into an answer, and out of the browser again.
//!
//! Scripts cannot read it and other sites cannot make a browser send it; what is left of that risk
//! is met in `origin`.

use axum::http::{HeaderMap, HeaderValue, header};
use mraos_app::session::SESSION_MINUTES;

const NAME: &str = "mraos_session";

/// The secret in the session's cookie.
pub(crate) fn session_secret(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, secret)| *name == NAME && !secret.is_empty())
        .map(|(_, secret)| secret)
}

/// Gives the browser a session.
pub(crate) fn set(headers: &mut HeaderMap, secret: &str, secure: bool) {
    write(headers, secret, SESSION_MINUTES * 60, secure);
}

/// Takes it away.
pub(crate) fn remove(headers: &mut HeaderMap, secure: bool) {
    write(headers, "", 0, secure);
}

fn write(headers: &mut HeaderMap, secret: &str, max_age_s: i64, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let cookie =
        format!("{NAME}={secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age={max_age_s}{secure}");
    // A secret is hexadecimal digits behind a word: always a valid header value.
    if let Ok(value) = HeaderValue::try_from(cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn with(cookies: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::COOKIE, HeaderValue::from_static(cookie));
        }
        headers
    }

    #[test]
    fn the_session_is_found_among_others() {
        let headers = with(&["theme=dark", "a=b; mraos_session=mraos_1 ; c=d"]);
        assert_eq!(session_secret(&headers), Some("mraos_1"));
        assert_eq!(session_secret(&with(&["mraos_session="])), None);
        assert_eq!(session_secret(&with(&["xmraos_session=1"])), None);
    }

    #[test]
    fn scripts_and_other_sites_are_kept_off() {
        let mut headers = HeaderMap::new();
        set(&mut headers, "mraos_1", true);
        let cookie = headers[header::SET_COOKIE].to_str().unwrap();
        assert_eq!(
            cookie,
            "mraos_session=mraos_1; HttpOnly; SameSite=Strict; Path=/; Max-Age=28800; Secure"
        );
    }
}
