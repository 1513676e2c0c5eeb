package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BestEffortLaneTest {
    private final BestEffortLane lane = new BestEffortLane(0.1);

    private static Candidate candidate(long id, int outputs) {
        Asked request = new Asked(id, 10, 0);
        request.outputs = outputs;
        return new Candidate(request);
    }

    @Test
    void ofThreeThatBeginOneHasHadATokenBefore() {
        for (int i = 0; i < 4; i++) {
            lane.add(candidate(i, 0));
            lane.add(candidate(10 + i, 5));
        }
        List<Long> order = new ArrayList<>();
        while (lane.next().isPresent()) {
            order.add(lane.next().get().id());
            lane.begins(lane.next().get());
        }
        assertThat(order).containsExactly(0L, 1L, 10L, 2L, 3L, 11L, 12L, 13L);
        assertThat(lane.isEmpty()).isTrue();
    }

    @Test
    void earnsItsShareAndOwesASecondAtMost() {
        assertThat(lane.hasCredit()).isFalse();
        lane.earn(1);
        lane.spend(0.09);
        assertThat(lane.hasCredit()).isTrue();
        lane.spend(0.02);
        assertThat(lane.hasCredit()).isFalse();
        lane.spend(1_000);
        lane.earn(10.1);
        assertThat(lane.hasCredit()).isTrue();
    }

    @Test
    void aTurnIsShortForTheFirstTokens() {
        Asked request = new Asked(1, 10, 0);
        Candidate candidate = new Candidate(request);
        request.outputs = 7;
        assertThat(BestEffortLane.hadItsTurn(candidate)).isFalse();
        request.outputs = 8;
        assertThat(BestEffortLane.hadItsTurn(candidate)).isTrue();
        candidate.visitedAt = 8;
        request.outputs = 135;
        assertThat(BestEffortLane.hadItsTurn(candidate)).isFalse();
        request.outputs = 136;
        assertThat(BestEffortLane.hadItsTurn(candidate)).isTrue();
    }

    @Test
    void rejectsAShareThatIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BestEffortLane(0)).withMessageContaining("(0, 1)");
        assertThatIllegalArgumentException().isThrownBy(() -> new BestEffortLane(1));
    }
}
