package io.augserve.request;

import java.util.Arrays;
import java.util.List;

/** What a generation starts from. */
public sealed interface Prompt {
    /**
     * A conversation, rendered by the engine's chat format.
     *
     * @param messages at least one
     */
    record Chat(List<ChatMessage> messages) implements Prompt {
        /**
         * @throws IllegalArgumentException if there is no message, or a system message that is not the first
         */
        public Chat {
            messages = List.copyOf(messages);
            if (messages.isEmpty()) {
                throw new IllegalArgumentException("a chat needs at least one message");
            }
            for (int i = 1; i < messages.size(); i++) {
                if (messages.get(i).role() == ChatMessage.Role.SYSTEM) {
                    throw new IllegalArgumentException("message " + i + ": a system message must be the first");
                }
            }
        }
    }

    /** Token ids, taken as they are. */
    final class Tokens implements Prompt {
        private final int[] ids;

        /**
         * @param ids at least one, none negative; copied
         * @throws IllegalArgumentException if there is none or one is negative
         */
        public Tokens(int... ids) {
            if (ids.length == 0) {
                throw new IllegalArgumentException("a token prompt needs at least one token");
            }
            for (int i = 0; i < ids.length; i++) {
                if (ids[i] < 0) {
                    throw new IllegalArgumentException("token " + i + ": expected >= 0, got " + ids[i]);
                }
            }
            this.ids = ids.clone();
        }

        /** A copy of the ids. */
        public int[] ids() {
            return ids.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Tokens tokens && Arrays.equals(ids, tokens.ids);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(ids);
        }

        @Override
        public String toString() {
            return "Tokens[" + ids.length + "]";
        }
    }
}
