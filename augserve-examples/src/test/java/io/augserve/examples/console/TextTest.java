package io.augserve.examples.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Text cut and wrapped by hand. */
class TextTest {
    @Test
    void cutMarksWhatIsMissing() {
        assertThat(Text.cut("hello", 5)).isEqualTo("hello");
        assertThat(Text.cut("hello!", 5)).isEqualTo("hell…");
        assertThat(Text.cut("", 5)).isEmpty();
    }

    @Test
    void cutLeavesNoHalfCharacter() {
        assertThat(Text.cut("abc🙂def", 5)).isEqualTo("abc…");
        assertThat(Text.cut("abc🙂def", 6)).isEqualTo("abc🙂…");
    }

    @Test
    void wrapBreaksAtSpaces() {
        assertThat(Text.wrap("one two three", 8)).containsExactly("one two", "three");
        assertThat(Text.wrap("one two three", 7)).containsExactly("one two", "three");
        assertThat(Text.wrap("one two three", 6)).containsExactly("one", "two", "three");
    }

    @Test
    void wrapBreaksLongWordsAndKeepsLines() {
        assertThat(Text.wrap("abcdefgh", 3)).containsExactly("abc", "def", "gh");
        assertThat(Text.wrap("a\n\nb\r\nc", 3)).containsExactly("a", "", "b", "c");
        assertThat(Text.wrap("", 3)).containsExactly("");
        assertThat(Text.wrap("ab🙂🙂", 3)).containsExactly("ab", "🙂", "🙂");
    }

    @Test
    void nothingReachesTheTerminalAsACommand() {
        assertThat(Text.oneLine("a\u001b[2Jb\tc\n\nd")).isEqualTo("a [2Jb c d");
        assertThat(Text.wrap("a\u001b[2J\tb", 80)).containsExactly("a [2J b");
    }

    @Test
    void noControlCharacterReachesATerminal() {
        assertThat(Text.oneLine("a\u001b[2J\r\nb\u009bc\u2028d\u202ee")).isEqualTo("a [2J b c d e");
    }
}
