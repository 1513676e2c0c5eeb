package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import io.augserve.predict.CostModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoliciesTest {
    private static final Policies.Machine MACHINE = new Policies.Machine(2_048, new CostModel(0.01, 1e-4, 1e-6));

    @Test
    void everyNameHasAPolicyThatKnowsIt() {
        assertThat(Policies.names()).doesNotContainAnyElementsOf(Policies.ablations());
        for (List<String> names : List.of(Policies.names(), Policies.ablations())) {
            assertThat(names).allSatisfy(name -> {
                assertThat(Policies.exists(name)).isTrue();
                assertThat(Policies.create(name, MACHINE)).map(Policy::name).contains(name);
            });
        }
        assertThat(Policies.exists("nothing")).isFalse();
        assertThat(Policies.create("nothing", MACHINE)).isEmpty();
    }

    @Test
    void ablationsTakeOneOfTheTwoPartsOfAugserve() {
        // Room for 1,600 tokens: infercept takes 384 whatever is free, augserve all of them.
        assertThat(List.of("infercept", "augserve-order", "augserve-budget", "augserve").stream()
                .map(PoliciesTest::budget)).containsExactly(384, 384, 1_600, 1_600);
    }

    private static int budget(String policy) {
        TestView view = new TestView(2_048, 8, new BlockLedger(16, 100), List.of(), List.of(), List.of());
        return Policies.create(policy, MACHINE).orElseThrow().batchPolicy().tokenBudget(view);
    }
}
