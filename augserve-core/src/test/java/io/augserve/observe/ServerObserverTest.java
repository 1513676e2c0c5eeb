package io.augserve.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.observe.ServerEvent.OccupancyChanged;
import io.augserve.observe.ServerEvent.RequestRejected;
import io.augserve.request.RequestRejectedException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerObserverTest {
    private static final Occupancy SOME = new Occupancy(1, 2, 3, 30, 40, 10, 5, 20);

    private final List<ServerEvent> seen = new ArrayList<>();

    @Test
    void severalAreToldInTheirOrderThoughOneFails() {
        ServerObserver broken = ServerObserver.of(event -> {
            throw new AssertionError("defect");
        });
        ServerEvent event = new OccupancyChanged(1, SOME);
        ServerObserver all = ServerObserver.all(ServerObserver.of(seen::add), broken, ServerObserver.none(),
                ServerObserver.of(next -> seen.add(seen.getLast())));
        all.observe(event);
        all.observe(event);
        assertThat(seen).hasSize(4).containsOnly(event);
    }

    @Test
    void eventsComeToTheMethodOfTheirKind() {
        List<String> heard = new ArrayList<>();
        ServerObserver observer = new ServerObserver() {
            @Override
            public void rejected(RequestRejected event) {
                heard.add("rejected " + event.reason());
            }

            @Override
            public void occupancyChanged(OccupancyChanged event) {
                heard.add("usage " + event.occupancy().kvUsage());
            }
        };
        observer.observe(new OccupancyChanged(1, SOME));
        observer.observe(new RequestRejected(2, Optional.empty(), Reason.QUEUE_FULL));
        assertThat(heard).containsExactly("usage 0.75", "rejected QUEUE_FULL");
    }

    @Test
    void nobodyIsNobodyHoweverManyTimes() {
        assertThat(ServerObserver.all()).isSameAs(ServerObserver.none());
        assertThat(ServerObserver.all(ServerObserver.none(), ServerObserver.none())).isSameAs(ServerObserver.none());
        assertThat(ServerObserver.guarded(ServerObserver.none())).isSameAs(ServerObserver.none());
        assertThat(ServerObserver.none().watchesTokens()).isFalse();
    }

    @Test
    void tokensAreWatchedIfOneWatchesThem() {
        ServerObserver steps = new ServerObserver() {
            @Override
            public boolean watchesTokens() {
                return false;
            }
        };
        ServerObserver undecided = new ServerObserver() {
            @Override
            public boolean watchesTokens() {
                throw new IllegalStateException("defect");
            }
        };
        assertThat(ServerObserver.all(steps, undecided).watchesTokens()).isFalse();
        assertThat(ServerObserver.all(steps, new ServerObserver() {
        }).watchesTokens()).isTrue();
    }

    @Test
    void anEmptyCacheIsNotInUse() {
        assertThat(new Occupancy(0, 0, 0, 0, 0, 0, 0, 0).kvUsage()).isZero();
    }
}
