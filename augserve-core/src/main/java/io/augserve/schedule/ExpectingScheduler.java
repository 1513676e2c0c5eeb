package io.augserve.schedule;

/** Another scheduler's plans, and what they leave in the cache kept by when it is used again: {@link NextUses}. */
final class ExpectingScheduler implements Scheduler {
    private final Scheduler scheduler;
    private final NextUses nextUses = new NextUses(request -> 0);

    ExpectingScheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        return nextUses.weigh(scheduler.plan(view), view);
    }

    @Override
    public void arrived(RequestView request, long now) {
        nextUses.waits(request);
        scheduler.arrived(request, now);
    }

    @Override
    public void paused(RequestView request, long now) {
        nextUses.paused(request, now);
        scheduler.paused(request, now);
    }

    @Override
    public void returned(RequestView request, long now) {
        nextUses.waits(request);
        scheduler.returned(request, now);
    }

    @Override
    public void preempted(RequestView request, long now) {
        nextUses.waits(request);
        scheduler.preempted(request, now);
    }

    @Override
    public void continued(RequestView parked, RequestView request, long now) {
        nextUses.ended(parked);
        nextUses.waits(request);
        scheduler.continued(parked, request, now);
    }

    @Override
    public void ended(RequestView request, long now) {
        nextUses.ended(request);
        scheduler.ended(request, now);
    }
}
