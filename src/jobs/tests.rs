//! Facts about how jobs end.

use super::*;
use proptest::prelude::*;

const DEADLINE: Duration = Duration::from_secs(10);

/// Starts a job that wakes its owner through a channel.
fn started<T: Send + 'static>(
    work: impl FnOnce(&Running) -> Result<T, String> + Send + 'static,
) -> (Job<T, String>, Receiver<()>) {
    let (wake, woken) = crossbeam_channel::unbounded();
    let wake = move || wake.send(()).unwrap();
    (Job::start("test", wake, work).unwrap(), woken)
}

#[test]
fn a_result_or_a_failure_is_reported_once() {
    for result in [Ok(7), Err("no".to_owned())] {
        let given = result.clone();
        let (job, woken) = started(move |_| given);
        woken.recv_timeout(DEADLINE).unwrap();
        let expected = match result {
            Ok(done) => JobOutcome::Done(done),
            Err(failed) => JobOutcome::Failed(failed),
        };
        // Whenever the owner is woken, there is an outcome.
        assert_eq!(job.poll(), Some(expected));
        assert_eq!(job.poll(), None);
        assert_eq!(job.join(), None);
    }
}

#[test]
fn a_panic_wakes_the_owner_and_is_reported() {
    let (job, woken) = started(|_| -> Result<(), _> { panic!("at {}", 7) });
    woken.recv_timeout(DEADLINE).unwrap();
    assert_eq!(job.poll(), Some(JobOutcome::Died(Died("at 7".into()))));
    let (job, _woken) = started(|_| -> Result<(), _> { panic!("plain") });
    assert_eq!(job.join(), Some(JobOutcome::Died(Died("plain".into()))));
}

#[test]
fn a_panic_without_a_message_is_reported_too() {
    let (job, _woken) = started(|_| -> Result<(), _> { std::panic::panic_any(7_u8) });
    assert!(matches!(job.join(), Some(JobOutcome::Died(Died(text))) if !text.is_empty()));
}

#[test]
fn a_panic_of_what_wakes_does_not_hide_the_outcome() {
    let work = |_: &Running| Ok::<_, String>(7);
    let job = Job::start("test", || panic!("asleep"), work).unwrap();
    assert_eq!(job.join(), Some(JobOutcome::Done(7)));
    // A panic of `wake` inside the work is a panic of the work.
    let work = |running: &Running| -> Result<(), String> {
        running.wake();
        Ok(())
    };
    let job = Job::start("test", || panic!("asleep"), work).unwrap();
    assert_eq!(job.join(), Some(JobOutcome::Died(Died("asleep".into()))));
}

#[test]
fn the_thread_has_the_name_of_the_job() {
    let name = |_: &Running| Ok::<_, String>(std::thread::current().name().map(str::to_owned));
    let job = Job::start("resolve h", || {}, name).unwrap();
    assert_eq!(job.join(), Some(JobOutcome::Done(Some("resolve h".into()))));
}

#[test]
fn a_cancelled_job_ends_also_where_it_is_dropped() {
    let until_cancelled = |ended: crossbeam_channel::Sender<()>| {
        move |running: &Running| {
            while !running.is_cancelled() {
                std::thread::yield_now();
            }
            assert!(!running.commit());
            ended.send(()).unwrap();
            Ok::<(), String>(())
        }
    };
    let (sender, ended) = crossbeam_channel::unbounded();
    let (job, _woken) = started(until_cancelled(sender.clone()));
    assert!(job.cancel());
    assert_eq!(job.wait(DEADLINE), Some(JobOutcome::Done(())));
    let (job, _woken) = started(until_cancelled(sender));
    drop(job);
    for _ in 0..2 {
        ended.recv_timeout(DEADLINE).unwrap();
    }
}

#[test]
fn either_it_is_cancelled_or_it_commits() {
    for _ in 0..200 {
        let (job, _woken) = started(|running| Ok(running.commit()));
        let cancelled = job.cancel();
        assert_eq!(job.join(), Some(JobOutcome::Done(!cancelled)));
    }
}

#[test]
fn progress_is_added_up() {
    let (job, woken) = started(|running| {
        (1..=4).for_each(|steps| running.advance(steps));
        Ok(())
    });
    woken.recv_timeout(DEADLINE).unwrap();
    assert_eq!(job.progress(), 10);
}

#[test]
fn a_panic_passes_through_an_error_of_the_system() {
    let error = io::Error::from(Died("why".into()));
    assert_eq!(Died::of(&error), Some(&Died("why".into())));
    assert_eq!(Died::of(&io::ErrorKind::NotFound.into()), None);
    assert_eq!(Died::of(&io::Error::other("another")), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_message_of_a_panic_is_kept_whole(text in ".*") {
        let expected = Died(text.clone());
        prop_assert_eq!(caught::<()>(move || panic!("{text}")), Err(expected));
    }
}
