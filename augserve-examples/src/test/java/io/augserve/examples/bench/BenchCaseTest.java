package io.augserve.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BenchCaseTest {
    @Test
    void theFirstRequestsGoOnUntilTheLastHaveDecoded() {
        // 16 prompts of 256 tokens take 9 steps of 512 - 16 tokens, and two are to spare.
        BenchCase given = new BenchCase(16, 256, 64, 512);
        assertThat(given.sampled()).isEqualTo(64 + 9 + 2);
        assertThat(given.context()).isEqualTo(256 + 75);
        // 331 tokens are 21 blocks.
        assertThat(given.cacheTokens(16)).isEqualTo(16 * 21 * 16);
        assertThat(given.middle()).isEqualTo(256 + 32);
    }

    @Test
    void noTwoPromptsAreAlike() {
        BenchCase given = new BenchCase(2, 8, 1, 512);
        assertThat(given.promptOf(0, 0, 1000)).hasSize(8).isEqualTo(given.promptOf(0, 0, 1000));
        assertThat(Arrays.equals(given.promptOf(0, 0, 1000), given.promptOf(1, 0, 1000))).isFalse();
        assertThat(Arrays.equals(given.promptOf(0, 0, 1000), given.promptOf(0, 1, 1000))).isFalse();
    }
}
