//! May this caller run this operation? Asked where the request enters and again where it executes.

use crate::{
    error::{Code, OperationError},
    principal::{Principal, Role},
    spec::{Access, OperationSpec},
};

/// Refuses a caller whose role is too low: `unauthenticated` where credentials would help,
/// `forbidden` where they were shown and do not suffice. Nothing ran.
pub fn authorize(spec: &OperationSpec, principal: &Principal) -> Result<(), OperationError> {
    let needed = role_for(spec.access);
    if principal.role() >= needed {
        return Ok(());
    }
    let needs = format!("`{}` needs the role `{}`", spec.name, word(needed));
    if principal.is_authenticated() {
        let who = principal.name();
        return Err(OperationError::forbidden(format!("{needs}, which `{who}` does not have")));
    }
    Err(OperationError::new(Code::Unauthenticated, needs)
        .suggest("send the header `Authorization: Bearer …` with the token of this cluster"))
}

const fn role_for(access: Access) -> Role {
    match access {
        Access::Read => Role::Read,
        Access::Operate => Role::Operate,
        Access::Admin => Role::Admin,
    }
}

const fn word(role: Role) -> &'static str {
    match role {
        Role::Nobody => "nobody",
        Role::Read => "read",
        Role::Operate => "operate",
        Role::Admin => "admin",
    }
}
