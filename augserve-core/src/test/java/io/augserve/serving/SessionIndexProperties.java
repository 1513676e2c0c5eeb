package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import io.augserve.request.OutputConstraint;
import io.augserve.request.SamplingOptions;
import io.augserve.request.ServiceLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The index against a look at every turn. */
class SessionIndexProperties {
    private enum Deed {
        PARK, FORGET, FIND
    }

    /** Something done; the key is empty for none. */
    private record Action(Deed deed, String key, List<Integer> tokens) {}

    @Provide
    Arbitrary<List<Action>> actions() {
        // Few tokens and keys, so that turns begin alike.
        Arbitrary<List<Integer>> tokens = Arbitraries.integers().between(1, 2).list().ofMinSize(1).ofMaxSize(9);
        return Combinators.combine(Arbitraries.of(Deed.class), Arbitraries.of("", "", "a", "b"), tokens)
                .as(Action::new).list().ofMaxSize(60);
    }

    @Property(tries = 1000, seed = "2026")
    void findsWhatALookAtEveryTurnFinds(@ForAll("actions") List<Action> actions) {
        SessionIndex index = new SessionIndex();
        List<ServingRequest> parked = new ArrayList<>();
        for (Action action : actions) {
            ServingRequest request = request(action);
            switch (action.deed()) {
                case PARK -> {
                    // More under one key would be forgotten by the index.
                    if (parked.stream().filter(each -> each.sessionKey().equals(request.sessionKey())).count() < 8
                            || request.sessionKey().isEmpty()) {
                        index.add(request);
                        parked.add(request);
                    }
                }
                case FORGET -> {
                    if (!parked.isEmpty()) {
                        index.remove(parked.remove(action.tokens().size() % parked.size()));
                    }
                }
                case FIND -> {
                    Optional<SessionIndex.Match> found = index.find(request);
                    assertThat(found.map(SessionIndex.Match::common).orElse(-1)).isEqualTo(best(request, parked));
                    found.ifPresent(match -> {
                        assertThat(parked).contains(match.turn());
                        assertThat(common(match.turn(), request)).isEqualTo(match.common());
                    });
                }
            }
        }
        parked.forEach(index::remove);
        assertThat(index.find(request(new Action(Deed.FIND, "a", List.of(1, 1, 1, 1, 1, 1))))).isEmpty();
    }

    /** Most tokens in common with one that it could follow; -1 if there is none. */
    private static int best(ServingRequest request, List<ServingRequest> parked) {
        int best = -1;
        if (request.sessionKey().isPresent()) {
            for (ServingRequest turn : parked) {
                int common = common(turn, request);
                if (turn.sessionKey().equals(request.sessionKey()) && 2 * common >= turn.knownTokens()) {
                    best = Math.max(best, common);
                }
            }
        }
        if (best >= 0) {
            return best;
        }
        for (ServingRequest turn : parked) {
            if (turn.sessionKey().isEmpty() && common(turn, request) == turn.knownTokens()) {
                best = Math.max(best, turn.knownTokens());
            }
        }
        return best;
    }

    private static int common(ServingRequest one, ServingRequest other) {
        int common = 0;
        while (common < Math.min(one.knownTokens(), other.knownTokens())
                && one.token(common) == other.token(common)) {
            common++;
        }
        return common;
    }

    private static ServingRequest request(Action action) {
        int[] tokens = action.tokens().stream().mapToInt(Integer::intValue).toArray();
        return new ServingRequest(
                new ServingRequest.Admitted(1, "", new KnownTokens(tokens), List.of(), List.of(), OutputConstraint.NONE,
                        SamplingOptions.greedy(), 0, ServiceLevel.DEFAULT, 0, "",
                        Optional.of(action.key()).filter(key -> !key.isEmpty()), 16, 0),
                new GenerationHandle("", Runnable::run, 1, () -> {}, () -> {}),
                new Turn(Optional.empty(), List.of()), new BlockLedger(16, 1));
    }
}
