//! Every route, in one table: method, path, who may call it, what answers.
//!
//! A route without a permission cannot exist: its handler is wrapped when the table is turned into
//! a router. Unknown paths and methods get problem documents as well.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::routing::{MethodRouter, get};
use metrics_exporter_prometheus::BuildError;
use mraos_api::API_PREFIX;
use mraos_app::App;
use mraos_domain::Permission;

use crate::auth::authorize;
use crate::live;
use crate::openapi::{self, Operation};
use crate::problem::HttpError;
use crate::routes::{
    allocation, attendance, auth, bom, data_access, event, health, holiday, ingest, machine,
    maintenance, material, operator, production_log, reason_code, reservation, shift, skill,
    suggestion, token, transaction, user, work_order,
};
use crate::security::protect;
use crate::state::{Server, Settings};
use crate::telemetry::{install_metrics, observe};
use crate::ui;

/// One line of the table.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// What the sender needs; `None` lets strangers in.
    pub(crate) permission: Option<Permission>,
    /// The handler as the table names it, `noun::handler`.
    pub(crate) name: &'static str,
    /// What the API's document says about it.
    pub(crate) operation: fn() -> Operation,
    handler: MethodRouter<Server>,
}

/// The door of a route: a permission, or `Anyone`.
macro_rules! door {
    (Anyone) => {
        None
    };
    ($permission:ident) => {
        Some(Permission::$permission)
    };
}

macro_rules! route_table {
    ($($method:ident $path:literal $permission:ident $noun:ident::$handler:ident;)*) => {
        pub(crate) fn table() -> Vec<Route> {
            vec![$(Route {
                method: Method::$method,
                path: $path,
                permission: door!($permission),
                name: concat!(stringify!($noun), "::", stringify!($handler)),
                operation: openapi::$noun::$handler,
                handler: handle(Method::$method, $noun::$handler),
            },)*]
        }
    };
}

