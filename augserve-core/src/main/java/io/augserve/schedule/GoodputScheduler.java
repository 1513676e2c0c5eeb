package io.augserve.schedule;

import io.augserve.engine.KvCache;
import io.augserve.predict.CostModel;
import io.augserve.predict.SegmentEstimate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Experimental. */
final class GoodputScheduler implements Scheduler {
    static final double SHARE = Double.parseDouble(System.getProperty("g.share", "0.02"));
    static final int QUANTUM0 = Integer.getInteger("g.q0", 8);
    static final int QUANTUM = Integer.getInteger("g.q", 128);
    static final double HYST = Double.parseDouble(System.getProperty("g.hyst", "1.5"));
    static final double LATERW = Double.parseDouble(System.getProperty("g.later", "1"));
    static final double MARGIN = Double.parseDouble(System.getProperty("g.margin", "1"));
    static final double SWAPS = Double.parseDouble(System.getProperty("g.swaps", "1"));
    static final double HOSTF = Double.parseDouble(System.getProperty("g.hostf", "0.3"));
    static final int PREFILL = Integer.getInteger("g.prefill", 2048);
    static final int KEY = Integer.getInteger("g.key", 0);
    static final double HEAD = Double.parseDouble(System.getProperty("g.head", "0.02"));
    private static final int LOOKED_AT = 128;

    private final CostModel costs;
    private final WaitingRanks onTime = new WaitingRanks();
    private final PriorityQueue<Ticket> expiries = new PriorityQueue<>(Comparator.comparingLong(t -> t.latestStart));
    private final Map<Long, Ticket> waiting = new HashMap<>();
    private final ArrayDeque<Ticket> lateNew = new ArrayDeque<>();
    private final ArrayDeque<Ticket> lateOld = new ArrayDeque<>();
    private final Map<Long, RequestView> preserved = new LinkedHashMap<>();
    private final Map<Long, RequestView> holders = new LinkedHashMap<>();
    private final Map<Long, Integer> visitStart = new HashMap<>();
    private double iteration;
    private long lastPlan;
    private boolean lastGranted;
    private double kvTokens = 1;
    private double slots = 1;
    static final boolean DEBUG = Boolean.getBoolean("g.debug");
    public static final Map<String, double[]> DBG = new java.util.TreeMap<>();
    static final double MINPAUSE = Double.parseDouble(System.getProperty("g.minpause", "1"));
    private final Map<Long, RequestView> pausedAll = new LinkedHashMap<>();
    static final int SHORT = Integer.getInteger("g.short", 0);
    private int pick;
    private final PriorityQueue<Ticket> lateShort = new PriorityQueue<>(Comparator.comparingInt(t -> t.request.uncomputedTokens()));
    static final double STARTED = Double.parseDouble(System.getProperty("g.started", "1"));
    static final double SLACK = Double.parseDouble(System.getProperty("g.slack", "1"));
    static final long SLACKT = (long) (1e9 * Double.parseDouble(System.getProperty("g.slackt", "5")));
    private long nowNanos;
    private boolean turn;
    private final ArrayDeque<RequestView> lateHosted = new ArrayDeque<>();
    private double credit;

    static final class Ticket {
        final RequestView request;
        double demand;
        long latestStart;
        boolean late;
        boolean gone;
        int first;

        Ticket(RequestView request) {
            this.request = request;
        }
    }

    GoodputScheduler(CostModel costs) {
        this.costs = costs;
        this.iteration = costs.forward(32);
    }

    @Override
    public void arrived(RequestView request, long now) {
        waits(request, now);
    }

    @Override
    public void paused(RequestView request, long now) {
        preserved.put(request.id(), request);
        pausedAll.put(request.id(), request);
        visitStart.remove(request.id());
    }

    @Override
    public void returned(RequestView request, long now) {
        preserved.remove(request.id());
        pausedAll.remove(request.id());
        holders.put(request.id(), request);
        waits(request, now);
    }

    @Override
    public void preempted(RequestView request, long now) {
        visitStart.remove(request.id());
        holders.put(request.id(), request);
        waits(request, now);
    }

    @Override
    public void ended(RequestView request, long now) {
        preserved.remove(request.id());
        pausedAll.remove(request.id());
        visitStart.remove(request.id());
        started(request);
    }

    private void started(RequestView request) {
        Ticket ticket = waiting.remove(request.id());
        if (ticket != null) {
            ticket.gone = true;
            if (!ticket.late) {
                onTime.remove(request);
            }
        }
        holders.remove(request.id());
    }

