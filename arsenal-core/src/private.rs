//! Not public API: what the expansions of `#[operation]` and `#[blueprint]` name.

pub use std::time::Duration;

pub use futures_util::future::BoxFuture;
pub use inventory;
pub use schemars::{Schema, SchemaGenerator};
pub use serde_json::{Value, value::RawValue};

pub use crate::{
    answer::{Gather, GatherFn, NodeAnswer, Reply},
    arguments::Arguments,
    call::{
        Answer, Operation, State, StateOf, States, check, error_cases, gathered, gathered_schema,
        has_state, output_schema, state_name, unary,
    },
    context::NodeContext,
    decode::{
        Argument, Checked, Defaulted, Field, Held, InRange, LengthOf, Matching, Named, OfLength,
        PatternOf, RangeOf, Text, Typed, UnknownNames, Whole, decode, default_value, example_value,
        is_optional, parameter_schema,
    },
    error::{
        CodeBuffer, ErrorCases, InvalidInput, OperationError, count_cases, join_cases, own_error,
    },
    operation_name::{NameBuffer, tag_of_module},
    pattern::Pattern,
    spec::{
        Access, Answers, Date, ErrorCase, Limits, Location, Method, Number, OperationSpec,
        Parameter, Partition, Rate, Registration, Require, Rule, Source, StateRequirement, Target,
        Version, Versions,
    },
    streaming::{streaming, streaming_at_once},
};

/// What a gathering function is given, undecoded.
pub type RawAnswers = Vec<NodeAnswer<Gathered>>;

/// What a gathering function gives, encoded.
pub type Gathered = Box<RawValue>;
