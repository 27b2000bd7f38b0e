//! What the API's document says about `/reservations`.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::reservation::{
    CreateReservation, CreatedReservation, DrawReservation, MoveReservation, Reservation,
};
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::reservation::LIST;

pub(crate) fn create() -> Operation {
    Operation::create::<CreateReservation, CreatedReservation>("Set material aside for an order")
        .location()
        .refuses(&[
            R::MaterialShort,
            R::MaterialUnavailable,
            R::UnitNotConvertible,
            R::UnknownMaterial,
            R::UnknownWorkOrder,
            R::UnknownBomLine,
            R::WouldExceedRequired,
            R::OrderClosed,
            R::UnknownReasonCode,
        ])
}

pub(crate) fn list() -> Operation {
    Operation::list::<Reservation>("List reservations, newest first", &LIST)
}

pub(crate) fn show() -> Operation {
    Operation::read::<Reservation>("Show a reservation").problem(404, "unknown_reservation")
}

pub(crate) fn consume() -> Operation {
    draw("Use what is set aside").refuses(&[R::MaterialShort]).problem(403, "not_own_work")
}

pub(crate) fn release() -> Operation {
    draw("Give back what is set aside")
}

fn draw(summary: &'static str) -> Operation {
    Operation::act::<DrawReservation, Reservation>(summary)
        .about("All of it, or the quantity that is named.")
        .refuses(&[R::UnknownReservation, R::UnknownReasonCode])
        .problem(404, "unknown_reservation")
}

pub(crate) fn hand_over() -> Operation {
    Operation::act::<MoveReservation, Reservation>("Hand what is set aside over to another order")
        .about(
            "For a reason, by roles that may override: the order that had it loses it. The answer \
             is the other order's new reservation.",
        )
        .refuses(&[
            R::MaterialShort,
            R::UnknownWorkOrder,
            R::UnknownBomLine,
            R::UnknownReservation,
            R::WouldExceedRequired,
            R::OrderClosed,
            R::UnknownReasonCode,
        ])
        .problem(404, "unknown_reservation")
}
