package io.augserve.onnx.grammar;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a turn may be, read token by token. Which tokens may come is worked out when a place is first reached and kept with it: in free text
 * or a JSON string it is what the {@link Vocabulary} knows of such text, and the few tokens that leave it are tried one by one; elsewhere the
 * tree of all tokens is searched, of which a grammar rules out most at the first byte.
 *
 * <p>Thread-safe; threads that read along the same grammar wait for each other as long as it takes to read a token.
 */
public final class Grammar {
    /** Masks beyond this are forgotten, and found again when they are needed. */
    private static final long MOST_MASK_BYTES = 8 << 20;

    private final Vocabulary vocabulary;
    private final Automaton automaton;
    private final TokenMask ends;
    private final Set<long[]> sharedBits = Collections.newSetFromMap(new IdentityHashMap<>());
    private long maskBytes;

    Grammar(Rule turn, Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.automaton = new Automaton(turn);
        this.ends = TokenMask.of(vocabulary.endTokens(), vocabulary.size());
    }

    /** One turn that follows the grammar. Confined to one thread. */
    public final class Turn {
        private Automaton.State state;
        private boolean over;

        private Turn(Automaton.State start) {
            state = start;
        }

        /** The next token of the turn. */
        public void push(int token) {
            synchronized (Grammar.this) {
                if (vocabulary.isEnd(token)) {
                    over = true;
                } else {
                    for (byte each : vocabulary.bytes(token)) {
                        state = state.after(each & 0xff);
                    }
                }
            }
        }

        /** What may come next: behind an end token more of them, for requests that go on past the end. */
        public TokenMask mask() {
            synchronized (Grammar.this) {
                return over ? ends : Grammar.this.mask(state);
            }
        }
    }

    /** A turn at its beginning. */
    public synchronized Turn begin() {
        return new Turn(automaton.start());
    }

    private TokenMask mask(Automaton.State state) {
        Optional<TokenMask> known = state.mask();
        if (known.isPresent()) {
            return known.get();
        }
        TokenMask found = find(state);
        if (maskBytes > MOST_MASK_BYTES) {
            automaton.forget();
            sharedBits.clear();
            maskBytes = 0;
        }
        maskBytes += found.moreBytes() + (sharedBits.add(found.shared()) ? found.sharedBytes() : 0);
        state.remember(found);
        return found;
    }

    private TokenMask find(Automaton.State state) {
        IntStream.Builder ids = IntStream.builder();
        if (state.mayEnd()) {
            for (int end : vocabulary.endTokens()) {
                ids.add(end);
            }
        }
        Optional<Rest> stretch = state.onlyStretch();
        if (stretch.isPresent() && stretch.get().rule instanceof Rule.Stretch rule) {
            Vocabulary.Inside inside = vocabulary.inside(rule, stretch.get().done);
            inside.leaving.walk(state, ids::add);
            return new TokenMask(inside.staying, ids.build().sorted().toArray());
        }
        vocabulary.tokens().walk(state, ids::add);
        return TokenMask.of(ids.build().sorted().toArray(), vocabulary.size());
    }
}
