//! The contract of a network, and of the calls above it, checked over real sockets and on a simulated
//! wire.
//!
//! A process has at most one real network, so each check of it runs in child processes: this binary
//! again, as node `a` with the checks, and as its peers. A child ends when its standard input does.

#[cfg(test)]
mod given;
#[cfg(test)]
mod node;
#[cfg(test)]
mod process;
#[cfg(test)]
mod ractor;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod tap;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod world;

#[cfg(test)]
mod checks {
    use super::process::check;

    #[test]
    #[ignore = "the entry of the child processes"]
    fn child() {
        super::process::child();
    }

    #[test]
    fn calls_are_answered_or_say_why_not() {
        check("calls");
    }

    #[test]
    fn many_calls_at_once_are_never_mixed_up() {
        check("many_calls");
    }

    #[test]
    fn datagrams_arrive_beside_the_path() {
        check("datagrams");
    }

    #[test]
    fn calls_in_flight_are_bounded() {
        check("bounded");
    }

    #[test]
    fn large_pages_pass_and_too_large_ones_are_refused() {
        check("sizes");
    }

    #[test]
    fn a_reset_path_refuses_at_once_and_a_wanted_peer_comes_back() {
        check("reset");
    }

    #[test]
    fn no_frame_of_an_old_path_arrives_after_a_new_up() {
        check("old_frames");
    }

    #[test]
    fn a_peer_that_is_not_wanted_any_more_is_left() {
        check("unwanted");
    }

    #[test]
    fn a_stale_request_is_not_executed() {
        check("stale");
    }

    #[test]
    fn a_frozen_peer_is_reset_and_comes_back() {
        check("frozen");
    }

    #[test]
    fn a_frozen_peer_makes_this_node_hold_a_bounded_number_of_bytes() {
        check("frozen_bytes");
    }

    #[test]
    fn a_killed_peer_is_down_at_once() {
        check("killed");
    }

    #[test]
    fn a_restarted_peer_is_another_one() {
        check("restarted");
    }

    #[test]
    fn a_live_peer_keeps_its_name_and_a_silent_one_loses_it() {
        check("twins");
    }

    #[test]
    fn whoever_is_refused_for_its_name_knows_why_and_may_come_later() {
        check("name_held");
    }

    #[test]
    fn a_peer_known_by_another_address_is_not_dialled_twice() {
        check("aliases");
    }

    #[test]
    fn nobody_gets_in_under_the_name_of_this_node() {
        check("own_name");
    }

    #[test]
    fn another_secret_does_not_get_in() {
        check("other_secret");
    }

    #[test]
    fn nodes_that_dial_each_other_at_once_are_not_taken_for_strangers() {
        check("at_once");
    }

    #[test]
    fn silent_strangers_are_bounded_and_shut_out_in_time() {
        check("strangers");
    }

    #[test]
    fn streams_come_whole_and_in_order_or_say_that_they_broke() {
        check("streams");
    }

    #[test]
    fn a_stream_that_is_not_read_any_more_ends_there() {
        check("dropped_streams");
    }

    #[test]
    fn a_slow_reader_holds_the_stream_up() {
        check("slow_reader");
    }

    #[test]
    fn streams_of_large_pages_let_calls_pass() {
        check("pages_and_calls");
    }

    #[test]
    fn streams_are_bounded_and_calls_go_on() {
        check("bounded_streams");
    }

    #[test]
    fn a_stream_over_a_reset_path_is_lost_and_ends_there() {
        check("reset_streams");
    }

    #[test]
    fn a_stream_of_a_frozen_peer_is_lost() {
        check("frozen_streams");
    }

    #[test]
    fn a_stream_of_a_killed_peer_is_lost_at_once() {
        check("killed_streams");
    }

    #[test]
    fn calls_pass_encrypted() {
        check("tls-calls");
    }

    #[test]
    fn large_pages_pass_encrypted() {
        check("tls-sizes");
    }

    #[test]
    fn streams_pass_encrypted() {
        check("tls-streams");
    }

    #[test]
    fn an_encrypted_path_comes_back_after_a_freeze() {
        check("tls-frozen");
    }

    #[test]
    fn an_encrypted_peer_comes_again() {
        check("tls-restarted");
    }

    #[test]
    fn who_shows_no_certificate_of_its_own_name_is_refused() {
        check("tls_refusals");
    }

    #[test]
    fn a_plain_node_does_not_get_into_an_encrypted_cluster() {
        check("tls_from_plain");
    }

    #[test]
    fn calls_pass_between_programs_with_node_servers() {
        check("given-calls");
    }

    #[test]
    fn large_pages_pass_between_programs_with_node_servers() {
        check("given-sizes");
    }

    #[test]
    fn no_frame_of_an_old_path_arrives_between_programs_with_node_servers() {
        check("given-old_frames");
    }

    #[test]
    fn a_program_that_was_frozen_comes_back() {
        check("given-frozen");
    }

    #[test]
    fn a_program_that_is_restarted_comes_again() {
        check("given-restarted");
    }

    #[test]
    fn a_program_that_is_not_wanted_any_more_is_left() {
        check("given-unwanted");
    }

    #[test]
    fn a_path_runs_on_the_session_that_two_programs_have() {
        check("lent");
    }

    #[test]
    fn a_path_runs_on_a_session_that_the_programs_encrypted() {
        check("lent_encrypted");
    }

    #[test]
    fn sessions_of_programs_without_a_node_are_left_alone() {
        check("outsiders");
    }

    #[test]
    fn nobody_gets_in_without_a_certificate_over_a_session_of_the_program() {
        check("uncertified");
    }

    #[test]
    fn a_closed_network_leaves_the_node_server_of_the_program() {
        check("closing");
    }

    #[test]
    fn programs_that_connect_by_themselves_have_one_session() {
        check("both_dial");
    }

    #[test]
    fn dials_that_fail_say_why() {
        check("attempts");
    }

    #[test]
    fn a_process_has_one_network_and_a_busy_port_is_told() {
        check("opening");
    }
}

/// The same checks, on a simulated wire.
#[cfg(test)]
mod simulated_checks {
    use super::{
        simulated::{self, check},
        streams, suite,
        world::World as _,
    };

    #[test]
    fn twins() {
        simulated::twins();
    }

    /// Names the tests after the checks.
    macro_rules! checks {
        ($($test:ident: $check:path, $parts:literal;)*) => {$(
            #[test]
            fn $test() {
                check(|mut world| async move {
                    world.meet().await;
                    $check(&mut world).await;
                    if $parts {
                        world.part().await;
                    }
                });
            }
        )*};
    }

    checks! {
        calls: suite::calls, true;
        many_calls: suite::many_calls, true;
        datagrams: suite::datagrams, true;
        bounded: suite::bounded, true;
        sizes: suite::sizes, true;
        reset: suite::reset, true;
        old_frames: suite::old_frames, true;
        unwanted: suite::unwanted, true;
        stale: suite::stale, true;
        frozen: suite::frozen, true;
        frozen_bytes: suite::frozen_bytes, true;
        killed: suite::killed, false;
        restarted: suite::restarted, true;
        attempts: suite::attempts, false;
        cut_off: simulated::cut_off, true;
        streams: streams::streams, true;
        dropped_streams: streams::dropped, true;
        slow_reader: streams::slow_reader, true;
        pages_and_calls: streams::pages_and_calls, true;
        bounded_streams: streams::bounded, true;
        reset_streams: streams::reset, true;
        frozen_streams: streams::frozen, true;
        killed_streams: streams::killed, false;
    }
}
