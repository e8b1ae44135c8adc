//! The folder of a node: what survives its restart, used by one process at a time.

mod folder;
mod generation;
mod private_file;
mod voters;
mod whole_file;

pub(crate) use folder::{DataDir, DataDirError, create, default_for, shared_by_nodes};
pub(crate) use private_file::{
    PrivateFileError, read as read_private, read_or_create as read_or_create_private,
};
