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
}
