package io.augserve.schedule;

/** Decides how many tokens a step may carry. Called before every plan. */
@FunctionalInterface
public interface BatchPolicy {
    /**
     * The budget of the next step.
     *
     * @param view the requests and blocks; its own budget is the engine's limit
     * @return at least 1; the loop clips it to the engine's limit
     */
    int tokenBudget(SchedulerView view);

    /**
     * The same budget for every step, as vLLM's {@code max_num_batched_tokens}.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    static BatchPolicy fixed(int tokens) {
        if (tokens < 1) {
            throw new IllegalArgumentException("tokens: expected >= 1, got " + tokens);
        }
        return view -> tokens;
    }

    /**
     * As many tokens as free KV has room for, within a band: AugServe's dynamic budget {@code T = (free + reclaimable) / mu}, clipped,
     * with mu the memory of a token (arXiv 2512.04013). Contexts that are swapped or discarded are released when that is decided, so
     * what is reclaimable is free already. The band keeps the budget from oscillating.
     *
     * @param low at least 1
     * @param high at least {@code low}
     * @throws IllegalArgumentException if a bound is smaller
     */
    static BatchPolicy adaptive(int low, int high) {
        if (low < 1 || high < low) {
            throw new IllegalArgumentException("expected 1 <= low <= high, got " + low + " and " + high);
        }
        return view -> {
            long room = (long) view.kvCache().free() * view.kvCache().blockSize();
            return Math.clamp(room, low, high);
        };
    }
}