    private void waits(RequestView request, long now) {
        Ticket ticket = new Ticket(request);
        assess(ticket);
        if (DEBUG && request.outputTokens() == 0 && request.computedTokens() == 0) {
            double[] d = DBG.computeIfAbsent(request.kind(), k -> new double[6]);
            d[0]++;
            d[1] += ticket.demand;
            d[2] += request.estimate().outputTokens();
            d[3] += request.estimate().later().outputTokens();
            d[4] += request.estimate().later().returnedTokens();
            d[5] += (ticket.latestStart - now) / 1e9;
        }
        waiting.put(request.id(), ticket);
        if (ticket.latestStart < now) {
            late(ticket);
        } else {
            onTime.add(request, -ticket.demand, 0);
            expiries.add(ticket);
        }
    }

    private void late(Ticket ticket) {
        ticket.late = true;
        lateHosted.add(ticket.request);
        if (ticket.request.outputTokens() == 0) {
            lateShort.add(ticket);
        }
        (ticket.request.outputTokens() == 0 ? lateNew : lateOld).add(ticket);
    }

    /** Machine-seconds still needed, and latest start. */
    private void assess(Ticket t) {
        RequestView r = t.request;
        SegmentEstimate e = r.estimate();
        double computed = r.computedTokens();
        double prefill = Math.max(1, r.uncomputedTokens());
        double out = e.remainingOutput(r.segmentOutputTokens());
        double laterOut = LATERW * e.later().outputTokens();
        double laterIn = LATERW * (e.later().returnedTokens() + (laterOut > 0 ? e.returnedTokens() : 0));
        double ctx = computed + prefill;
        double end = ctx + out;
        double demand = costs.secondsPerToken() * (prefill + laterIn)
                + iteration * (out * share(ctx + out / 2) + laterOut * share(end + (laterOut + laterIn) / 2));
        t.demand = demand;
        if (KEY == 1) {
            t.demand = costs.secondsPerToken() * prefill + iteration * out * share(ctx + out / 2);
        }
        if (r.outputTokens() > 0) {
            t.demand *= STARTED;
        }
        double prefillSeconds = iteration * Math.ceil(prefill / 512) + costs.secondsPerToken() * prefill;
        long need = Math.round(1e9 * MARGIN * (prefillSeconds + out * iteration));
        double outputs = r.outputTokens() + out;
        long deadline = r.arrivalNanos() + r.toolNanos()
                + Math.round(outputs * r.serviceLevel().normalizedLatency().toNanos());
        t.latestStart = deadline - need;
        if (r.outputTokens() == 0) {
            long first = r.arrivalNanos() + r.serviceLevel().timeToFirstToken().toNanos()
                    - Math.round(1e9 * MARGIN * prefillSeconds);
            t.latestStart = Math.min(t.latestStart, first);
        }
        if (SLACK != 1 && t.latestStart - nowNanos > SLACKT) {
            t.demand *= SLACK;
        }
    }

    private double share(double context) {
        return Math.max(context / kvTokens, 1 / slots);
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        KvCache kv = view.kvCache();
        kvTokens = (double) kv.capacity() * kv.blockSize();
        slots = view.maxRunning();
        long now = view.nowNanos();
        nowNanos = now;
        if (lastGranted && now > lastPlan) {
            double it = Math.min((now - lastPlan) / 1e9, 4 * iteration);
            iteration += (it - iteration) / 50;
            credit = Math.min(credit + SHARE * it, 1);
        }
        lastPlan = now;
        while (!expiries.isEmpty() && (expiries.peek().gone || expiries.peek().latestStart < now)) {
            Ticket t = expiries.poll();
            if (!t.gone) {
                onTime.remove(t.request);
                late(t);
            }
        }
        StepPlan plan = new Pass(view).plan();
        lastGranted = !plan.grants().isEmpty();
        return plan;
    }

    private final class Pass {
        final SchedulerView view;
        final KvCache kv;
        final PlanDraft draft;
        final List<Ticket> good = new ArrayList<>();
        final List<Ticket> late = new ArrayList<>();
        final int protectedBlocks;
        int lateBlocks;
        int victim;
        RequestView serving;
        final int copies;
        List<Ticket> goodRunningByDemand = new ArrayList<>();

        Pass(SchedulerView view) {
            this.view = view;
            this.kv = view.kvCache();
            this.draft = new PlanDraft(view);
            this.copies = (int) Math.max(1, SWAPS * costs.forward(view.running().size()) / costs.swap(kv.blockSize()));
            this.protectedBlocks = (int) (SHARE * kv.capacity());
        }

