package io.augserve.onnx.grammar;

import io.augserve.engine.Sequence;
import io.augserve.onnx.sampling.RowMask;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Follows constrained sequences through their turns. A turn begins at the first token that is sampled behind given ones. Where a sequence
 * stands is read from its known tokens, each of them once; as these only grow, whatever happened to its KV cache or to a step changes
 * nothing, and what is forgotten is read again.
 *
 * <p>Confined to one thread. A sequence that is never forgotten stays here.
 */
public final class ConstrainedTurns {
    private final Constraints constraints;
    private final Map<Long, Reader> readers = new HashMap<>();

    public ConstrainedTurns(Constraints constraints) {
        this.constraints = constraints;
    }

    /**
     * What may be sampled as the next token of a sequence.
     *
     * @throws IllegalArgumentException if its constraint is one that {@link Constraints} refuses
     */
    public RowMask mask(Sequence sequence) {
        Reader reader = readers.get(sequence.id());
        if (reader == null) {
            reader = new Reader(constraints.of(sequence.constraint(), sequence.tools()));
            readers.put(sequence.id(), reader);
        }
        reader.catchUp(sequence);
        return reader.mask();
    }

    /** Drops what is remembered of a sequence; safe at any time and for any id. */
    public void forget(long sequence) {
        readers.remove(sequence);
    }

    /** One sequence. */
    private static final class Reader {
        private final TurnGrammars grammars;
        private int read;
        private boolean first = true;
        private boolean inTurn;
        private boolean spoken;
        private Optional<Grammar.Turn> turn = Optional.empty();

        Reader(TurnGrammars grammars) {
            this.grammars = grammars;
        }

        void catchUp(Sequence sequence) {
            for (int length = sequence.length(); read < length; read++) {
                if (sequence.isOutput(read)) {
                    begin();
                    spoken = true;
                    if (turn.isPresent()) {
                        turn.get().push(sequence.token(read));
                    }
                } else {
                    first &= !spoken;
                    inTurn = false;
                }
            }
        }

        private void begin() {
            if (!inTurn) {
                inTurn = true;
                turn = (first ? grammars.first() : grammars.later()).map(Grammar::begin);
            }
        }

        RowMask mask() {
            begin();
            return turn.isEmpty() ? RowMask.NONE : turn.get().mask();
        }
    }
}
