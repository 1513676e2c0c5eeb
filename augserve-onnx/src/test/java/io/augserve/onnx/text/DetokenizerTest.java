package io.augserve.onnx.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class DetokenizerTest {
    private static final Tokenizer QWEN = TestTokenizers.QWEN;
    private static final TokenBytes BYTES = TokenizerFile.read(QWEN.file()).tokenBytes();

    @Test
    void holdsBackHalfACharacter() {
        // 日本 is E6 97 A5 E6 9C AC; the merges know E6 97 and A5 E6 only.
        assertThat(pieces(QWEN.encodeText("日本"))).containsExactly("", "日", "", "本", "");
    }

    @Test
    void flushesHalfACharacterAtTheEnd() {
        Detokenizer detokenizer = QWEN.newDetokenizer();
        assertThat(detokenizer.push(QWEN.encodeText("日")[0])).isEmpty();
        assertThat(detokenizer.finish()).isEqualTo("\uFFFD");
        assertThat(detokenizer.push(257)).isEqualTo("the");
    }

    @Test
    void aRunOfStrayBytesIsNotHeldBack() {
        int stray = QWEN.encodeText("本")[2];
        int[] ids = new int[1000];
        Arrays.fill(ids, stray);
        assertThat(pieces(ids).subList(0, 1000)).allMatch("\uFFFD"::equals);
    }

    @Test
    void aSpecialTokenWithinACharacterDoesNotPartIt() {
        int[] ids = QWEN.encodeText("日");
        assertThat(QWEN.decode(ids[0], 284, ids[1])).isEqualTo("日");
    }

    @Property(tries = 1000, seed = "20")
    void piecesConcatenateToThePublishedDecoding(@ForAll("tokens") List<Integer> tokens) {
        int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
        String streamed = String.join("", pieces(ids));
        assertThat(streamed).isEqualTo(TestTokenizers.publishedText(ids)).isEqualTo(QWEN.decode(ids));
    }

    @Property(tries = 300, seed = "20")
    void piecesAreWholeCharacters(@ForAll("words") List<String> words) {
        String text = String.join("", words);
        List<String> pieces = pieces(QWEN.encodeText(text));
        assertThat(String.join("", pieces)).isEqualTo(text);
        assertThat(pieces).noneMatch(piece -> piece.contains("\uFFFD")
                || (!piece.isEmpty() && Character.isHighSurrogate(piece.charAt(piece.length() - 1))));
    }

    @Provide
    Arbitrary<List<Integer>> tokens() {
        Arbitrary<Integer> any = Arbitraries.integers().between(0, QWEN.vocabularySize() - 1);
        // Lead and continuation bytes close together, so that every kind of ill-formed sequence comes up.
        Arbitrary<Integer> edge = Arbitraries
                .of(0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE6, 0xED, 0xEF, 0xF0, 0xF4,
                        0xF5, 0xFF, 0x41)
                .map(DetokenizerTest::tokenOfByte);
        return Arbitraries.frequencyOf(Tuple.of(1, any), Tuple.of(3, edge)).list().ofMaxSize(30);
    }

    @Provide
    Arbitrary<List<String>> words() {
        return Arbitraries.of("日本", "é", "🙂", "a", " ", "the tool", "ß", "\u0000", "𝄞").list().ofMaxSize(20);
    }

    private static int tokenOfByte(int value) {
        for (int id = 0; id < 256; id++) {
            if (BYTES.of(id)[0] == (byte) value) {
                return id;
            }
        }
        throw new IllegalArgumentException("no byte " + value);
    }

    private static List<String> pieces(int[] ids) {
        Detokenizer detokenizer = QWEN.newDetokenizer();
        List<String> pieces = new ArrayList<>();
        for (int id : ids) {
            pieces.add(detokenizer.push(id));
        }
        pieces.add(detokenizer.finish());
        return pieces;
    }
}
