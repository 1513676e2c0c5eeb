package io.augserve.schedule;

import io.augserve.engine.KvCache;
import io.augserve.predict.CostModel;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Continuum's time to live (arXiv 2511.02230): a paused context is kept for the time tau that maximises
 *
 * <pre>
 * P(d &lt;= tau) * benefit - cost(tau)        d the duration of the tool, by the latest {@value ObservedDurations#WINDOW} that were observed of it
 * benefit   = f(C) + q                       seconds that this program is spared
 * cost(tau) = C / M * E[min(d, tau)] * n     seconds that the n others are held up
 * </pre>
 *
 * over the observed durations and 0. C is the context and M the cache, in tokens; f(C) the forward pass that computes C once more, which
 * is more than the truth where the cache still has a part of it; q the running mean of how long programs that had lost their KV waited
 * for their turn after a return: the place in the queue that goes with the KV. Source are the form, the candidates and that q belongs in
 * the benefit. This project's is how memory becomes time: while the share C / M of the cache lies idle, each of the n programs that run or
 * wait at the pause loses that share of the time. So are the window and the weight of the newest wait, at least 1 in
 * {@value #MEAN_WINDOW}. The price is charged though nobody may lack the memory: what is given up then stays in the cache anyway.
 *
 * <p>A pause with several tools counts as one tool of its own, since the slowest ends it. Of a tool never seen, the durations of all
 * tools together are assumed; before there is any, nothing is kept.
 */
final class ToolTimeToLive implements Retention {
    /** Tools remembered, those used last. */
    private static final int TOOLS = 1_000;
    private static final int MEAN_WINDOW = 100;

    private final CostModel costs;
    private final ObservedDurations all = new ObservedDurations();
    private final Map<String, ObservedDurations> byTool = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ObservedDurations> eldest) {
            return size() > TOOLS;
        }
    };
    /** By program, like those that were displaced. */
    private final Map<Long, Pause> out = new HashMap<>();
    /** Since when programs wait that returned and had lost their KV. */
    private final Map<Long, Long> displaced = new HashMap<>();
    private double meanWait;
    private int waits;

    private record Pause(String tool, long since) {}

    ToolTimeToLive(CostModel costs) {
        this.costs = costs;
    }

    @Override
    public void paused(RequestView request, long now) {
        out.put(request.program(), new Pause(String.join("+", new TreeSet<>(request.toolsOut())), now));
    }

    @Override
    public void returned(RequestView request, long now) {
        Pause pause = out.remove(request.program());
        if (pause != null) {
            double seconds = (now - pause.since()) / 1e9;
            byTool.computeIfAbsent(pause.tool(), tool -> new ObservedDurations()).add(seconds);
            all.add(seconds);
        }
        if (request.computedTokens() == 0) {
            displaced.put(request.program(), now);
        }
    }

    @Override
    public void runs(RequestView request, long now) {
        Long since = displaced.remove(request.program());
        if (since != null) {
            waits = Math.min(waits + 1, MEAN_WINDOW);
            meanWait += ((now - since) / 1e9 - meanWait) / waits;
        }
    }

    @Override
    public void left(RequestView request) {
        out.remove(request.program());
        displaced.remove(request.program());
    }

    @Override
    public long nanos(RequestView request, SchedulerView view) {
        Pause pause = out.get(request.program());
        ObservedDurations durations = pause == null ? all : byTool.getOrDefault(pause.tool(), all);
        KvCache kv = view.kvCache();
        double context = request.computedTokens();
        double share = context / ((double) kv.capacity() * kv.blockSize());
        int others = view.running().size() + view.waiting().size();
        double seconds = durations.timeToLive(costs.forward(context) + meanWait, share * others);
        return Math.round(seconds * 1e9);
    }
}
