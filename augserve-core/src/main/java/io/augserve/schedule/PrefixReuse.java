package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What the waiting requests of one plan can take from the cache instead of computing it, and which of them should wait for more of it.
 *
 * <p>A request whose next block of tokens is about to be computed by another one is better off a step or a few later, when that block can
 * be reused: so of many requests with a common beginning that arrive together one computes it, and the others begin behind it. Nobody
 * waits for long or for nothing: a request waits only for one that the same plan grants tokens, and no longer than until that one is past
 * the block.
 */
interface PrefixReuse {
    /** Everything that was given up is computed once more. */
    Function<KvCache, PrefixReuse> NONE = kv -> new PrefixReuse() {
        @Override
        public int reused(RequestView waiting) {
            return 0;
        }

        @Override
        public boolean comesSoon(RequestView waiting, int reused) {
            return false;
        }

        @Override
        public void computes(RequestView request, int from) {}
    };

    /** Whatever a cache has is taken from it. */
    Function<KvCache, PrefixReuse> CACHED = Cached::new;

    /** Tokens of a waiting request that it begins after. */
    int reused(RequestView waiting);

    /** Whether a request of the plan computes the block that the waiting one would begin with. */
    boolean comesSoon(RequestView waiting, int reused);

    /** The plan grants a request tokens, from this position on. */
    void computes(RequestView request, int from);

    /** Asks the cache. */
    final class Cached implements PrefixReuse {
        private final KvCache kv;
        /** Requests of the plan that have a full block to compute, and where they begin. */
        private final List<RequestView> filling = new ArrayList<>();
        private final List<Integer> starts = new ArrayList<>();

        private Cached(KvCache kv) {
            this.kv = kv;
        }

        @Override
        public int reused(RequestView waiting) {
            return waiting.reusableTokens();
        }

        @Override
        public boolean comesSoon(RequestView waiting, int reused) {
            int blocks = reused / kv.blockSize() + 1;
            int end = blocks * kv.blockSize();
            if (filling.isEmpty() || waiting.computedTokens() > 0 || end >= waiting.knownTokens()) {
                return false;
            }
            for (int i = 0; i < filling.size(); i++) {
                RequestView other = filling.get(i);
                if (starts.get(i) < end && kv.beginAlike(waiting.id(), other.id(), blocks)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void computes(RequestView request, int from) {
            if (request.knownTokens() / kv.blockSize() > from / kv.blockSize()) {
                filling.add(request);
                starts.add(from);
            }
        }
    }
}
