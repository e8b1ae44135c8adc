/// Counts.
async fn count(word: String) -> Result<u64, OperationError> {
    Ok(word.len() as u64)
}
#[doc(hidden)]
#[macro_export]
macro_rules! duplicate_route_POST__counts___since_1_2___until_2_0 {
    () => {};
}
const _: () = {
    use ::arsenal_core::__private as __arsenal;
    enum __word {}
    impl __arsenal::Named for __word {
        type Value = String;
        fn inspector() -> ::core::option::Option<__arsenal::Inspector> {
            use __arsenal::{ByItems as _, ByItself as _, ByNothing as _};
            (&&&__arsenal::Probe::<String>::new()).inspector()
        }
    }
    enum __Operation {}
    impl __arsenal::Operation for __Operation {
        type Input = (__arsenal::Held<__word, __arsenal::Field>, ());
        type States = ();
        type Answer = u64;
        type Error = OperationError;
        fn parameters() -> &'static [__arsenal::Parameter] {
            &__PARAMETERS
        }
    }
    fn __call(
        __context: __arsenal::NodeContext,
        __arguments: __arsenal::Arguments<'_>,
    ) -> __arsenal::BoxFuture<
        'static,
        ::core::result::Result<__arsenal::Reply, __arsenal::OperationError>,
    > {
        __arsenal::unary::<
            __Operation,
            _,
            _,
        >(__context, __arguments, |_, (), (__value_0, ())| count(__value_0))
    }
    fn __gathering() -> impl __arsenal::Gathering<u64> {
        sum
    }
    fn __gathered_schema(
        generator: &mut __arsenal::SchemaGenerator,
    ) -> __arsenal::Schema {
        __arsenal::gathered_schema::<u64, _>(generator, __gathering())
    }
    fn __gathered(
        answers: __arsenal::RawAnswers,
    ) -> ::core::result::Result<__arsenal::Gathered, __arsenal::OperationError> {
        __arsenal::gathered::<u64, _>(answers, __gathering())
    }
    const __TAG: &str = "count";
    const __NAME: &str = "count.all";
    static __PARAMETERS: [__arsenal::Parameter; 1usize] = [
        __arsenal::Parameter {
            name: "word",
            location: __arsenal::Location::Body,
            description: "",
            schema: __arsenal::parameter_schema::<__word>,
            is_optional: __arsenal::is_optional::<__word>,
            rules: &[],
            default: ::core::option::Option::None,
            example: ::core::option::Option::None,
            is_deprecated: false,
            media_type: ::core::option::Option::None,
        },
    ];
    static __SPEC: __arsenal::OperationSpec = __arsenal::OperationSpec {
        name: __NAME,
        tag: __TAG,
        method: __arsenal::Method::Post,
        path: "/counts",
        aliases: &[],
        summary: "Counts.",
        description: "",
        target: __arsenal::Target::AllNodes {
            only: ::core::option::Option::None,
        },
        require: __arsenal::Require::Majority,
        partition: __arsenal::Partition::Majority,
        access: __arsenal::Access::Operate,
        timeout: __arsenal::Duration::from_millis(5000u64),
        status: 200u16,
        is_deprecated: true,
        deprecated_from: ::core::option::Option::None,
        sunset: ::core::option::Option::None,
        limits: __arsenal::Limits {
            body_bytes_max: 65536usize,
            concurrency: ::core::option::Option::Some(4u32),
            rate: ::core::option::Option::Some(__arsenal::Rate {
                count: 10u32,
                per: __arsenal::Duration::from_millis(1000u64),
            }),
            ..__arsenal::Limits::DEFAULT
        },
        is_idempotent: false,
        answers: __arsenal::Answers::Once,
        versions: __arsenal::Versions {
            since: ::core::option::Option::Some(__arsenal::Version {
                major: 1u16,
                minor: 2u16,
            }),
            until: ::core::option::Option::Some(__arsenal::Version {
                major: 2u16,
                minor: 0u16,
            }),
            replaced_by: ::core::option::Option::None,
        },
        error_cases: __arsenal::error_cases::<__Operation>,
        parameters: &__PARAMETERS,
        states: &[],
        output: __arsenal::output_schema::<__Operation>,
        gather: __arsenal::Gather::With(__arsenal::GatherFn {
            output: __gathered_schema,
            run: __gathered,
        }),
        rehearse: ::core::option::Option::None,
        check: __arsenal::check::<__Operation>,
        call: __call,
        source: __arsenal::Source {
            package: ::core::env!("CARGO_PKG_NAME"),
            file: ::core::file!(),
            line: ::core::line!(),
        },
    };
    __arsenal::inventory::submit! {
        __arsenal::Registration(& __SPEC)
    }
};
fn sum(answers: Vec<NodeAnswer<u64>>) -> u64 {
    answers.into_iter().map(|answer| answer.answer).sum()
}