        StepPlan plan() {
            long now = view.nowNanos();
            for (RequestView r : view.running()) {
                Ticket t = new Ticket(r);
                assess(t);
                if (t.latestStart < now) {
                    t.late = true;
                    late.add(t);
                    lateBlocks += kv.held(r.id());
                } else {
                    good.add(t);
                }
            }
            good.sort(Comparator.comparingDouble(t -> t.demand));
            goodRunningByDemand = new ArrayList<>(good);
            victim = good.size();
            rotateLate();
            // guaranteed late
            for (Ticket t : late) {
                if (!draft.isTouched(t.request) && credit > 0) {
                    if (offer(t, true)) {
                        charge(t);
                    }
                }
            }
            admitLate(true);
            // on time
            WaitingRanks.Ranked[] queue = onTime.best(0, LOOKED_AT);
            List<Ticket> all = new ArrayList<>(good);
            for (WaitingRanks.Ranked each : queue) {
                Ticket t = waiting.get(each.request().id());
                all.add(t);
            }
            all.sort(Comparator.comparingDouble(t -> t.demand));
            int misses = 0;
            boolean starved = false;
            for (Ticket t : all) {
                if (draft.budget() <= 0) {
                    break;
                }
                boolean runs = t.request.state() == RequestState.RUNNING;
                if (!runs && misses > 8) {
                    continue;
                }
                if (!offer(t, runs) && !runs) {
                    misses++;
                    starved = true;
                }
            }
            // late with what is left
            for (Ticket t : late) {
                if (!draft.isTouched(t.request) && draft.budget() > 0) {
                    int tokens = Math.min(draft.tokensFor(t.request), PREFILL);
                    if (draft.neededFor(t.request, tokens) <= draft.free()) {
                        draft.grant(t.request, tokens);
                        charge(t);
                    }
                }
            }
            admitLate(starved);
            if (draft.grants.isEmpty() && !draft.preempts()) {
                force(all);
            }
            for (StepPlan.Grant g : draft.grants) {
                if (g.request().state() != RequestState.RUNNING) {
                    visitStart.put(g.request().id(), g.request().outputTokens());
                    started(g.request());
                }
            }
            return draft.plan();
        }

        void rotateLate() {
            if (lateNew.isEmpty() && lateOld.isEmpty()) {
                return;
            }
            for (Ticket t : List.copyOf(late)) {
                int begin = visitStart.getOrDefault(t.request.id(), 0);
                int quantum = begin == 0 ? QUANTUM0 : QUANTUM;
                if (t.request.outputTokens() - begin >= quantum && draft.moved < copies && draft.hostFree() > kv.hostCapacity() * HOSTF) {
                    // its turn is over; only if someone wants it
                    stop(t.request);
                    late.remove(t);
                }
            }
        }

        void makeHostRoom(int blocks) {
            while (draft.hostFree() < blocks && !lateHosted.isEmpty()) {
                RequestView r = lateHosted.pollLast();
                Ticket t = waiting.get(r.id());
                if (t != null && t.late && t.request == r && kv.hostHeld(r.id()) > 0 && !draft.isTouched(r) && r != serving) {
                    draft.discard(r);
                }
            }
        }

        void makeRoomByPaused(int blocks) {
            while (draft.hostFree() < blocks) {
                RequestView worst = null;
                double longest = MINPAUSE;
                for (RequestView p : pausedAll.values()) {
                    if (kv.hostHeld(p.id()) > 0 && !draft.isTouched(p)) {
                        double rem = p.estimate().toolSeconds() - (view.nowNanos() - p.stateSinceNanos()) / 1e9;
                        rem = rem < 0 ? -rem : rem;
                        if (rem > longest) {
                            longest = rem;
                            worst = p;
                        }
                    }
                }
                if (worst == null) {
                    return;
                }
                draft.discard(worst);
            }
        }

        void stop(RequestView r) {
            int held = kv.held(r.id());
            makeHostRoom(held);
            makeRoomByPaused(held);
            if (held > 0 && draft.hostFree() >= held) {
                draft.swapOut(r, held);
            } else {
                draft.preempt(r);
            }
        }

        void drop(RequestView r) {
            int held = kv.held(r.id());
            makeHostRoom(held);
            if (held > 0 && draft.hostFree() >= held) {
                draft.swapOut(r, held);
            } else {
                draft.discard(r);
            }
        }

        boolean offer(Ticket t, boolean runs) {
            RequestView r = t.request;
            serving = r;
            if (draft.isTouched(r)) {
                return true;
            }
            if (draft.budget() <= 0) {
                return false;
            }
            int tokens = Math.min(draft.tokensFor(r), PREFILL);
            int hosted = kv.hostHeld(r.id());
            if (hosted > 0 && draft.moved > 0 && draft.moved + hosted > copies) {
                return false;
            }
            while (!draft.hasRoomFor(r) || draft.neededFor(r, tokens) > draft.free()) {
                if (draft.moved >= copies || !takeMemory(t, runs, !draft.hasRoomFor(r))) {
                    return false;
                }
            }
            draft.grant(r, tokens);
            return true;
        }

