package io.augserve.examples.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import io.augserve.observe.KvPlace;
import io.augserve.observe.ObservedRequest;
import io.augserve.observe.Phase;
import io.augserve.observe.ServerEvent;
import io.augserve.request.FinishReason;
import io.augserve.request.ServiceLevel;
import io.augserve.request.Timing;
import io.augserve.request.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which requests are drawn, and where. */
class LiveLanesTest {
    private final LiveLanes lanes = new LiveLanes();

    private static ObservedRequest request(long id) {
        return new ObservedRequest(id, "r" + id, "", 0, 1, 1, ServiceLevel.DEFAULT, 0);
    }

    private void admit(long id) {
        lanes.observe(new ServerEvent.RequestAdmitted(0, request(id)), id);
    }

    private void change(long id, Phase to) {
        lanes.observe(new ServerEvent.PhaseChanged(0, request(id), Phase.QUEUED, to, KvPlace.DEVICE), 100 + id);
    }

    private void finish(long id) {
        Duration zero = Duration.ZERO;
        lanes.observe(new ServerEvent.RequestFinished(0, request(id), FinishReason.STOP,
                new Timing(zero, zero, zero, zero, zero), new Usage(1, 1, 0, 0, 0, 0, 0, 0), true, Optional.empty()),
                0);
    }

    /** Lane, request and phase of each change. */
    private List<String> changes(long since) {
        JsonArray all = lanes.since(since, 1_000);
        return all.asList().stream().map(JsonElement::getAsJsonArray)
                .map(each -> each.get(1).getAsInt() + each.get(2).getAsString() + each.get(3).getAsString()).toList();
    }

    @Test
    void aLaneIsAnotherOnesAfterTheEnd() {
        admit(1);
        admit(2);
        change(1, Phase.FINISHED);
        finish(1);
        admit(3);
        assertThat(changes(0)).containsExactly("0r1QUEUED", "1r2QUEUED", "0r1FINISHED", "0r3QUEUED");
        assertThat(lanes.inHouse()).isEqualTo(2);
    }

    @Test
    void whoComesWhenAllAreTakenIsCountedAndNotDrawn() {
        for (int i = 1; i <= LiveLanes.LANES + 1; i++) {
            admit(i);
        }
        change(LiveLanes.LANES + 1, Phase.DECODE);
        assertThat(changes(0)).hasSize(LiveLanes.LANES);
        assertThat(lanes.inHouse()).isEqualTo(LiveLanes.LANES + 1);
    }

    @Test
    void aParkedTurnKeepsItsLaneUntilAnotherOneNeedsIt() {
        for (int i = 1; i <= LiveLanes.LANES; i++) {
            admit(i);
        }
        for (int i = 5; i <= 6; i++) {
            change(i, Phase.TOOL);
            finish(i);
        }
        long before = lanes.latest();
        admit(100);
        assertThat(changes(before)).containsExactly("4r5FINISHED", "4r100QUEUED");
        // Its end comes later and is nobody's.
        change(5, Phase.FINISHED);
        change(6, Phase.FINISHED);
        assertThat(changes(before)).endsWith("5r6FINISHED").hasSize(3);
        assertThat(lanes.inHouse()).isEqualTo(LiveLanes.LANES - 1);
    }

    @Test
    void onlyTheLatestChangesAreTold() {
        admit(1);
        for (int i = 0; i < 10_000; i++) {
            change(1, i % 2 == 0 ? Phase.DECODE : Phase.TOOL);
        }
        assertThat(changes(0)).hasSize(1_000).endsWith("0r1TOOL");
        assertThat(changes(lanes.latest() - 3)).hasSize(3);
    }
}
