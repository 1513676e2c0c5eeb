package io.augserve.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.tool.Tool;
import org.junit.jupiter.api.Test;

class GenerationRequestTest {
    private static Tool tool(String name) {
        return Tool.of(name, "does nothing", "{}", arguments -> arguments);
    }

    @Test
    void leavesEverythingElseToTheServer() {
        GenerationRequest request = GenerationRequest.tokens(1, 2).build();
        assertThat(request.prompt()).isEqualTo(new Prompt.Tokens(1, 2));
        assertThat(request.id()).isEmpty();
        assertThat(request.tools()).isEmpty();
        assertThat(request.sampling()).isEmpty();
        assertThat(request.serviceLevel()).isEmpty();
        assertThat(request.priority()).isZero();
        assertThat(request.sessionKey()).isEmpty();
    }

    @Test
    void takesWhatIsSet() {
        Tool tool = tool("clock");
        GenerationRequest request = GenerationRequest.chat("what time is it?").id("a").tools(tool)
                .sampling(SamplingOptions.greedy()).serviceLevel(ServiceLevel.DEFAULT).priority(-3).sessionKey("s")
                .build();
        assertThat(request.prompt()).isInstanceOfSatisfying(Prompt.Chat.class,
                chat -> assertThat(chat.messages()).containsExactly(ChatMessage.user("what time is it?")));
        assertThat(request.id()).contains("a");
        assertThat(request.tools().orElseThrow()).containsExactly(tool);
        assertThat(request.sampling()).contains(SamplingOptions.greedy());
        assertThat(request.serviceLevel()).contains(ServiceLevel.DEFAULT);
        assertThat(request.priority()).isEqualTo(-3);
        assertThat(request.sessionKey()).contains("s");
    }

    @Test
    void tellsNoToolsFromTheServersTools() {
        assertThat(GenerationRequest.chat("hi").tools().build().tools().orElseThrow()).isEmpty();
    }

    @Test
    void refusesTwoToolsOfOneName() {
        GenerationRequest.Builder builder = GenerationRequest.chat("hi").tools(tool("a"), tool("b"), tool("a"));
        assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two tools are named 'a'");
    }
}