        boolean takeMemory(Ticket mine, boolean runs, boolean slot) {
            if (!slot) {
                RequestView worst = null;
                double longest = -1;
                for (RequestView p : preserved.values()) {
                    if (!draft.isTouched(p) && kv.held(p.id()) > 0) {
                        double rem = p.estimate().toolSeconds() - (view.nowNanos() - p.stateSinceNanos()) / 1e9;
                        rem = rem < 0 ? -rem : rem;
                        if (rem > longest) {
                            longest = rem;
                            worst = p;
                        }
                    }
                }
                if (worst != null) {
                    drop(worst);
                    return true;
                }
                // holders: the late first, then those that need more
                RequestView holder = null;
                double most = mine.late ? Double.MAX_VALUE : mine.demand;
                for (RequestView h : holders.values()) {
                    if (h.id() == mine.request.id() || draft.isTouched(h) || kv.held(h.id()) == 0) {
                        continue;
                    }
                    Ticket t = waiting.get(h.id());
                    double d = t == null || t.late ? Double.MAX_VALUE : t.demand;
                    if (d > most) {
                        most = d;
                        holder = h;
                    }
                }
                if (holder != null) {
                    drop(holder);
                    return true;
                }
            }
            if (!mine.late) {
                for (int i = late.size() - 1; i >= 0; i--) {
                    RequestView l = late.get(i).request;
                    if (!draft.isTouched(l)) {
                        stop(l);
                        return true;
                    }
                }
            }
            double limit = runs ? mine.demand : mine.demand * HYST;
            if (mine.late) {
                limit = 0;
            }
            while (victim > 0) {
                Ticket v = goodRunningByDemand.get(victim - 1);
                if (v == mine || v.demand <= limit) {
                    return false;
                }
                victim--;
                if (!draft.isTouched(v.request)) {
                    stop(v.request);
                    return true;
                }
            }
            return false;
        }

        void admitLate(boolean starved) {
            int headroom = (int) (HEAD * kv.capacity());
            int tries = 0;
            int inLate = lateBlocks;
            int running = late.size();
            while (draft.budget() > 0 && tries++ < 8) {
                clean(lateNew);
                clean(lateOld);
                ArrayDeque<Ticket> from = lateNew.isEmpty() ? lateOld : lateOld.isEmpty() ? lateNew : turn ? lateOld : lateNew;
                if (from.isEmpty()) {
                    return;
                }
                Ticket t = from.peek();
                if (from == lateNew && SHORT > 0 && (pick++ % SHORT) != 0) {
                    while (!lateShort.isEmpty() && (lateShort.peek().gone)) {
                        lateShort.poll();
                    }
                    if (!lateShort.isEmpty()) {
                        t = lateShort.peek();
                    }
                }
                RequestView r = t.request;
                serving = r;
                if (draft.isTouched(r)) {
                    return;
                }
                int tokens = Math.min(draft.tokensFor(r), PREFILL);
                int needed = draft.neededFor(r, tokens);
                boolean guaranteed = credit > 0;
                if (!guaranteed && (starved || needed + headroom > draft.free())) {
                    return;
                }
                int hosted = kv.hostHeld(r.id());
                if (hosted > 0 && draft.moved > 0 && draft.moved + hosted > copies) {
                    return;
                }
                while (!draft.hasRoomFor(r) || draft.neededFor(r, tokens) > draft.free()) {
                    if (!guaranteed || !takeMemory(t, false, !draft.hasRoomFor(r))) {
                        return;
                    }
                }
                t.gone = true;
                turn = !turn;
                running++;
                inLate += needed + kv.held(r.id());
                draft.grant(r, tokens);
                charge(t);
            }
        }

        void charge(Ticket t) {
            int tokens = draft.grants.getLast().tokens();
            credit = Math.max(-1, credit - costs.secondsPerToken() * tokens - iteration * share(t.request.computedTokens() + tokens));
        }

        void clean(ArrayDeque<Ticket> queue) {
            while (!queue.isEmpty() && queue.peek().gone) {
                queue.poll();
            }
        }

        void force(List<Ticket> all) {
            clean(lateNew);
            clean(lateOld);
            Ticket first = !all.isEmpty() ? all.getFirst() : !late.isEmpty() ? late.getFirst()
                    : !lateOld.isEmpty() ? lateOld.peek() : lateNew.peek();
            if (first == null || draft.isTouched(first.request)) {
                return;
            }
            int tokens = draft.tokensFor(first.request);
            serving = first.request;
            Ticket asLate = new Ticket(first.request);
            asLate.demand = -1;
            while (draft.neededFor(first.request, tokens) > draft.free()) {
                if (!takeMemory(asLate, true, false)) {
                    return;
                }
            }
            draft.grant(first.request, tokens);
        }
    }
}
