package io.augserve.serving;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.ParsedCall;
import io.augserve.engine.TurnDecoder;
import io.augserve.engine.TurnPiece;
import io.augserve.request.ChatMessage;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.Arrays;
import java.util.List;

/**
 * The model of a simulated world: what it samples is a function of the seed and of everything it has read, so the whole answer to a
 * request can be told from its prompt and its tools' results, whatever happened on the way. A few tokens are calls, one ends a turn, the
 * others are letters; every seventh is held back until the next token comes, as half a character would be.
 */
final class WorldModel implements ChatFormat {
    static final int VOCABULARY = 64;
    static final int END = 0;
    static final int TOOLS = 3;
    private static final int MALFORMED = 4;
    private static final int UNKNOWN = 5;
    private static final int LETTERS = 6;
    /** Longer than any context here. */
    private static final int HUGE = 5_000;
    private static final int NEVER = Integer.MAX_VALUE;

    private int failsAt = NEVER;

    /** The next decoder throws at its n-th token, and from then on. */
    void failNextDecoder(int nth) {
        failsAt = nth;
    }

    /** Before the first token. */
    static long start(long seed) {
        return seed * 0x9E3779B97F4A7C15L + 1;
    }

    /** After one more token. */
    static long read(long hash, int token) {
        long mixed = (hash ^ (token + 1)) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }

    /** The token that follows what has been read. */
    static int next(long hash) {
        long draw = (hash * 0xD1342543DE82EF95L) >>> 33;
        int chance = (int) (draw % 100);
        if (chance < 12) {
            return END;
        }
        if (chance < 20) {
            return 1 + (int) (draw / 100 % TOOLS);
        }
        return switch (chance) {
            case 20 -> MALFORMED;
            case 21 -> UNKNOWN;
            default -> LETTERS + (int) (draw / 100 % (VOCABULARY - LETTERS));
        };
    }

    /** A tool's answer of so many tokens. */
    static ToolResult result(int tokens) {
        return ToolResult.of("x".repeat(tokens));
    }

    static ToolResult hugeResult() {
        return result(HUGE);
    }

    @Override
    public int[] encodeToolResults(List<ToolResult> results) {
        return encodeText(String.join("|", results.stream().map(ToolResult::text).toList()));
    }

    @Override
    public int[] encodeText(String text) {
        int[] tokens = new int[text.startsWith("error") ? 3 : Math.max(1, text.length())];
        Arrays.fill(tokens, LETTERS + Math.floorMod(text.hashCode(), VOCABULARY - LETTERS));
        return tokens;
    }

    @Override
    public int[] encodeChat(List<ChatMessage> messages, List<ToolSpec> tools) {
        throw new IllegalArgumentException("this model takes token ids");
    }

    @Override
    public TurnDecoder newDecoder(boolean tools) {
        Decoder decoder = new Decoder(tools, failsAt);
        failsAt = NEVER;
        return decoder;
    }

    private static final class Decoder implements TurnDecoder {
        private final boolean tools;
        private final int failsAt;
        private String held = "";
        private int pushed;

        Decoder(boolean tools, int failsAt) {
            this.tools = tools;
            this.failsAt = failsAt;
        }

        private void failIfDue() {
            if (pushed >= failsAt) {
                throw new IllegalStateException("defect of the decoder");
            }
        }

        @Override
        public TurnPiece push(int token) {
            pushed++;
            failIfDue();
            if (token == END) {
                return TurnPiece.EMPTY;
            }
            if (tools && token < LETTERS) {
                return new TurnPiece(letGo(), List.of(call(token)));
            }
            String text = held + (char) ('A' + token);
            held = token % 7 == 0 ? text : "";
            return new TurnPiece(token % 7 == 0 ? "" : text, List.of());
        }

        private static ParsedCall call(int token) {
            return switch (token) {
                case MALFORMED -> new ParsedCall.Malformed("?", "error: not a call");
                case UNKNOWN -> new ParsedCall.Valid("nobody", "{}");
                default -> new ParsedCall.Valid("tool" + token, "{}");
            };
        }

        @Override
        public TurnPiece finish() {
            failIfDue();
            return new TurnPiece(letGo(), List.of());
        }

        private String letGo() {
            String text = held;
            held = "";
            return text;
        }
    }
}
