//! Ids in paths. One that no thing can have is 404, like one that no thing has.
//!
//! `Id` reads the first path parameter, `Ids` the first two.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use jiff::civil::Date;
use mraos_domain::{
    AllocationId, MachineId, MaterialId, OperatorId, RowId, SkillCode, Text, WorkOrderId,
};
use uuid::Uuid;

use crate::problem::{HttpError, HttpResult};

/// Something that a path can name.
pub(crate) trait PathId: Sized {
    /// Code of the problem when nothing has this id.
    const UNKNOWN: &'static str;
    /// What it names, for people.
    const NOUN: &'static str;

    /// Reads the decoded path segment.
    fn read(segment: &str) -> Option<Self>;

    /// 404 that names the id.
    fn unknown(segment: impl std::fmt::Display) -> HttpError {
        let shown: String = segment.to_string().escape_debug().take(80).collect();
        HttpError::unknown(Self::UNKNOWN, format!("there is no {} `{shown}`", Self::NOUN))
    }
}

/// The id of a user.
#[derive(Debug, Clone)]
pub(crate) struct UserId(pub(crate) Text<50>);

/// The id of a reservation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReservationId(pub(crate) RowId);

/// The id of a maintenance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MaintenanceId(pub(crate) RowId);

macro_rules! path_ids {
    ($($type:ty, $noun:literal, $code:literal, $read:expr;)*) => {$(
        impl PathId for $type {
            const UNKNOWN: &'static str = $code;
            const NOUN: &'static str = $noun;

            fn read(segment: &str) -> Option<Self> {
                $read(segment)
            }
        }
    )*};
}

path_ids! {
    OperatorId, "operator", "unknown_operator", |id| OperatorId::new(id).ok();
    MachineId, "machine", "unknown_machine", |id| MachineId::new(id).ok();
    MaterialId, "material", "unknown_material", |id| MaterialId::new(id).ok();
    WorkOrderId, "work order", "unknown_work_order", |id| WorkOrderId::new(id).ok();
    AllocationId, "allocation", "unknown_allocation", |id| position(id).map(AllocationId);
    ReservationId, "reservation", "unknown_reservation", |id| {
        position(id).map(RowId).map(ReservationId)
    };
    MaintenanceId, "maintenance", "unknown_maintenance", |id| {
        position(id).map(RowId).map(MaintenanceId)
    };
    RowId, "entry", "unknown_entry", |id| position(id).map(RowId);
    Uuid, "live token", "unknown_token", |id: &str| id.parse().ok();
    UserId, "user", "unknown_user", |id| Text::new(id).ok().map(UserId);
    Date, "holiday", "unknown_holiday", |day: &str| day.parse().ok();
    SkillCode, "skill", "unknown_skill", |id| SkillCode::new(id).ok();
}

/// A log position: digits alone.
fn position(segment: &str) -> Option<i64> {
    let digits = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| segment.parse().ok()).flatten()
}

/// The first id of the path.
pub(crate) struct Id<T>(pub(crate) T);

/// The first two ids of the path.
pub(crate) struct Ids<A, B>(pub(crate) A, pub(crate) B);

impl<T: PathId, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> HttpResult<Self> {
        let parameters = path_parameters(parts, state).await?;
        read_nth(&parameters, 0).map(Self)
    }
}

impl<A: PathId, B: PathId, S: Send + Sync> FromRequestParts<S> for Ids<A, B> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> HttpResult<Self> {
        let parameters = path_parameters(parts, state).await?;
        Ok(Self(read_nth(&parameters, 0)?, read_nth(&parameters, 1)?))
    }
}

async fn path_parameters<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> HttpResult<RawPathParams> {
    RawPathParams::from_request_parts(parts, state).await.map_err(|_| {
        HttpError::unknown("not_found", "the path is not valid UTF-8 once it is decoded")
    })
}

fn read_nth<T: PathId>(parameters: &RawPathParams, nth: usize) -> HttpResult<T> {
    let segment = parameters.iter().nth(nth).map(|(_, segment)| segment).unwrap_or_default();
    T::read(segment).ok_or_else(|| T::unknown(segment))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use axum::Router;
    use axum::body::Body;
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn status(path: &str) -> u16 {
        let router = Router::new()
            .route("/a/{id}", get(|Id(id): Id<AllocationId>| async move { id.to_string() }))
            .route(
                "/o/{id}/shifts/{shift_id}",
                get(|Ids(_, shift): Ids<OperatorId, RowId>| async move { shift.to_string() }),
            );
        let request = Request::get(path).body(Body::empty()).unwrap();
        router.oneshot(request).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn ids_that_nothing_can_have_are_not_found() {
        assert_eq!(status("/a/17").await, 200);
        assert_eq!(status("/o/O-156/shifts/17").await, 200);
        for path in [
            "/a/x",
            "/a/-1",
            "/a/+1",
            "/a/99999999999999999999",
            "/a/%00",
            "/a/%ff",
            "/o/O%00/shifts/1",
            "/o/a%20b/shifts/1",
            "/o/123456789012345678901/shifts/1",
            "/o/O-1/shifts/1.5",
        ] {
            assert_eq!(status(path).await, 404, "{path}");
        }
    }
}