route_table! {
    POST   "/operators"                          ChangeMasterData operator::create;
    GET    "/operators"                          ReadPlant        operator::list;
    POST   "/operators/batch"                    ChangeMasterData operator::create_batch;
    GET    "/operators/{id}"                     ReadPlant        operator::show;
    PATCH  "/operators/{id}"                     ChangeMasterData operator::change;
    DELETE "/operators/{id}/personal-data"       ErasePeople      operator::erase;
    POST   "/operators/{id}/status"              PostStatus       operator::post_status;
    GET    "/operators/{id}/skills"              ReadPlant        skill::list;
    POST   "/operators/{id}/skills"              ChangeMasterData skill::grant;
    DELETE "/operators/{id}/skills/{skill_code}" ChangeMasterData skill::revoke;
    GET    "/operators/{id}/shifts"              ReadPlant        shift::list;
    POST   "/operators/{id}/shifts"              ChangeMasterData shift::assign;
    DELETE "/operators/{id}/shifts/{shift_id}"   ChangeMasterData shift::remove;
    GET    "/operators/{id}/attendance"          ReadPlant        attendance::list;
    POST   "/operators/{id}/attendance"          PostStatus       attendance::post;
    POST   "/operators/{id}/call-off"            PostStatus       attendance::call_off;
    POST   "/operators/{id}/call-off/undo"       PostStatus       attendance::undo_call_off;

    GET    "/holidays"                           ReadPlant        holiday::list;
    POST   "/holidays"                           ChangeMasterData holiday::define;
    DELETE "/holidays/{day}"                     ChangeMasterData holiday::remove;

    POST   "/machines"                           ChangeMasterData machine::create;
    GET    "/machines"                           ReadPlant        machine::list;
    POST   "/machines/batch"                     ChangeMasterData machine::create_batch;
    GET    "/machines/{id}"                      ReadPlant        machine::show;
    PATCH  "/machines/{id}"                      ChangeMasterData machine::change;
    POST   "/machines/{id}/status"               PostStatus       machine::post_status;
    GET    "/machines/{id}/status-history"       ReadPlant        maintenance::status_history;
    GET    "/machines/{id}/maintenance"          ReadPlant        maintenance::list;
    POST   "/machines/{id}/maintenance"          ChangeMasterData maintenance::plan;
    PATCH  "/machines/{id}/maintenance/{maintenance_id}"
                                                 ChangeMasterData maintenance::change;
    POST   "/machines/{id}/maintenance/{maintenance_id}/complete"
                                                 Allocate         maintenance::complete;
    POST   "/machines/{id}/maintenance/{maintenance_id}/cancel"
                                                 ChangeMasterData maintenance::cancel;

    POST   "/work-orders"                        ChangeMasterData work_order::create;
    GET    "/work-orders"                        ReadPlant        work_order::list;
    POST   "/work-orders/batch"                  ChangeMasterData work_order::create_batch;
    GET    "/work-orders/{id}"                   ReadPlant        work_order::show;
    PATCH  "/work-orders/{id}"                   ChangeMasterData work_order::change;
    POST   "/work-orders/{id}/progress"          RunWork          work_order::report_progress;
    POST   "/work-orders/{id}/quality"           Allocate         production_log::decide_quality;
    GET    "/work-orders/{id}/logs"              ReadPlant        production_log::list;
    POST   "/work-orders/{id}/logs"              RunWork          production_log::note;
    GET    "/work-orders/{id}/dependencies"      ReadPlant        work_order::list_dependencies;
    GET    "/work-orders/{id}/successors"        ReadPlant        work_order::list_successors;
    POST   "/work-orders/{id}/dependencies"      ChangeMasterData work_order::add_dependency;
    DELETE "/work-orders/{id}/dependencies/{dependency_id}"
                                                 ChangeMasterData work_order::remove_dependency;
    GET    "/work-orders/{id}/skill-requirements"
                                                 ReadPlant        skill::list_of_work_order;
    POST   "/work-orders/{id}/skill-requirements"
                                                 ChangeMasterData skill::require_of_work_order;

    GET    "/work-orders/{id}/bom"               ReadPlant        bom::list;
    POST   "/work-orders/{id}/bom"               ChangeMasterData bom::set_line;
    DELETE "/work-orders/{id}/bom/{bom_id}"      ChangeMasterData bom::remove_line;

    POST   "/materials"                          ChangeMasterData material::create;
    GET    "/materials"                          ReadPlant        material::list;
    POST   "/materials/batch"                    ChangeMasterData material::create_batch;
    GET    "/materials/shortages"                ReadPlant        material::list_shortages;
    GET    "/materials/{id}"                     ReadPlant        material::show;
    PATCH  "/materials/{id}"                     ChangeMasterData material::change;
    GET    "/materials/{id}/lots"                ReadPlant        material::list_lots;
    GET    "/materials/{id}/transactions"        ReadPlant        transaction::list;
    POST   "/materials/{id}/transactions"        MoveStock        transaction::post;
    POST   "/reservations"                       MoveStock        reservation::create;
    GET    "/reservations"                       ReadPlant        reservation::list;
    GET    "/reservations/{id}"                  ReadPlant        reservation::show;
    POST   "/reservations/{id}/consume"          RunWork          reservation::consume;
    POST   "/reservations/{id}/release"          MoveStock        reservation::release;
    POST   "/reservations/{id}/move"             Override         reservation::hand_over;

    GET    "/skill-requirements"                 ReadPlant        skill::list_requirements;
    POST   "/skill-requirements"                 ChangeMasterData skill::require;
    DELETE "/skill-requirements/{id}"            ChangeMasterData skill::drop_requirement;
    GET    "/reason-codes"                       ReadPlant        reason_code::list;
    POST   "/reason-codes"                       ChangeMasterData reason_code::define;

    POST   "/allocations"                        Allocate         allocation::create;
    GET    "/allocations"                        ReadPlant        allocation::list;
    POST   "/allocations/batch"                  Allocate         allocation::create_batch;
    POST   "/allocations/validate"               ReadPlant        allocation::validate;
    GET    "/allocations/{id}"                   ReadPlant        allocation::show;
    GET    "/allocations/{id}/events"            ReadLog          allocation::list_events;
    POST   "/allocations/{id}/start"             RunWork          allocation::start;
    POST   "/allocations/{id}/pause"             RunWork          allocation::pause;
    POST   "/allocations/{id}/resume"            RunWork          allocation::resume;
    POST   "/allocations/{id}/release"           RunWork          allocation::release;
    POST   "/allocations/{id}/complete"          RunWork          allocation::complete;
    POST   "/allocations/{id}/reassign"          Allocate         allocation::reassign;
    POST   "/allocations/{id}/reschedule"        Allocate         allocation::reschedule;
    POST   "/allocations/{id}/undo"              Allocate         allocation::undo;
    POST   "/allocations/{id}/cancel"            Allocate         allocation::cancel;

    GET    "/suggestions"                        ReadPlant        suggestion::list;

    POST   "/ingest/status"                      Ingest           ingest::post_statuses;
    POST   "/ingest/inventory"                   Ingest           ingest::post_inventory;
    POST   "/ingest/attendance"                  Ingest           ingest::post_attendance;
    GET    "/events"                             ReadLog          event::list;
    GET    "/data-access-audit"                  ReadAccessAudit  data_access::list;
    GET    "/live"                               ReadPlant        live::connect;

    POST   "/auth/login"                         Anyone           auth::login;
    POST   "/auth/logout"                        OwnAccount       auth::logout;
    GET    "/auth/me"                            OwnAccount       auth::me;
    POST   "/auth/live-ticket"                   OwnAccount       auth::issue_ticket;
    POST   "/auth/password"                      OwnAccount       auth::change_password;
    POST   "/users"                              ManageUsers      user::create;
    GET    "/users"                              ManageUsers      user::list;
    GET    "/users/{id}"                         ManageUsers      user::show;
    PATCH  "/users/{id}"                         ManageUsers      user::change;
    DELETE "/users/{id}"                         ManageUsers      user::deactivate;
    GET    "/tokens"                             ManageTokens     token::list;
    POST   "/tokens"                             ManageTokens     token::create;
    DELETE "/tokens/{id}"                        ManageTokens     token::revoke;
}

