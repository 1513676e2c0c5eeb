package io.augserve.serving;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds the parked turn that a request follows. A request with a session key follows a turn with that key, the one with which it has most
 * tokens in common, if these are at least half of what that turn knows: less than that is another question under the same key, not an edited
 * history. All others follow the turn without a key whose tokens are the longest beginning of theirs, all of them: nobody takes over what
 * another session has under its own key.
 *
 * <p>Turns without a key are kept by a hash of their tokens. Looking for one goes over the request's tokens once, whatever is parked.
 */
final class SessionIndex {
    /** Turns kept under one key, for a session that goes several ways at once; of more, the oldest can only be forgotten. */
    private static final int BRANCHES = 8;

    private final Map<String, List<ServingRequest>> byKey = new HashMap<>();
    private final Map<Long, List<ServingRequest>> byTokens = new HashMap<>();
    /** How many turns in {@link #byTokens} have so many tokens. */
    private final TreeMap<Integer, Integer> lengths = new TreeMap<>();

    /**
     * A turn that can be followed.
     *
     * @param turn which
     * @param common tokens with which both begin
     */
    record Match(ServingRequest turn, int common) {}

    void add(ServingRequest turn) {
        if (turn.sessionKey().isPresent()) {
            List<ServingRequest> branches = byKey.computeIfAbsent(turn.sessionKey().get(), key -> new ArrayList<>());
            if (branches.size() == BRANCHES) {
                branches.removeFirst();
            }
            branches.add(turn);
        } else {
            byTokens.computeIfAbsent(hash(turn), hash -> new ArrayList<>()).add(turn);
            lengths.merge(turn.knownTokens(), 1, Integer::sum);
        }
    }

    void remove(ServingRequest turn) {
        if (turn.sessionKey().isPresent()) {
            take(byKey, turn.sessionKey().get(), turn);
        } else if (take(byTokens, hash(turn), turn)) {
            lengths.merge(turn.knownTokens(), -1, (have, less) -> have + less == 0 ? null : have + less);
        }
    }

    private static <K> boolean take(Map<K, List<ServingRequest>> turns, K key, ServingRequest turn) {
        List<ServingRequest> there = turns.getOrDefault(key, List.of());
        boolean taken = !there.isEmpty() && there.remove(turn);
        if (taken && there.isEmpty()) {
            turns.remove(key);
        }
        return taken;
    }

    Optional<Match> find(ServingRequest request) {
        return request.sessionKey().flatMap(key -> findByKey(key, request)).or(() -> findByTokens(request));
    }

    private Optional<Match> findByKey(String key, ServingRequest request) {
        Match best = null;
        for (ServingRequest turn : byKey.getOrDefault(key, List.of())) {
            int common = common(turn, request);
            if (2L * common >= turn.knownTokens() && (best == null || common > best.common())) {
                best = new Match(turn, common);
            }
        }
        return Optional.ofNullable(best);
    }

    private Optional<Match> findByTokens(ServingRequest request) {
        Match longest = null;
        long hash = 0;
        int hashed = 0;
        for (int length : lengths.headMap(request.knownTokens(), true).keySet()) {
            for (; hashed < length; hashed++) {
                hash = mixed(hash, request.token(hashed));
            }
            for (ServingRequest turn : byTokens.getOrDefault(hash, List.of())) {
                if (turn.knownTokens() == length && common(turn, request) == length) {
                    longest = new Match(turn, length);
                    break;
                }
            }
        }
        return Optional.ofNullable(longest);
    }

    private static int common(ServingRequest one, ServingRequest other) {
        int most = Math.min(one.knownTokens(), other.knownTokens());
        int common = 0;
        while (common < most && one.token(common) == other.token(common)) {
            common++;
        }
        return common;
    }

    private static long hash(ServingRequest turn) {
        long hash = 0;
        for (int i = 0; i < turn.knownTokens(); i++) {
            hash = mixed(hash, turn.token(i));
        }
        return hash;
    }

    private static long mixed(long hash, int token) {
        long mixed = (hash ^ (token + 1)) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 32);
    }
}
