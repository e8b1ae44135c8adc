//! The plan of decoding: body, texts, then defaults and rules. Compiled once, for all operations.

use super::{
    FieldsOf, UnknownNames, diagnose,
    list::Slots,
    object::Fields,
    report::{Report, Subject},
    request::TextSources,
    unknown::Scope,
};
use crate::{
    arguments::Arguments,
    error::InvalidInput,
    spec::{Location, Parameter},
};

/// Fills all slots, or says everything that is wrong.
pub(super) fn collect(
    slots: &mut dyn Slots,
    parameters: &[Parameter],
    arguments: Arguments<'_>,
    unknown: UnknownNames,
    subject: Subject,
) -> Result<(), InvalidInput> {
    // Outside of a scope they are refused.
    let _scope = (unknown == UnknownNames::Ignored).then(|| Scope::of(unknown));
    let mut report = Report::about(subject);
    match arguments {
        Arguments::Http { template, path, query, headers, body } => {
            // The body comes first: diagnosing it starts with empty slots.
            collect_body(slots, parameters, body, unknown, &mut report)?;
            let sources = TextSources { template, path, query, headers };
            sources.collect(slots, parameters, unknown, &mut report);
        }
        Arguments::Json(object) => {
            let fields = Fields { parameters, of: FieldsOf::Everything, unknown };
            collect_fields(slots, fields, object, &mut report)?;
        }
    }
    slots.settle(0, parameters, &mut report);
    report.into_result()
}

fn collect_body(
    slots: &mut dyn Slots,
    parameters: &[Parameter],
    body: &[u8],
    unknown: UnknownNames,
    report: &mut Report,
) -> Result<(), InvalidInput> {
    let mut in_body =
        parameters.iter().enumerate().filter(|(_, parameter)| parameter.location.is_in_body());
    match in_body.next() {
        None => Ok(()),
        Some((index, parameter)) if parameter.location == Location::WholeBody => {
            collect_whole(slots, (index, parameter), body, report)
        }
        Some((_, parameter)) if parameter.location == Location::RawBody && body.is_empty() => {
            Ok(())
        }
        Some((index, parameter)) if parameter.location == Location::RawBody => {
            slots.read_body(index, body).or_else(|error| {
                report.parameter(index, parameter, "", diagnose::message(&error));
                Ok(())
            })
        }
        Some(_) => {
            let fields = Fields { parameters, of: FieldsOf::Body, unknown };
            collect_fields(slots, fields, body, report)
        }
    }
}

fn collect_whole(
    slots: &mut dyn Slots,
    (index, parameter): (usize, &Parameter),
    body: &[u8],
    report: &mut Report,
) -> Result<(), InvalidInput> {
    if body.is_empty() && !parameter.is_required() {
        return Ok(());
    }
    let body = or_empty_object(body);
    match slots.read_body(index, body) {
        Ok(()) => Ok(()),
        Err(error) => diagnose::whole(slots, (index, parameter), body, &error, report),
    }
}

fn collect_fields(
    slots: &mut dyn Slots,
    fields: Fields<'_>,
    object: &[u8],
    report: &mut Report,
) -> Result<(), InvalidInput> {
    let object = or_empty_object(object);
    if slots.read_object(fields, object).is_ok() {
        return Ok(());
    }
    slots.clear();
    diagnose::fields(slots, fields, object, report)
}

fn or_empty_object(body: &[u8]) -> &[u8] {
    if body.is_empty() { b"{}" } else { body }
}
