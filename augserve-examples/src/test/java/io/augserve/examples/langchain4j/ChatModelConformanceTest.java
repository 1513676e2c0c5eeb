package io.augserve.examples.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.output.TokenUsage;
import io.augserve.AugServe;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/**
 * LangChain4j's tests of every chat model, on a scripted engine that gives the expected answers: the adapter is tested, not a model. Off
 * are those of other models than one's own and of pictures; that both are refused as the framework wants it is tested instead.
 */
class ChatModelConformanceTest extends AbstractChatModelIT {
    private final AugServe server = AugServe.builder(new ScriptedEngine(new KnowsEverything())).build();

    @AfterAll
    void close() {
        server.close();
    }

    @Override
    protected List<ChatModel> models() {
        return List.of(AugServeChatModel.builder(server).build());
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return AugServeChatModel.builder(server).defaultRequestParameters(parameters).build();
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return AugServeChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
        return AugServeTokenUsage.class;
    }

    @Override
    protected boolean supportsChatAsync() {
        return true;
    }

    @Override
    protected boolean supportsModelNameParameter() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }
}