fn handle<H, T>(method: Method, handler: H) -> MethodRouter<Server>
where
    H: Handler<T, Server>,
    T: 'static,
{
    match method {
        Method::GET => axum::routing::get(handler),
        Method::PATCH => axum::routing::patch(handler),
        Method::DELETE => axum::routing::delete(handler),
        _ => axum::routing::post(handler),
    }
}

/// Method, path and permission of every route of the API, for documentation and tests; a route
/// without a permission is for anybody.
pub fn permissions() -> Vec<(Method, String, Option<Permission>)> {
    let full =
        |route: Route| (route.method, format!("{API_PREFIX}{}", route.path), route.permission);
    table().into_iter().map(full).collect()
}

/// The whole HTTP interface of an application.
pub fn router(app: App, settings: Settings) -> Result<Router, BuildError> {
    let server = Server {
        app,
        settings: settings.into(),
        metrics: install_metrics()?,
        sockets: Default::default(),
        socket_threads: Default::default(),
    };
    let mut api = Router::new();
    for Route { path, permission, handler, .. } in table() {
        let handler = match permission {
            Some(permission) => {
                let needs = (server.clone(), permission);
                handler.route_layer(middleware::from_fn_with_state(needs, authorize))
            }
            None => handler,
        };
        api = api.route(&format!("{API_PREFIX}{path}"), handler);
    }
    let timeout = settings.request_timeout;
    let over_tls = settings.secure_cookies;
    let outermost = move |request: Request, next: Next| async move {
        let path = request.uri().path().to_owned();
        let mut response = observe(timeout, request, next).await;
        protect(&mut response, &path, over_tls);
        response
    };
    Ok(api
        .route(&format!("{API_PREFIX}/openapi.json"), get(openapi::serve_document))
        .route("/docs", get(openapi::redirect_to_reference))
        .route("/docs/", get(openapi::serve_reference))
        .route("/docs/{file}", get(openapi::serve_reference_file))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(ui::serve)
        .method_not_allowed_fallback(unknown_method)
        .layer(middleware::from_fn(outermost))
        .with_state(server))
}

async fn unknown_method(method: Method, uri: Uri) -> HttpError {
    let shown: String = uri.path().chars().take(200).collect();
    let detail = format!("`{shown}` does not take {method}; the Allow header says what it takes");
    HttpError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}
