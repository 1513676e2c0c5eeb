package io.augserve.serving;

import io.augserve.schedule.RequestState;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import java.util.function.Consumer;

/** Looks at every plan: as long as a parked turn keeps all its memory, nobody is made to stop running for want of memory. */
final class ParkedFirst implements Scheduler {
    private final Scheduler scheduler;
    private final Consumer<String> violation;

    ParkedFirst(Scheduler scheduler, Consumer<String> violation) {
        this.scheduler = scheduler;
        this.violation = violation;
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        StepPlan plan = scheduler.plan(view);
        // Where the places do not suffice for all, somebody may have had to stop for that.
        long newcomers = plan.grants().stream().filter(grant -> grant.request().state() == RequestState.WAITING)
                .count();
        boolean stops = view.running().size() + newcomers <= view.maxRunning() && !plan.preempted().isEmpty();
        if (stops) {
            for (RequestView paused : view.paused()) {
                if (paused.parked() && view.kvCache().held(paused.id()) > 0 && !losesMemory(paused, plan)) {
                    violation.accept(plan.preempted() + " must stop, and " + paused + " keeps its memory");
                }
            }
        }
        return plan;
    }

    private static boolean losesMemory(RequestView request, StepPlan plan) {
        return plan.discarded().contains(request)
                || plan.swapOuts().stream().anyMatch(swap -> swap.request() == request);
    }

    @Override
    public void arrived(RequestView request, long now) {
        scheduler.arrived(request, now);
    }

    @Override
    public void paused(RequestView request, long now) {
        scheduler.paused(request, now);
    }

    @Override
    public void returned(RequestView request, long now) {
        scheduler.returned(request, now);
    }

    @Override
    public void continued(RequestView parked, RequestView request, long now) {
        scheduler.continued(parked, request, now);
    }

    @Override
    public void preempted(RequestView request, long now) {
        scheduler.preempted(request, now);
    }

    @Override
    public void ended(RequestView request, long now) {
        scheduler.ended(request, now);
    }
}
