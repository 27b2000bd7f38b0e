//! Operators: wire type ↔ domain type.
//!
//! Names, e-mail, telephone and photograph are split off on the way in and joined on the way out:
//! the command never holds them, because the log must not.

use mraos_api::operator as api;
use mraos_app::Person;
use mraos_domain::{
    Command, Invalid, Operator, OperatorDetails, OperatorId, OperatorStatus, Percentage, Rating,
    Text,
};

use crate::fields::{Fields, date, decimal, named_value, parallel_capacity, text};
use crate::problem::HttpResult;

/// A status that may be posted; `busy` follows from running allocations.
pub(crate) fn posted_status(name: &'static str, value: &str) -> Result<OperatorStatus, Invalid> {
    let status = named_value(name, value, &OperatorStatus::ALL, OperatorStatus::as_str)?;
    if status == OperatorStatus::Busy {
        let rule = "busy follows from running allocations and cannot be posted";
        return Err(Invalid::new(name, value, rule));
    }
    Ok(status)
}

/// The command to register an operator, and the person apart from it.
pub(crate) fn read_create(
    body: &api::CreateOperator,
) -> HttpResult<(OperatorId, Command, Person)> {
    let mut fields = Fields::default();
    let operator_id = fields.take("operator_id", OperatorId::new(&body.operator_id));
    let person = read_person(&mut fields, body);
    let status = body.current_status.as_deref().unwrap_or("available");
    let status = fields.take("current_status", posted_status("current_status", status));
    let details = read_details(&mut fields, body);
    let read = (|| {
        let operator_id = operator_id?;
        let id = operator_id.clone();
        let (details, status) = (details?, status?);
        Some((id, Command::CreateOperator { operator_id, details, status }, person?))
    })();
    fields.finish(read)
}

fn read_person(fields: &mut Fields, body: &api::CreateOperator) -> Option<Person> {
    let first_name = fields.text("first_name", &body.first_name);
    let last_name = fields.text("last_name", &body.last_name);
    let email = fields.take_optional("email", body.email.as_deref().map(email));
    let phone = fields.optional_text("phone", body.phone.as_deref());
    let photo_url = fields.take_optional("photo_url", body.photo_url.as_deref().map(photo_url));
    Some(Person {
        first_name: first_name?,
        last_name: last_name?,
        email: email?,
        phone: phone?,
        photo_url: photo_url?,
    })
}

fn read_details(fields: &mut Fields, body: &api::CreateOperator) -> Option<OperatorDetails> {
    let employee_id = fields.text("employee_id", &body.employee_id);
    let hire_date = fields.take_optional(
        "hire_date",
        body.hire_date.map(|day| date("hire_date", day)),
    );
    let department = fields.optional_text("department", body.department.as_deref());
    let home_location = fields.optional_text("home_location", body.home_location.as_deref());
    let line = fields.optional_text("production_line", body.production_line.as_deref());
    let capacity = parallel_capacity("parallel_capacity", body.parallel_capacity.unwrap_or(1));
    let capacity = fields.take("parallel_capacity", capacity);
    let rating = body.efficiency_rating.map(Rating::new);
    let rating = fields.take_optional("efficiency_rating", rating);
    let on_time = body.on_time_completion_rate.map(Percentage::new);
    let on_time = fields.take_optional("on_time_completion_rate", on_time);
    Some(OperatorDetails {
        employee_id: employee_id?,
        hire_date: hire_date?,
        department: department?,
        home_location: home_location?,
        production_line: line?,
        parallel_capacity: capacity?,
        efficiency_rating: rating?,
        on_time_completion_rate: on_time?,
        is_active: true,
    })
}

