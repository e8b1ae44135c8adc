/// Counts upwards.
fn step_counter(step: u64) -> Child {
    Child::actor(StepCounter { step }, ())
}
const _: () = {
    use ::arsenal_cluster::__private as __arsenal;
    enum __step {}
    impl __arsenal::Named for __step {
        type Value = u64;
        fn default() -> ::core::option::Option<u64> {
            let value: u64 = 1;
            ::core::option::Option::Some(value)
        }
        fn inspector() -> ::core::option::Option<__arsenal::Inspector> {
            use __arsenal::{ByItems as _, ByItself as _, ByNothing as _};
            (&&&__arsenal::Probe::<u64>::new()).inspector()
        }
    }
    impl __arsenal::Defaulted for __step {
        type Value = u64;
    }
    enum __Blueprint {}
    impl __arsenal::Blueprint for __Blueprint {
        type Input = (__arsenal::Held<__step, __arsenal::Field>, ());
        type Output = Child;
        fn parameters() -> &'static [__arsenal::Parameter] {
            &__PARAMETERS
        }
        fn call(
            (__value_0, ()): <Self::Input as __arsenal::Typed>::Values,
        ) -> Self::Output {
            step_counter(__value_0)
        }
    }
    static __PARAMETERS: [__arsenal::Parameter; 1usize] = [
        __arsenal::Parameter {
            name: "step",
            location: __arsenal::Location::Body,
            description: "By how much.",
            schema: __arsenal::parameter_schema::<__step>,
            is_optional: __arsenal::is_optional::<__step>,
            rules: &[],
            default: ::core::option::Option::Some(__arsenal::default_value::<__step>),
            example: ::core::option::Option::None,
            is_deprecated: false,
            media_type: ::core::option::Option::None,
        },
    ];
    static __SPEC: __arsenal::BlueprintSpec = __arsenal::BlueprintSpec {
        name: "step-counter",
        summary: "Counts upwards.",
        description: "",
        parameters: &__PARAMETERS,
        check: __arsenal::check_blueprint::<__Blueprint>,
        build: __arsenal::build_blueprint::<__Blueprint>,
        source: __arsenal::Source {
            package: ::core::env!("CARGO_PKG_NAME"),
            file: ::core::file!(),
            line: ::core::line!(),
        },
    };
    __arsenal::inventory::submit! {
        __arsenal::BlueprintRegistration(& __SPEC)
    }
};
