//! The reference page at `/docs`: Swagger UI over the served document.
//!
//! Its files travel inside the binary, so the page works in a plant without internet and in a
//! binary that was built without the screens. They run under the policy of all pages: scripts and
//! styles from here alone.

use std::sync::{Arc, LazyLock};

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use mraos_api::API_PREFIX;
use utoipa_swagger_ui::Config;

use crate::problem::{HttpError, HttpResult};

/// The page itself.
const INDEX: &str = "index.html";

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from(format!("{API_PREFIX}/openapi.json"))
        .deep_linking(true)
        .default_models_expand_depth(0)
        .display_request_duration(true)
        .doc_expansion("none")
        .filter(true)
        .show_extensions(true)
        .use_base_layout();
    Arc::new(config)
});

/// `GET /docs`: the page's files are addressed relative to `/docs/`.
pub(crate) async fn redirect_to_reference() -> Redirect {
    Redirect::permanent("/docs/")
}

/// `GET /docs/`
pub(crate) async fn serve_reference() -> HttpResult<Response> {
    file(INDEX)
}

/// `GET /docs/{file}`
pub(crate) async fn serve_reference_file(Path(name): Path<String>) -> HttpResult<Response> {
    file(&name)
}

fn file(name: &str) -> HttpResult<Response> {
    let found = utoipa_swagger_ui::serve(name, CONFIG.clone())
        .map_err(|error| HttpError::internal(&error))?;
    let missing = || HttpError::unknown("not_found", format!("there is no `/docs/{name}`"));
    let file = found.ok_or_else(missing)?;
    let mut bytes = file.bytes.into_owned();
    if name == INDEX {
        let page = String::from_utf8_lossy(&bytes);
        bytes = page.replace("<title>Swagger UI<", "<title>MRAOS API<").into_bytes();
    }
    let kind = [(header::CONTENT_TYPE, file.content_type)];
    Ok((kind, [(header::CACHE_CONTROL, "no-cache")], bytes).into_response())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use axum::http::StatusCode;
    use http_body_util::BodyExt;

    use super::*;

    async fn text(name: &str) -> String {
        let response = file(name).unwrap();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_page_loads_from_here_alone() {
        let page = text(INDEX).await;
        assert!(page.contains("<title>MRAOS API</title>"), "{page}");
        assert!(!page.contains("//unpkg") && !page.contains("https://"), "{page}");
        // The policy of pages lets no script run that stands in the page itself.
        assert_eq!(page.matches("<script").count(), page.matches("<script src=\"./").count());
        for name in page.split(['"', '\'']).filter_map(|part| part.strip_prefix("./")) {
            assert_eq!(file(name).unwrap().status(), StatusCode::OK, "{name}");
        }
        assert!(text("swagger-initializer.js").await.contains("\"/api/v1/openapi.json\""));
        assert_eq!(file("../Cargo.toml").unwrap_err().status(), StatusCode::NOT_FOUND);
    }
}
