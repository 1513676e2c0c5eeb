package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import io.augserve.observe.ServerObserver;
import io.augserve.request.OutputConstraint;
import io.augserve.request.SamplingOptions;
import io.augserve.request.ServiceLevel;
import io.augserve.schedule.RequestState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The queues against plain lists. */
class RequestQueuesProperties {
    private RequestQueues queues = empty();
    private final Map<RequestState, List<ServingRequest>> model = new EnumMap<>(RequestState.class);
    private final List<ServingRequest> live = new ArrayList<>();
    private long arrived;

    private static RequestQueues empty() {
        return new RequestQueues(new Observation(ServerObserver.none(), new BlockLedger(4, 8)));
    }

    @Property(tries = 200)
    void queuesKeepTheOrderOfLists(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        queues = empty();
        live.clear();
        for (RequestState state : RequestState.values()) {
            model.put(state, new ArrayList<>());
        }
        for (int i = 0; i < 200; i++) {
            if (live.isEmpty() || random.nextInt(3) == 0) {
                arrive();
            } else {
                ServingRequest request = live.get(random.nextInt(live.size()));
                if (request.state() == RequestState.RUNNING && random.nextBoolean()) {
                    moveToHead(request);
                } else {
                    move(request, RequestState.values()[random.nextInt(RequestState.values().length)]);
                }
            }
            assertThat(queues.running()).isEqualTo(model.get(RequestState.RUNNING));
            assertThat(queues.waiting()).containsExactlyElementsOf(model.get(RequestState.WAITING));
            assertThat(queues.paused()).containsExactlyElementsOf(model.get(RequestState.PAUSED));
            assertThat(queues.all()).isEqualTo(live);
            assertThat(queues.size()).isEqualTo(live.size());
            assertThat(queues.runnable()).isEqualTo(queues.running().size() + queues.waiting().size());
        }
    }

    private void arrive() {
        ServingRequest request = new ServingRequest(
                new ServingRequest.Admitted(arrived, "request-" + arrived, new KnownTokens(new int[]{1}), List.of(),
                        List.of(), OutputConstraint.NONE,
                        SamplingOptions.greedy(), 0, ServiceLevel.DEFAULT, 0, "", Optional.empty(), 16, 0),
                new GenerationHandle("request-" + arrived, Runnable::run, 1, () -> {}, () -> {}),
                new Turn(Optional.empty(), List.of()), new BlockLedger(16, 1));
        arrived++;
        queues.add(request);
        live.add(request);
        model.get(RequestState.WAITING).add(request);
    }

    private void move(ServingRequest request, RequestState next) {
        model.get(request.state()).remove(request);
        queues.move(request, next, 0);
        if (next == RequestState.FINISHED) {
            live.remove(request);
            assertThat(queues.find(request.id())).isNull();
        } else {
            model.get(next).add(request);
            assertThat(queues.find(request.id())).isSameAs(request);
        }
        assertThat(request.state()).isEqualTo(next);
    }

    private void moveToHead(ServingRequest request) {
        model.get(RequestState.RUNNING).remove(request);
        queues.moveToHead(request, 0);
        model.get(RequestState.WAITING).addFirst(request);
        assertThat(request.state()).isEqualTo(RequestState.WAITING);
    }
}
