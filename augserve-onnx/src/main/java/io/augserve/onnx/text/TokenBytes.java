package io.augserve.onnx.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The bytes of text that each token stands for. Immutable. */
final class TokenBytes {
    private static final byte[] NONE = new byte[0];

    private final byte[][] byId;

    /**
     * @param vocabulary byte-level names and their ids
     * @param added added tokens; where an id is in both, this one counts
     */
    TokenBytes(Map<String, Integer> vocabulary, List<AddedToken> added) {
        int size = 0;
        for (int id : vocabulary.values()) {
            size = Math.max(size, id + 1);
        }
        for (AddedToken token : added) {
            size = Math.max(size, token.id() + 1);
        }
        byId = new byte[size][];
        Arrays.fill(byId, NONE);
        vocabulary.forEach((name, id) -> byId[id] = ByteLevel.bytes(name));
        for (AddedToken token : added) {
            byId[token.id()] = token.special() ? NONE : ByteLevel.bytes(token.content());
        }
    }

    /** The bytes, none for special tokens and unknown ids; not to be written to. */
    byte[] of(int id) {
        return id >= 0 && id < byId.length ? byId[id] : NONE;
    }

    /** One more than the largest id. */
    int size() {
        return byId.length;
    }
}
