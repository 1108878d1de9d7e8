//! The words of these situations.

use crate::explain::doctor::catalogue::Situation;

/// The keys of what it is, what to do, how it looks in a packet capture, and how to make it.
/// `what` and `cure` name values of the first clue. `None` for situations of other subjects.
pub(in super::super) fn words(situation: Situation) -> Option<[&'static str; 4]> {
    let keys = match situation {
        Situation::NotBound => [
            "doctor.not_bound.what",
            "doctor.not_bound.cure",
            "doctor.not_bound.capture",
            "doctor.not_bound.reproduce",
        ],
        Situation::NotLocal => [
            "doctor.not_local.what",
            "doctor.not_local.cure",
            "doctor.not_local.capture",
            "doctor.not_local.reproduce",
        ],
        Situation::LoopbackOnly => [
            "doctor.loopback_only.what",
            "doctor.loopback_only.cure",
            "doctor.loopback_only.capture",
            "doctor.loopback_only.reproduce",
        ],
        Situation::OtherInterface => [
            "doctor.other_interface.what",
            "doctor.other_interface.cure",
            "doctor.other_interface.capture",
            "doctor.other_interface.reproduce",
        ],
        Situation::WrongPort => [
            "doctor.wrong_port.what",
            "doctor.wrong_port.cure",
            "doctor.wrong_port.capture",
            "doctor.wrong_port.reproduce",
        ],
        Situation::PortTaken => [
            "doctor.port_taken.what",
            "doctor.port_taken.cure",
            "doctor.port_taken.capture",
            "doctor.port_taken.reproduce",
        ],
        Situation::PortShared => [
            "doctor.port_shared.what",
            "doctor.port_shared.cure",
            "doctor.port_shared.capture",
            "doctor.port_shared.reproduce",
        ],
        Situation::LocalhostIsV6 => [
            "doctor.localhost_is_v6.what",
            "doctor.localhost_is_v6.cure",
            "doctor.localhost_is_v6.capture",
            "doctor.localhost_is_v6.reproduce",
        ],
        Situation::V6Only => [
            "doctor.v6_only.what",
            "doctor.v6_only.cure",
            "doctor.v6_only.capture",
            "doctor.v6_only.reproduce",
        ],
        Situation::V4AgainstV6 => [
            "doctor.v4_against_v6.what",
            "doctor.v4_against_v6.cure",
            "doctor.v4_against_v6.capture",
            "doctor.v4_against_v6.reproduce",
        ],
        Situation::InterfaceDown => [
            "doctor.interface_down.what",
            "doctor.interface_down.cure",
            "doctor.interface_down.capture",
            "doctor.interface_down.reproduce",
        ],
        Situation::NoAddress => [
            "doctor.no_address.what",
            "doctor.no_address.cure",
            "doctor.no_address.capture",
            "doctor.no_address.reproduce",
        ],
        Situation::DuplicateAddress => [
            "doctor.duplicate_address.what",
            "doctor.duplicate_address.cure",
            "doctor.duplicate_address.capture",
            "doctor.duplicate_address.reproduce",
        ],
        Situation::WrongMask => [
            "doctor.wrong_mask.what",
            "doctor.wrong_mask.cure",
            "doctor.wrong_mask.capture",
            "doctor.wrong_mask.reproduce",
        ],
        Situation::NoCarrier => [
            "doctor.no_carrier.what",
            "doctor.no_carrier.cure",
            "doctor.no_carrier.capture",
            "doctor.no_carrier.reproduce",
        ],
        Situation::TimeWait => [
            "doctor.time_wait.what",
            "doctor.time_wait.cure",
            "doctor.time_wait.capture",
            "doctor.time_wait.reproduce",
        ],
        Situation::BacklogFull => [
            "doctor.backlog_full.what",
            "doctor.backlog_full.cure",
            "doctor.backlog_full.capture",
            "doctor.backlog_full.reproduce",
        ],
        Situation::DescriptorLimit => [
            "doctor.descriptor_limit.what",
            "doctor.descriptor_limit.cure",
            "doctor.descriptor_limit.capture",
            "doctor.descriptor_limit.reproduce",
        ],
        Situation::ReceiveOverflow => [
            "doctor.receive_overflow.what",
            "doctor.receive_overflow.cure",
            "doctor.receive_overflow.capture",
            "doctor.receive_overflow.reproduce",
        ],
        Situation::MemoryLimit => [
            "doctor.memory_limit.what",
            "doctor.memory_limit.cure",
            "doctor.memory_limit.capture",
            "doctor.memory_limit.reproduce",
        ],
        Situation::EphemeralExhausted => [
            "doctor.ephemeral_exhausted.what",
            "doctor.ephemeral_exhausted.cure",
            "doctor.ephemeral_exhausted.capture",
            "doctor.ephemeral_exhausted.reproduce",
        ],
        Situation::OtherNamespace => [
            "doctor.other_namespace.what",
            "doctor.other_namespace.cure",
            "doctor.other_namespace.capture",
            "doctor.other_namespace.reproduce",
        ],
        Situation::ClockStep => [
            "doctor.clock_step.what",
            "doctor.clock_step.cure",
            "doctor.clock_step.capture",
            "doctor.clock_step.reproduce",
        ],
        Situation::HiddenByFilter => [
            "doctor.hidden_by_filter.what",
            "doctor.hidden_by_filter.cure",
            "doctor.hidden_by_filter.capture",
            "doctor.hidden_by_filter.reproduce",
        ],
        Situation::SimulatedNetwork => [
            "doctor.simulated_network.what",
            "doctor.simulated_network.cure",
            "doctor.simulated_network.capture",
            "doctor.simulated_network.reproduce",
        ],
        _ => return None,
    };
    Some(keys)
}
