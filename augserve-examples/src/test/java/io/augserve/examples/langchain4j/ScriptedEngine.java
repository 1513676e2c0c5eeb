package io.augserve.examples.langchain4j;

import io.augserve.engine.Batch;
import io.augserve.engine.BlockLedger;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.KvCache;
import io.augserve.engine.ParsedCall;
import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.engine.TurnDecoder;
import io.augserve.engine.TurnPiece;
import io.augserve.request.ChatMessage;
import io.augserve.request.OutputConstraint;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * An engine that knows its lines: a token is a character, and what it says is a function of the prompt's text. A call is written
 * {@code <name{...}>}; {@code <} and {@code >} occur nowhere else.
 */
final class ScriptedEngine implements Engine {
    private static final int END = 0;

    /** What the model says next. */
    interface Script {
        String reply(String prompt, OutputConstraint constraint);
    }

    private final EngineSpec spec = new EngineSpec("scripted", 1 << 16, 4_000, Set.of(END), 4_096, 64,
            SamplingOptions.builder().maxTokens(400).build());
    private final BlockLedger kv = new BlockLedger(16, 4_000);
    private final Script script;
    /** Called with the number of tokens of each sequence before a step. */
    private volatile Consumer<Batch> interceptor = batch -> {};

    ScriptedEngine(Script script) {
        this.script = script;
    }

    /** What happens before each step; may block or throw. */
    ScriptedEngine intercept(Consumer<Batch> value) {
        interceptor = value;
        return this;
    }

    @Override
    public EngineSpec spec() {
        return spec;
    }

    @Override
    public KvCache kvCache() {
        return kv;
    }

    @Override
    public StepOutcome step(Batch batch) {
        interceptor.accept(batch);
        List<Sample> samples = new ArrayList<>();
        for (Slice slice : batch.slices()) {
            if (slice.samples()) {
                samples.add(new Sample.Token(new OutputToken(next(slice.sequence()), Float.NaN, List.of())));
            }
        }
        return new StepOutcome.Completed(samples);
    }

    private int next(Sequence sequence) {
        int said = 0;
        while (sequence.isOutput(sequence.length() - 1 - said)) {
            said++;
        }
        StringBuilder prompt = new StringBuilder();
        for (int i = 0; i < sequence.length() - said; i++) {
            prompt.append((char) sequence.token(i));
        }
        String reply = script.reply(prompt.toString(), sequence.constraint());
        return said < reply.length() ? reply.charAt(said) : END;
    }

    @Override
    public void check(OutputConstraint constraint, List<ToolSpec> tools) {}

    @Override
    public Optional<ChatFormat> chatFormat() {
        return Optional.of(new Format());
    }

    private static final class Format implements ChatFormat {
        @Override
        public int[] encodeChat(List<ChatMessage> messages, List<ToolSpec> tools) {
            String head = tools.stream().map(tool -> tool.name() + " " + tool.parametersSchema() + "\n")
                    .collect(Collectors.joining());
            return encodeText(head + messages.stream().map(Format::line).collect(Collectors.joining()));
        }

        private static String line(ChatMessage message) {
            return message.role() + ": " + message.content() + message.toolCalls().stream()
                    .map(call -> "<" + call.name() + call.arguments() + ">").collect(Collectors.joining()) + "\n";
        }

        @Override
        public int[] encodeToolResults(List<ToolResult> results) {
            return encodeText(results.stream().map(result -> "TOOL: " + result.text() + "\n")
                    .collect(Collectors.joining()));
        }

        @Override
        public int[] encodeText(String text) {
            return text.chars().toArray();
        }

        @Override
        public TurnDecoder newDecoder(boolean tools) {
            return new Decoder();
        }
    }

    private static final class Decoder implements TurnDecoder {
        private final StringBuilder call = new StringBuilder();

        @Override
        public TurnPiece push(int token) {
            if (token == END) {
                return TurnPiece.EMPTY;
            }
            if (token == '<' || !call.isEmpty()) {
                call.append((char) token);
                return token == '>' ? new TurnPiece("", List.of(take())) : TurnPiece.EMPTY;
            }
            return new TurnPiece(Character.toString(token), List.of());
        }

        private ParsedCall take() {
            String text = call.substring(1, call.length() - 1);
            call.setLength(0);
            int arguments = text.indexOf('{');
            return arguments <= 0
                    ? new ParsedCall.Malformed(text, "no arguments")
                    : new ParsedCall.Valid(text.substring(0, arguments), text.substring(arguments));
        }

        @Override
        public TurnPiece finish() {
            return TurnPiece.EMPTY;
        }
    }
}
