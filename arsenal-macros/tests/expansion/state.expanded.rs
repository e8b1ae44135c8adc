const _: () = {
    use other::cluster::__private as __arsenal;
    static __SPEC: __arsenal::StateSpec = __arsenal::StateSpec {
        type_id: ::core::any::TypeId::of::<Count>,
        type_name: ::core::any::type_name::<Count>,
        schema_of: __arsenal::schema_alone::<Count>,
        to_json: __arsenal::encode_state::<Count>,
    };
    __arsenal::inventory::submit! {
        __arsenal::StateRegistration(& __SPEC)
    }
};
