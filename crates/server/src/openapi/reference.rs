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
    file("index.html")
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
    let kind = [(header::CONTENT_TYPE, file.content_type), (header::CACHE_CONTROL, CACHE.into())];
    Ok((kind, file.bytes.into_owned()).into_response())
}

/// The files change with the binary only.
const CACHE: &str = "no-cache";
