//! Not public API: what the expansions of `#[operation]` and `#[blueprint]` name.

pub use std::{borrow::Cow, time::Duration};

pub use futures_util::future::BoxFuture;
pub use inventory;
pub use schemars::{Schema, SchemaGenerator};
pub use serde_json::{Error as JsonError, Value, value::RawValue};

pub use crate::{
    answer::{Gather, GatherFn, NodeAnswer, Reply},
    arguments::Arguments,
    call::{
        Answer, Gathering, Operation, State, StateOf, States, check, error_cases, gathered,
        gathered_schema, has_state, output_schema, rehearsal, state_name, unary,
    },
    context::NodeContext,
    decode::{
        Argument, ByItems, ByItself, ByNothing, Checked, Defaulted, Each, Field, Fields, Flat,
        Flattened, Held, InRange, Inspect, Inspection, Inspector, ItemOf, ItemsOf, LengthOf,
        Matching, Named, OfLength, Parameters, PatternOf, Place, Probe, RangeOf, Raw, RawOf,
        Report, Rows, Slots, Subject, Text, TextError, Texts, Typed, UnknownNames, Whole,
        assert_names_differ, count, decode, decode_for, default_value, deserialize, example_value,
        inspect, is_optional, is_optional_raw, object_schema, parameter_schema, raw_schema, table,
    },
    error::{
        CodeBuffer, ErrorCases, InvalidInput, OperationError, count_cases, join_cases, own_error,
    },
    nearest::meant,
    operation_name::{NameBuffer, tag_of_module},
    pattern::Pattern,
    spec::{
        Access, Answers, Date, ErrorCase, Limits, Location, Method, Number, OperationSpec,
        Parameter, Partition, Rate, Registration, Rehearsing, Require, Rule, Source,
        StateRequirement, Target, Version, Versions,
    },
    streaming::{streaming, streaming_at_once},
};

/// What a gathering function is given, undecoded.
pub type RawAnswers = Vec<NodeAnswer<Gathered>>;

/// What a gathering function gives, encoded.
pub type Gathered = Box<RawValue>;