/// Master data after a change.
pub(crate) fn change_details(
    fields: &mut Fields,
    mut details: OperatorDetails,
    body: &api::ChangeOperator,
) -> OperatorDetails {
    let change = body.clone();
    fields.replace(
        &mut details.employee_id,
        "employee_id",
        change.employee_id,
        text,
    );
    fields.replace_nullable(&mut details.hire_date, "hire_date", change.hire_date, date);
    fields.replace_nullable(
        &mut details.department,
        "department",
        change.department,
        text,
    );
    fields.replace_nullable(
        &mut details.home_location,
        "home_location",
        change.home_location,
        text,
    );
    fields.replace_nullable(
        &mut details.production_line,
        "production_line",
        change.production_line,
        text,
    );
    fields.replace(
        &mut details.parallel_capacity,
        "parallel_capacity",
        change.parallel_capacity,
        parallel_capacity,
    );
    fields.replace_nullable(
        &mut details.efficiency_rating,
        "efficiency_rating",
        change.efficiency_rating,
        decimal(Rating::new),
    );
    fields.replace_nullable(
        &mut details.on_time_completion_rate,
        "on_time_completion_rate",
        change.on_time_completion_rate,
        decimal(Percentage::new),
    );
    details.is_active = change.is_active.unwrap_or(details.is_active);
    details
}

/// What is known about the person after a change.
pub(crate) fn change_person(
    fields: &mut Fields,
    mut person: Person,
    body: &api::ChangeOperator,
) -> Person {
    let change = body.clone();
    fields.replace(
        &mut person.first_name,
        "first_name",
        change.first_name,
        text,
    );
    fields.replace(&mut person.last_name, "last_name", change.last_name, text);
    fields.replace_nullable(&mut person.email, "email", change.email, |_, value| {
        email(&value)
    });
    fields.replace_nullable(&mut person.phone, "phone", change.phone, text);
    fields.replace_nullable(
        &mut person.photo_url,
        "photo_url",
        change.photo_url,
        |_, value| photo_url(&value),
    );
    person
}

fn email(value: &str) -> Result<Text<100>, Invalid> {
    let address = text::<100>("email", value)?;
    match address.as_str().split_once('@') {
        Some((name, host)) if !name.is_empty() && !host.is_empty() && !host.contains('@') => {
            Ok(address)
        }
        _ => Err(Invalid::new("email", value, "write it as name@host")),
    }
}

/// Screens show it as an image, so nothing but a web address may pass.
fn photo_url(value: &str) -> Result<Text<255>, Invalid> {
    let address = text::<255>("photo_url", value)?;
    let allowed = ["https://", "http://", "/"]
        .iter()
        .any(|start| address.as_str().starts_with(start));
    if allowed {
        Ok(address)
    } else {
        Err(Invalid::new("photo_url", value, "an http(s) address"))
    }
}

/// An operator as clients see one; the person only for those who may.
pub(crate) fn render(operator: &Operator, person: Option<&Person>) -> api::Operator {
    let details = &operator.details;
    let own = |value: &Text<50>| value.as_str().to_owned();
    api::Operator {
        operator_id: operator.operator_id.to_string(),
        employee_id: Some(details.employee_id.to_string()),
        first_name: person.map(|person| own(&person.first_name)),
        last_name: person.map(|person| own(&person.last_name)),
        email: person.and_then(|person| person.email.as_ref().map(ToString::to_string)),
        phone: person.and_then(|person| person.phone.as_ref().map(ToString::to_string)),
        photo_url: person.and_then(|person| person.photo_url.as_ref().map(ToString::to_string)),
        hire_date: details.hire_date,
        department: details.department.as_ref().map(own),
        home_location: details.home_location.as_ref().map(ToString::to_string),
        production_line: details.production_line.as_ref().map(own),
        parallel_capacity: details.parallel_capacity.into(),
        current_status: operator.current_status.as_str().to_owned(),
        status_updated_at: operator.status_updated_at.timestamp(),
        efficiency_rating: details.efficiency_rating.map(Rating::decimal),
        on_time_completion_rate: details.on_time_completion_rate.map(Percentage::decimal),
        is_active: details.is_active,
        version: operator.version.into(),
        created_at: operator.created_at.timestamp(),
        updated_at: operator.updated_at.timestamp(),
        created_by: Some(own(&operator.created_by)),
        updated_by: Some(own(&operator.updated_by)),
    }
}
