package io.augserve.schedule;

import io.augserve.engine.KvCache;
import io.augserve.schedule.WaitingRanks.Ranked;
import java.util.function.LongToIntFunction;

/**
 * Waiting requests that hold blocks, because they returned with their KV or are on their way back from host memory. They keep them until a
 * plan needs the blocks for somebody else; then the least valuable lets go first.
 */
final class Holders {
    /** Holders that one plan looks at: it finds them in one pass, however many requests it makes room for. */
    private static final int LOOKED_AT = 32;

    private final WaitingRanks ranks = new WaitingRanks();
    private final Eviction eviction;

    Holders(Eviction eviction) {
        this.eviction = eviction;
    }

    /** It holds blocks, or has other ones or another value than before. */
    void put(RequestView request, double level, double rate) {
        ranks.remove(request);
        ranks.add(request, level, rate);
    }

    /** Does nothing if it is none of them. */
    void remove(RequestView request) {
        ranks.remove(request);
    }

    boolean contains(RequestView request) {
        return ranks.contains(request);
    }

    /** What one plan can take. */
    final class Reclaim {
        private final SchedulerView view;
        private final PlanDraft draft;
        private final KvCache kv;
        private Ranked[] worst = {};
        /** The one to look at next; negative before the first look. */
        private int next = -1;

        Reclaim(SchedulerView view, PlanDraft draft) {
            this.view = view;
            this.draft = draft;
            this.kv = view.kvCache();
        }

        /** Evicts the least valuable holder if it is worth less than another request; false if there is none. */
        boolean one(Ranked taker) {
            return take(taker, 1, kv::held);
        }

        /** Evicts holders that are worth less than another request until so many blocks more are free, or nobody if that is too many. */
        boolean enough(Ranked taker, int missing) {
            return take(taker, missing, kv::exclusive);
        }

        /** What holders share with others does not become free by their giving it up. */
        private boolean take(Ranked taker, int missing, LongToIntFunction blocks) {
            look();
            int freed = 0;
            int end = next;
            while (freed < missing) {
                if (end == worst.length || worst[end].compareTo(taker) <= 0) {
                    return false;
                }
                freed += left(worst[end++].request(), blocks);
            }
            while (next < end) {
                RequestView holder = worst[next++].request();
                if (left(holder, blocks) > 0) {
                    ranks.remove(holder);
                    eviction.evict(holder, view, draft);
                }
            }
            return true;
        }

        private int left(RequestView holder, LongToIntFunction blocks) {
            return draft.isTouched(holder) ? 0 : blocks.applyAsInt(holder.id());
        }

        private void look() {
            if (next < 0) {
                next = 0;
                worst = ranks.worst(view.nowNanos() / 1e9, LOOKED_AT);
                for (Ranked each : worst) {
                    // All its blocks are in host memory.
                    if (kv.held(each.request().id()) == 0) {
                        ranks.remove(each.request());
                    }
                }
            }
        }
    }
}
