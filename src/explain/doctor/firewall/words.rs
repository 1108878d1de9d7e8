//! The words of these situations.

use crate::explain::doctor::catalogue::Situation;

/// The keys of what it is, what to do, how it looks in a packet capture, and how to make it.
/// `None` for situations of other subjects.
pub(in super::super) fn words(situation: Situation) -> Option<[&'static str; 4]> {
    let keys = match situation {
        Situation::DropIn => [
            "doctor.drop_in.what",
            "doctor.drop_in.cure",
            "doctor.drop_in.capture",
            "doctor.drop_in.reproduce",
        ],
        Situation::RejectIn => [
            "doctor.reject_in.what",
            "doctor.reject_in.cure",
            "doctor.reject_in.capture",
            "doctor.reject_in.reproduce",
        ],
        Situation::DropOut => [
            "doctor.drop_out.what",
            "doctor.drop_out.cure",
            "doctor.drop_out.capture",
            "doctor.drop_out.reproduce",
        ],
        Situation::RejectOut => [
            "doctor.reject_out.what",
            "doctor.reject_out.cure",
            "doctor.reject_out.capture",
            "doctor.reject_out.reproduce",
        ],
        Situation::DropByState => [
            "doctor.drop_by_state.what",
            "doctor.drop_by_state.cure",
            "doctor.drop_by_state.capture",
            "doctor.drop_by_state.reproduce",
        ],
        Situation::RpFilter => [
            "doctor.rp_filter.what",
            "doctor.rp_filter.cure",
            "doctor.rp_filter.capture",
            "doctor.rp_filter.reproduce",
        ],
        Situation::SecurityModule => [
            "doctor.security_module.what",
            "doctor.security_module.cure",
            "doctor.security_module.capture",
            "doctor.security_module.reproduce",
        ],
        _ => return None,
    };
    Some(keys)
}
