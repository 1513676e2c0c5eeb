package io.augserve.examples.console;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Any text in any width. */
class TextProperties {
    @Property(tries = 500, seed = "5")
    void noLineIsTooLongAndNothingIsLost(@ForAll String text, @ForAll @IntRange(min = 2, max = 90) int width) {
        assertThat(Text.wrap(text, width)).allMatch(line -> line.length() <= width);
        assertThat(letters(String.join("", Text.wrap(text, width)))).isEqualTo(letters(text));
        assertThat(Text.cut(text, width)).hasSizeLessThanOrEqualTo(width);
    }

    private static String letters(String text) {
        return text.codePoints().filter(Character::isLetterOrDigit).collect(StringBuilder::new,
                StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
