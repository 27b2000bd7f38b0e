//! Operators: wire type ↔ domain type.
//!
//! Names, e-mail, telephone and photograph are split off on the way in and joined on the way out:
//! the command never holds them, because the log must not.

use mraos_api::operator as api;
use mraos_app::PersonalData;
use mraos_app::reads::{DayFigures, OperatorView};
use mraos_domain::{
    Command, Instant, Invalid, Operator, OperatorDetails, OperatorId, OperatorStatus, Percentage,
    Phase, Rating, Shift, Text,
};

use crate::fields::{Fields, date, decimal, named_value, parallel_capacity, text};
use crate::problem::HttpResult;
use crate::wire::allocation;
use crate::wire::skill::render_skill;

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
) -> HttpResult<(OperatorId, Command, PersonalData)> {
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

fn read_person(fields: &mut Fields, body: &api::CreateOperator) -> Option<PersonalData> {
    let first_name = fields.take("first_name", line::<50>("first_name", &body.first_name));
    let last_name = fields.take("last_name", line::<50>("last_name", &body.last_name));
    let email = fields.take_optional("email", body.email.as_deref().map(email));
    let phone = body.phone.as_deref().map(|phone| line::<20>("phone", phone));
    let phone = fields.take_optional("phone", phone);
    let photo_url = fields.take_optional("photo_url", body.photo_url.as_deref().map(photo_url));
    Some(PersonalData {
        first_name: first_name?,
        last_name: last_name?,
        email: email?,
        phone: phone?,
        photo_url: photo_url?,
    })
}

fn read_details(fields: &mut Fields, body: &api::CreateOperator) -> Option<OperatorDetails> {
    let employee_id = fields.text("employee_id", &body.employee_id);
    let hire_date =
        fields.take_optional("hire_date", body.hire_date.map(|day| date("hire_date", day)));
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
    fields.replace(&mut details.employee_id, "employee_id", change.employee_id, text);
    fields.replace_nullable(&mut details.hire_date, "hire_date", change.hire_date, date);
    fields.replace_nullable(&mut details.department, "department", change.department, text);
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

/// Whether a change is about the person and not only about the job.
pub(crate) fn concerns_person(body: &api::ChangeOperator) -> bool {
    body.first_name.is_some()
        || body.last_name.is_some()
        || body.email.is_some()
        || body.phone.is_some()
        || body.photo_url.is_some()
}

/// What is known about the person after a change.
pub(crate) fn change_person(
    fields: &mut Fields,
    mut person: PersonalData,
    body: &api::ChangeOperator,
) -> PersonalData {
    let change = body.clone();
    fields.replace(&mut person.first_name, "first_name", change.first_name, line::<50>);
    fields.replace(&mut person.last_name, "last_name", change.last_name, line::<50>);
    fields.replace_nullable(&mut person.email, "email", change.email, |_, value| email(value));
    fields.replace_nullable(&mut person.phone, "phone", change.phone, line::<20>);
    fields.replace_nullable(&mut person.photo_url, "photo_url", change.photo_url, |_, value| {
        photo_url(value)
    });
    person
}

/// Text of one line that goes beside the log.
fn line<const MAX: usize>(name: &'static str, value: impl AsRef<str>) -> Result<String, Invalid> {
    text::<MAX>(name, value).map(|text| text.to_string())
}

fn email(value: impl AsRef<str>) -> Result<String, Invalid> {
    let address = line::<100>("email", value)?;
    match address.split_once('@') {
        Some((name, host)) if !name.is_empty() && !host.is_empty() && !host.contains('@') => {
            Ok(address)
        }
        _ => Err(Invalid::new("email", address, "write it as name@host")),
    }
}

/// Screens show it as an image, so nothing but a web address may pass.
fn photo_url(value: impl AsRef<str>) -> Result<String, Invalid> {
    let address = line::<255>("photo_url", value)?;
    let allowed = ["https://", "http://", "/"].iter().any(|start| address.starts_with(start));
    if allowed {
        Ok(address)
    } else {
        Err(Invalid::new("photo_url", address, "an http(s) address"))
    }
}

/// An operator as clients see one; the person only for those who may.
pub(crate) fn render(operator: &Operator, person: Option<&PersonalData>) -> api::Operator {
    let details = &operator.details;
    let own = |value: &Text<50>| value.as_str().to_owned();
    api::Operator {
        operator_id: operator.operator_id.to_string(),
        employee_id: Some(details.employee_id.to_string()),
        first_name: person.map(|person| person.first_name.clone()),
        last_name: person.map(|person| person.last_name.clone()),
        email: person.and_then(|person| person.email.clone()),
        phone: person.and_then(|person| person.phone.clone()),
        photo_url: person.and_then(|person| person.photo_url.clone()),
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
        erased_at: operator.erased_at.map(|at| at.timestamp()),
    }
}

/// An operator with everything that a supervisor asks about.
pub(crate) fn render_detail(
    view: OperatorView,
    sees_people: bool,
    now: Instant,
    day: DayFigures,
) -> api::OperatorDetail {
    let OperatorView { operator, person, open } = view;
    let person = person.filter(|_| sees_people);
    let running = open.iter().filter(|one| one.phase == Phase::Running);
    let current = running.max_by_key(|one| one.running_since);
    let shift = operator.shifts.iter().find(|shift| shift.window.contains(now));
    let name = person.as_ref().map(|one| format!("{} {}", one.first_name, one.last_name));
    let id = &operator.operator_id;
    api::OperatorDetail {
        name,
        skills: operator.skills.iter().map(|held| render_skill(id, &held.skill)).collect(),
        current_shift: shift.map(render_current_shift),
        current_assignment: current.map(|one| allocation::render(one, None)),
        performance: api::Performance {
            efficiency_rating: operator.details.efficiency_rating.map(Rating::decimal),
            on_time_completion_rate: (operator.details.on_time_completion_rate)
                .map(Percentage::decimal),
            assignments_today: Some(day.begun),
            idle_time_today_minutes: day.idle_minutes,
        },
        operator: render(&operator, person.as_ref()),
    }
}

fn render_current_shift(shift: &Shift) -> api::CurrentShift {
    let times = &shift.times;
    api::CurrentShift {
        shift_id: shift.shift_id.0,
        shift_name: times.shift_name.to_string(),
        start_time: times.start_time,
        end_time: times.end_time,
        clock_in: shift.attendance.clocked_in_at.map(Instant::timestamp),
        clock_out: shift.attendance.clocked_out_at.map(Instant::timestamp),
        status: shift.attendance.status.as_str().to_owned(),
        is_called_off: shift.attendance.is_called_off,
        break_start: times.break_start,
        break_end: times.break_end,
    }
}
