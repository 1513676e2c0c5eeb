package io.augserve.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptTest {
    @Test
    void tokensAreCopiedInAndOut() {
        int[] ids = {1, 2, 3};
        Prompt.Tokens tokens = new Prompt.Tokens(ids);
        ids[0] = 9;
        tokens.ids()[1] = 9;
        assertThat(tokens.ids()).containsExactly(1, 2, 3);
    }

    @Test
    void tokensAreEqualByValue() {
        assertThat(new Prompt.Tokens(1, 2)).isEqualTo(new Prompt.Tokens(1, 2))
                .hasSameHashCodeAs(new Prompt.Tokens(1, 2))
                .isNotEqualTo(new Prompt.Tokens(2, 1)).hasToString("Tokens[2]");
    }

    @Test
    void tokensRefuseNothingAndNegatives() {
        assertThatThrownBy(() -> new Prompt.Tokens()).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a token prompt needs at least one token");
        assertThatThrownBy(() -> new Prompt.Tokens(0, -1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token 1: expected >= 0, got -1");
    }

    @Test
    void chatKeepsItsOwnCopy() {
        List<ChatMessage> messages = new ArrayList<>(List.of(ChatMessage.system("be brief"), ChatMessage.user("hi")));
        Prompt.Chat chat = new Prompt.Chat(messages);
        messages.clear();
        assertThat(chat.messages()).extracting(ChatMessage::content).containsExactly("be brief", "hi");
    }

    @Test
    void chatRefusesNothingAndALateSystemMessage() {
        assertThatThrownBy(() -> new Prompt.Chat(List.of())).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a chat needs at least one message");
        List<ChatMessage> late = List.of(ChatMessage.user("hi"), ChatMessage.system("be brief"));
        assertThatThrownBy(() -> new Prompt.Chat(late)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("message 1: a system message must be the first");
    }
}
