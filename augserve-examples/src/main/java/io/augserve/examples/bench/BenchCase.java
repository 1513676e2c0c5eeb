package io.augserve.examples.bench;

import java.util.Random;

/**
 * What is served: so many requests at once, each with a prompt and an output of a fixed length. No two prompts are alike, so that a
 * cache that recognises prefixes cannot spare their work.
 *
 * @param batch requests at once; at least 1
 * @param prompt tokens of a prompt; at least 1
 * @param output tokens that every request samples while all of them do; at least 1
 * @param stepTokens tokens of an engine's step at most
 */
record BenchCase(int batch, int prompt, int output, int stepTokens) {
    /** Tokens that a request samples in all: the first ones sample already while the prompts of the last ones are computed. */
    int sampled() {
        long prompts = (long) batch * prompt;
        int perStep = Math.max(1, stepTokens - batch);
        return (int) Math.min(Integer.MAX_VALUE / 2, output + (prompts + perStep - 1) / perStep + 2);
    }

    /** Tokens of a request in the end, prompt and output together. */
    long context() {
        return (long) prompt + sampled();
    }

    /** Tokens that a KV cache must have room for, with blocks of so many. */
    long cacheTokens(int blockSize) {
        return batch * ((context() + blockSize - 1) / blockSize * blockSize);
    }

    /** Where every request stands when half of the output is there. */
    int middle() {
        return prompt + output / 2;
    }

    /** The tokens of a prompt; another one for every request of every round. */
    int[] promptOf(int request, int round, int vocabularySize) {
        return new Random(31L * (31L * (31L * batch + prompt) + round) + request).ints(prompt, 0, vocabularySize)
                .toArray();
    }
}
